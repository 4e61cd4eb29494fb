"""Tables as files: Parquet, whole or not at all."""

from pathlib import Path

import pandas as pd

from ejmap_geo.whole_file import whole_file


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
