"""Which labelled tiles train and which test, as the split table says, and what they depend on."""

import pandas as pd

from ejmap_ml.sampling.splits import TRAINS
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths
from ejmap_project.settings.training import SyntheticTraining
from ejmap_project.sources.known_planets import OWN_PLANET

TILE_KEY = ["planet", "crater_id", "tile_id"]
IS_TEST = "test"
SPLIT_PREFIX = "test_"


def split_column(split: int) -> str:
    """Return the column of the split table that holds a split."""
    return f"{SPLIT_PREFIX}{split}"


def split_columns(table: pd.DataFrame) -> dict[int, str]:
    """Return the columns of a split table that hold splits, by their numbers."""
    names = [str(name) for name in table if str(name).startswith(SPLIT_PREFIX)]
    return {int(name.removeprefix(SPLIT_PREFIX)): name for name in names}


def read_split(paths: ProjectPaths, split: int | None) -> pd.DataFrame:
    """Return the tiles of a split.

    Args:
        paths: The project's files.
        split: Number of the split; None lets every tile of the table train.

    Returns:
        Columns planet, crater_id, tile_id and ``test``: 0 trains or validates, 1 tests, below 0 is
        not used.

    Raises:
        StepError: If there is no split table, or no such split in it.
    """
    if not paths.splits.is_file():
        raise StepError(f"{paths.splits} is missing; materialise split_table first")
    if split is None:
        return pd.read_parquet(paths.splits, columns=TILE_KEY).assign(**{IS_TEST: TRAINS})
    table = pd.read_parquet(paths.splits)
    columns = split_columns(table)
    if split not in columns:
        raise StepError(
            f"there is no split {split}; the splits are {', '.join(map(str, columns)) or 'none'}: "
            "raise splits.count or correct the number"
        )
    return table[TILE_KEY].assign(**{IS_TEST: table[columns[split]]})


def split_version(project: OpenProject, split: int | None) -> str:
    """Return a digest of a split on the planets that train; further splits do not change it.

    Raises:
        StepError: If there is no split table, or no such split in it.
    """
    return _version(project, read_split(project.paths, split))


def training_tiles_version(project: OpenProject) -> str:
    """Return a digest of the labelled tiles of the planets that train.

    Raises:
        StepError: If there is no table of labelled tiles.
    """
    path = project.paths.labelled_tiles
    if not path.is_file():
        raise StepError(f"{path} is missing; materialise labelled_tiles first")
    return _version(project, pd.read_parquet(path).drop(columns="geometry", errors="ignore"))


def trains_on_synthetic(project: OpenProject) -> bool:
    """Return whether models learn from synthetic planets; the mapped one then only tests."""
    return isinstance(project.settings.training, SyntheticTraining)


def _version(project: OpenProject, tiles: pd.DataFrame) -> str:
    trains = tiles[tiles["planet"] != OWN_PLANET] if trains_on_synthetic(project) else tiles
    return content_version(trains.to_csv(index=False))
