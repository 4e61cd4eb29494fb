"""The split that a model is trained on."""

from pathlib import Path

import pandas as pd
import pytest

from ejmap_project.errors import StepError
from ejmap_project.files.table_file import write_table
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import ProjectPaths
from ejmap_project.training.split_choice import (
    read_split,
    split_version,
    training_tiles_version,
)

SOURCE = (
    "bands: mercury-enhanced\nsource: {kind: files, mosaic: m.tif, craters: c.csv, masks: masks}\n"
)


@pytest.fixture
def paths(tmp_path: Path) -> ProjectPaths:
    """Three tiles and two splits."""
    paths = ProjectPaths(tmp_path)
    _write(paths, test_0=[0, 1, 0], test_61=[1, 0, -1])
    return paths


def _write(paths: ProjectPaths, planet: str = "own", **splits: list[int]) -> None:
    tiles = {"planet": [planet, "own", "own"], "crater_id": [0, 0, 7], "tile_id": [1, 2, 1]}
    write_table(pd.DataFrame({**tiles, **splits}), paths.splits)


def _project(folder: Path, training: str) -> OpenProject:
    (folder / "project.yaml").write_text(SOURCE + f"training: {{{training}}}\n")
    return OpenProject.at(folder)


def test_a_split_tells_which_tiles_test(paths: ProjectPaths) -> None:
    """Published splits keep their numbers."""
    assert read_split(paths, 61)["test"].tolist() == [1, 0, -1]


def test_without_a_split_every_tile_trains(paths: ProjectPaths) -> None:
    """As for the demo, whose test is another planet."""
    assert read_split(paths, None)["test"].tolist() == [0, 0, 0]


def test_an_unknown_split_says_which_there_are(paths: ProjectPaths) -> None:
    """One sentence with the remedy."""
    with pytest.raises(StepError, match=r"no split 3; the splits are 0, 61: raise"):
        read_split(paths, 3)


def test_a_further_split_leaves_the_others_as_they_are(paths: ProjectPaths) -> None:
    """A model is not trained again because somebody drew another split."""
    project = _project(paths.folder, "kind: own-masks")
    before = split_version(project, 61)

    _write(paths, test_0=[0, 1, 0], test_61=[1, 0, -1], test_62=[0, 0, 1])

    assert split_version(project, 61) == before
    assert split_version(project, 62) != before


@pytest.mark.parametrize(
    ("training", "is_equal"),
    [("kind: synthetic, seeds: [1]", True), ("kind: own-masks", False)],
)
def test_a_planet_that_is_only_mapped_changes_nothing_that_is_learned(
    training: str, is_equal: bool, paths: ProjectPaths
) -> None:
    """Tiles and splits of another mosaic do not make members stale that learn elsewhere."""
    project = _project(paths.folder, training)

    def versions(own: int) -> tuple[str, str]:
        _write(paths, "planet_1", test_0=[0, own, own])
        write_table(pd.read_parquet(paths.splits), paths.labelled_tiles)
        return split_version(project, 0), training_tiles_version(project)

    before, after = versions(0), versions(1)

    assert (before[0] == after[0]) is (before[1] == after[1]) is is_equal


def test_a_missing_table_says_what_to_do(tmp_path: Path) -> None:
    """Not a traceback of pandas."""
    with pytest.raises(StepError, match="materialise split_table first"):
        read_split(ProjectPaths(tmp_path), None)
