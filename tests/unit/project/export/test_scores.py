"""Scores that were published leave as they came, and ours join them."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from ejmap_project.comparison.members import member_table
from ejmap_project.comparison.published_scores import published_members
from ejmap_project.export.folder import export_project
from ejmap_project.export.published_names import PublishedNames
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.scoring.tile_scoring import MAP_SCORE_COLUMNS
from ejmap_project.settings.project import ProjectPaths
from tests.published_fixture import PublishedFixture

DOI = "10.5281/zenodo.18787894"


@pytest.fixture
def scored(project: OpenProject, tmp_path: Path) -> OpenProject:
    """A project whose map is scored and whose published members are compared."""
    paths = ProjectPaths(tmp_path / "scored")
    shutil.copytree(project.paths.folder, paths.folder)
    scored = replace(project, paths=paths)
    place = {"crater_id": pd.NA, "kind": "map", "scale_px": 1, "scope": "tvt", "level": "pixel"}
    scores = pd.DataFrame([dict.fromkeys(MAP_SCORE_COLUMNS, 0) | {"f1": 0.75} | place])
    paths.map_scores.parent.mkdir(parents=True, exist_ok=True)
    scores.astype({"crater_id": "Int64"}).to_parquet(paths.map_scores)
    _compare(scored)
    return scored


def _compare(project: OpenProject, trained: Sequence[Mapping[str, object]] = ()) -> None:
    table = member_table(published_members(project), None)
    own = pd.DataFrame(trained, columns=["model", "name", "split", "iteration", "test_f1"])
    own = own.astype({"split": "Int64", "iteration": "Int64"})
    table = pd.concat([table, own], ignore_index=True) if len(own) else table
    path = project.paths.model_comparison
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_parquet(path)


def _export(
    project: OpenProject, folder: Path, *, ejseg: int | None = None
) -> tuple[PublishedFolder, list[str]]:
    names = PublishedNames.of(project, ejseg=ejseg)
    notes = export_project(project, folder, names=names, what=("scores",), tell=lambda _: None)
    return PublishedFolder.at(folder), notes


def test_published_scores_leave_as_they_came(
    scored: OpenProject, made: PublishedFixture, tmp_path: Path
) -> None:
    """Durations, the name of the accelerator and every digit, of both models."""
    theirs = PublishedFolder.at(made.folder)

    ours, notes = _export(scored, tmp_path / "e")

    for version, kind in zip((32, 200), MODEL_KINDS, strict=True):
        family = layout.TRAINING_METRICS[kind]
        one, other = (folder.required(family, version=version) for folder in (ours, theirs))
        assert one.read_text() == other.read_text()
    assert notes == []


def test_the_map_is_scored_after_the_published_members(
    scored: OpenProject, made: PublishedFixture, tmp_path: Path
) -> None:
    """They are iterations 0 and 1, so that the map is iteration 2."""
    family = layout.MAP_METRICS["ejseg"]
    theirs = pd.read_csv(PublishedFolder.at(made.folder).required(family, version=200))

    ours, _ = _export(scored, tmp_path / "e")

    table = pd.read_csv(ours.required(family, version=200))
    pd.testing.assert_frame_equal(table.iloc[:2], theirs)
    assert table.iloc[2][["test-set", "iteration", "F1_Score"]].tolist() == [61, 2, 0.75]


def test_a_map_of_another_version_stands_alone(scored: OpenProject, tmp_path: Path) -> None:
    """Its numbers are its own, and the published table is written beside it."""
    ours, _ = _export(scored, tmp_path / "e", ejseg=300)

    found = ours.found(layout.MAP_METRICS["ejseg"])
    iterations = [pd.read_csv(path)["iteration"].tolist() for path in found.values()]
    assert dict(zip(found, iterations, strict=True)) == {(200,): [0, 1], (300,): [2]}


def test_members_trained_here_join_the_published_ones(scored: OpenProject, tmp_path: Path) -> None:
    """One takes the number of a published member, which is told; another is of no split."""
    own = {"model": "ejseg", "name": "ejseg_v200", "test_f1": 0.9}
    places = ((61, 1), (62, 0), (None, 0))
    _compare(scored, [own | {"split": split, "iteration": one} for split, one in places])

    ours, notes = _export(scored, tmp_path / "e")

    table = pd.read_csv(ours.required(layout.TRAINING_METRICS["ejseg"], version=200))
    assert table["test-set"].fillna(-1).tolist() == [61, 61, 62, -1]
    assert table["F1_Score"].tolist() == [0.5, 0.9, 0.9, 0.9]
    assert table["gpu_name"].fillna("").tolist() == ["Tesla P40", "", "", ""]
    assert len(notes) == 1
    assert "published scores of 1 member(s) of ejseg version 200: those" in notes[0]


def test_scores_are_exported_without_the_published_folder(
    scored: OpenProject, tmp_path: Path
) -> None:
    """It may lie on a disk that is not there any more."""
    source = scored.settings.source.model_copy(update={"folder": tmp_path / "gone"})
    gone = replace(scored, settings=scored.settings.model_copy(update={"source": source}))

    ours, notes = _export(gone, tmp_path / "e")

    table = pd.read_csv(ours.required(layout.TRAINING_METRICS["ejseg"], version=200))
    assert table["F1_Score"].tolist() == [0.5, 0.51]
    assert len(notes) == 1
    assert "gone is no folder" in notes[0]
