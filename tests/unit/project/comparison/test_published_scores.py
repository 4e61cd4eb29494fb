"""Members that the authors trained: read from their tables of scores."""

import json
from pathlib import Path

import pytest

from ejmap_project.comparison.members import member_table
from ejmap_project.comparison.published_scores import every_member, published_members
from ejmap_project.open_project import OpenProject

SETTINGS = """
source: {kind: ejmap-folder, folder: published}
training: {kind: own-masks}
"""


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """Give a project on a published folder with the scores of two versions."""
    (tmp_path / "project.yaml").write_text(SETTINGS)
    results = tmp_path / "published" / "results"
    for place, text in (
        ("ejc_results/version_200/test_metrics.csv", "test-set,iteration,F1_Score\n61,0,0.7\n"),
        (
            "ejc_results/version_200/eval_metrics.csv",
            "test-set,iteration,F1_Score,test_F1_Score\n61,0,0.66,0.71\n61,1,0.65,0.72\n",
        ),
        ("conn_results/version_7/test_metrics.csv", "test-set,iteration,F1_Score\n4,3,0.8\n"),
    ):
        path = results / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return OpenProject.at(tmp_path)


def test_every_published_run_is_a_member(project: OpenProject) -> None:
    """Of both tables together; hyperparameters where a preset of that name is known."""
    table = member_table(published_members(project), None)

    assert table["version"].tolist() == ["ejconn_v7@4", "ejseg_v200@61", "ejseg_v200@61"]
    assert table["iteration"].tolist() == [3, 0, 1]
    assert set(table["source"]) == {"10.5281/zenodo.18787894"}
    assert table["map_test_pixel_f1"].tolist()[1:] == [0.71, 0.72]
    assert table["test_f1"].isna().tolist() == [False, False, True]
    assert table["config.architecture.encoder"].tolist()[1] == "resnet34"
    assert table["config.architecture.kind"].isna().tolist() == [True, False, False]


def test_an_imported_member_is_listed_once_with_its_published_scores(project: OpenProject) -> None:
    """One of the same version that was trained here is another member."""
    for iteration, source in ((0, "10.5281/zenodo.18787894"), (1, None)):
        path = project.paths.model_bundle("ejseg", version="ejseg_v200@61", iteration=iteration)
        path.mkdir(parents=True)
        (path / "config.json").write_text("{}")
        stamp = {"provenance": {"source": source, "scores": {"test_f1": 0.5} if iteration else {}}}
        (path / "provenance.json").write_text(json.dumps(stamp))

    table = member_table(every_member(project), None)

    shown = table[table["model"] == "ejseg"].sort_values(["iteration", "source"])
    assert shown["iteration"].tolist() == [0, 1, 1]
    assert shown["test_f1"].fillna(-1).tolist() == [0.7, -1, 0.5]
    assert shown["map_test_pixel_f1"].fillna(-1).tolist() == [0.71, 0.72, -1]


def test_a_run_without_a_test_set_is_of_no_split(project: OpenProject, tmp_path: Path) -> None:
    """Its model learned from all labelled tiles."""
    path = tmp_path / "published" / "results" / "conn_results" / "version_7" / "test_metrics.csv"
    path.write_text("test-set,iteration,F1_Score\n,0,\n4,3,0.8\n")

    table = member_table(published_members(project), None)

    assert table["version"].tolist()[:2] == ["ejconn_v7", "ejconn_v7@4"]
    assert table["split"].isna().tolist()[:2] == [True, False]


def test_a_project_of_ones_own_has_no_published_members(tmp_path: Path) -> None:
    """Only a published folder has them."""
    text = "source: {kind: synthetic, seed: 1}\ntraining: {kind: synthetic, seeds: [2]}\n"
    (tmp_path / "project.yaml").write_text(text)
    project = OpenProject.at(tmp_path)

    assert list(published_members(project)) == []
