"""Tables as files: Parquet, whole or not at all."""

import os
from pathlib import Path

import pandas as pd


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table without its index; a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}.parquet")
    table.to_parquet(unfinished, index=False)
    unfinished.replace(path)


def write_table_and_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as Parquet (GeoParquet if it has a geometry) and, beside it, as CSV without."""
    write_table(table, path)
    names = [name for name, dtype in table.dtypes.items() if str(dtype) != "geometry"]
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}.csv")
    pd.DataFrame(table[names]).to_csv(unfinished, index=False)
    unfinished.replace(path.with_suffix(".csv"))
