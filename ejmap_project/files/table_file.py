"""Tables as files: Parquet, whole or not at all."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ejmap_geo.whole_file import whole_file
from ejmap_project.errors import StepError


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table without its index; a reader sees the old file or the new one."""
    with whole_file(path) as unfinished:
        table.to_parquet(unfinished, index=False)


def write_table_and_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet (GeoParquet if it has a geometry) and, beside it, as CSV without."""
    write_table(table, path)
    names = [name for name, dtype in table.dtypes.items() if str(dtype) != "geometry"]
    with whole_file(path.with_suffix(".csv")) as unfinished:
        pd.DataFrame(table[names]).to_csv(unfinished, index=False)


def read_table(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a table that :func:`write_table` wrote.

    Args:
        path: The file.
        columns: Columns to read; None for all of them.

    Raises:
        StepError: If it is not there, damaged, or lacks a column.
    """
    try:
        return pd.read_parquet(path, columns=None if columns is None else list(columns))
    except Exception as error:  # Arrow raises anything at what a damaged file says of itself
        raise StepError(
            f"{path} cannot be read ({type(error).__name__}); `ejmap run` makes it again"
        ) from error
