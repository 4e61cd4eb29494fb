"""Which labelled tiles train and which test, as the split table says."""

import pandas as pd

from ejmap_ml.sampling.splits import TRAINS
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.paths import ProjectPaths

TILE_KEY = ["planet", "crater_id", "tile_id"]
IS_TEST = "test"


def split_column(split: int) -> str:
    """Return the column of the split table that holds a split."""
    return f"test_{split}"


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
    column = split_column(split)
    if column not in table:
        prefix = split_column(0).removesuffix("0")
        known = [name.removeprefix(prefix) for name in map(str, table) if name.startswith(prefix)]
        raise StepError(
            f"there is no split {split}; the splits are {', '.join(known) or 'none'}: raise "
            "splits.count or correct the number"
        )
    return table[[*TILE_KEY, column]].rename(columns={column: IS_TEST})


def split_version(paths: ProjectPaths, split: int | None) -> str:
    """Return a digest of a split; others may be added without changing it."""
    return content_version(read_split(paths, split).to_csv(index=False))
