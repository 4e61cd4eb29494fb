"""Which labelled tiles train and which test, as the split table says."""

import pandas as pd

from ejmap_ml.sampling.splits import TRAINS
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.paths import ProjectPaths

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


def split_version(paths: ProjectPaths, split: int | None) -> str:
    """Return a digest of a split; others may be added without changing it."""
    return content_version(read_split(paths, split).to_csv(index=False))
