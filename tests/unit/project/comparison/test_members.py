"""Trained members as a table: read without weights, whatever they know of themselves."""

import json
from pathlib import Path

import pandas as pd
import pytest

from ejmap_project.comparison.members import flattened, member_table, trained_members
from ejmap_project.errors import StepError
from ejmap_project.paths import ModelKind, ProjectPaths

CONFIG = {
    "name": "ejseg_v200",
    "bands": 3,
    "loss": {"kind": "dice"},
    "optimizer": {"kind": "adamw", "learning_rate": 0.001},
    "architecture": {"decoder_channels": [16, 8], "pretrained": {"weights_path": "/here/it.is"}},
    "warmup": None,
}
SPLITS = pd.DataFrame(
    {
        "split": [0, 61],
        "kind": ["random", "published"],
        "locations": [20, 275],
        "train_tiles": [100, 4000],
        "test_tiles": [25, 1000],
    }
)


def _bundle(
    paths: ProjectPaths,
    kind: ModelKind,
    version: str,
    iteration: int,
    *,
    config: object = CONFIG,
    provenance: object = None,
) -> Path:
    folder = paths.model_bundle(kind, version=version, iteration=iteration)
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    stated = {"seed": iteration, "samples": 90, "scores": {"val_f1": 0.5, "test_f1": None}}
    stamp = {"data_version": "d", "provenance": stated if provenance is None else provenance}
    (folder / "provenance.json").write_text(json.dumps(stamp))
    return folder


@pytest.fixture
def paths(tmp_path: Path) -> ProjectPaths:
    """Give the paths of an empty project."""
    return ProjectPaths(tmp_path)


def test_every_member_of_both_models_is_a_row(paths: ProjectPaths) -> None:
    """With what its version says, the size of its split, its scores and hyperparameters."""
    _bundle(paths, "ejseg", "ejseg_v200@61", 0)
    _bundle(paths, "ejseg", "ejseg_v200@61", 12)
    other = {**CONFIG, "loss": {"kind": "focal", "alpha": 0.5}}
    imported = {"source": "10.5281/zenodo.1", "scores": {"test/f1": 0.7}}
    _bundle(paths, "ejconn", "ejconn_v32", 3, config=other, provenance=imported)

    table = member_table(trained_members(paths), SPLITS)

    assert table["model"].tolist() == ["ejconn", "ejseg", "ejseg"]
    assert table["iteration"].tolist() == [3, 0, 12]
    assert table["name"].tolist() == ["ejconn_v32", "ejseg_v200", "ejseg_v200"]
    assert table["split"].tolist() == [pd.NA, 61, 61]
    assert table["locations"].tolist() == [pd.NA, 275, 275]
    assert table["source"].tolist() == ["10.5281/zenodo.1", pd.NA, pd.NA]
    assert table["config.loss.kind"].tolist() == ["focal", "dice", "dice"]
    assert table["config.loss.alpha"].tolist()[0] == 0.5
    assert table["test_f1"].tolist()[0] == 0.7
    assert table["val_f1"].tolist()[1:] == [0.5, 0.5]


def test_a_table_of_members_survives_its_file(paths: ProjectPaths, tmp_path: Path) -> None:
    """Columns in which some say words and some numbers become words."""
    _bundle(paths, "ejseg", "a", 0, config={"x": 1, "flag": True, "rate": 1})
    _bundle(paths, "ejseg", "b", 0, config={"x": "auto", "flag": False, "rate": 0.5})
    table = member_table(trained_members(paths), None)

    table.to_parquet(tmp_path / "members.parquet")

    back = pd.read_parquet(tmp_path / "members.parquet")
    pd.testing.assert_frame_equal(back, table)
    assert back["config.x"].tolist() == ["1", "auto"]
    assert back["config.flag"].tolist() == [True, False]
    assert back["config.rate"].tolist() == [1.0, 0.5]


def test_a_project_without_models_has_an_empty_table(paths: ProjectPaths) -> None:
    """With the columns that every other has."""
    table = member_table(trained_members(paths), None)

    assert table.empty
    assert {"model", "version", "split", "locations"} < set(table.columns)


def test_a_training_that_is_not_finished_is_no_member(paths: ProjectPaths) -> None:
    """Its folder lies beside those of members."""
    folder = _bundle(paths, "ejseg", "a", 0)
    folder.rename(folder.with_name("training_00"))

    assert list(trained_members(paths)) == []


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        pytest.param("config.json", "{", "is no JSON", id="broken"),
        pytest.param("config.json", "[]", "holds no settings", id="list"),
        pytest.param("provenance.json", "{}", "does not say where", id="no-origin"),
        pytest.param("provenance.json", None, "no complete model", id="missing"),
        pytest.param("config.json", " " * (2**20 + 1), "too large", id="huge"),
    ],
)
def test_a_bundle_that_is_none_is_named(
    paths: ProjectPaths, file: str, content: str | None, message: str
) -> None:
    """Bundles may come from anybody."""
    folder = _bundle(paths, "ejseg", "a", 0)
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content)

    with pytest.raises(StepError, match=message):
        list(trained_members(paths))


def test_settings_are_flattened_without_names_and_places() -> None:
    """What a model is called and where a file lay decide nothing."""
    assert flattened(CONFIG) == {
        "bands": 3,
        "loss.kind": "dice",
        "optimizer.kind": "adamw",
        "optimizer.learning_rate": 0.001,
        "architecture.decoder_channels": "[16, 8]",
        "warmup": None,
    }
