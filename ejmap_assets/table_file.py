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
