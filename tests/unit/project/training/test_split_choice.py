"""The split that a model is trained on."""

from pathlib import Path

import pandas as pd
import pytest

from ejmap_project.errors import StepError
from ejmap_project.files.table_file import write_table
from ejmap_project.settings.project import ProjectPaths
from ejmap_project.training.split_choice import read_split, split_version


@pytest.fixture
def paths(tmp_path: Path) -> ProjectPaths:
    """Three tiles and two splits."""
    paths = ProjectPaths(tmp_path)
    _write(paths, test_0=[0, 1, 0], test_61=[1, 0, -1])
    return paths


def _write(paths: ProjectPaths, **splits: list[int]) -> None:
    tiles = {"planet": ["own"] * 3, "crater_id": [0, 0, 7], "tile_id": [1, 2, 1]}
    write_table(pd.DataFrame({**tiles, **splits}), paths.splits)


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
    before = split_version(paths, 61)

    _write(paths, test_0=[0, 1, 0], test_61=[1, 0, -1], test_62=[0, 0, 1])

    assert split_version(paths, 61) == before
    assert split_version(paths, 62) != before


def test_a_missing_table_says_what_to_do(tmp_path: Path) -> None:
    """Not a traceback of pandas."""
    with pytest.raises(StepError, match="materialise split_table first"):
        read_split(ProjectPaths(tmp_path), None)
