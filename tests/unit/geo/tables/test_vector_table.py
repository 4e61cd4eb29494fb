"""Parquet files are held against what a table of craters may take, before they are read."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ejmap_geo.tables.vector_table import MOST_BYTES, LayerError, read_parquet


def test_a_table_that_only_compression_keeps_small_is_refused(tmp_path: Path) -> None:
    """A file of a megabyte that stands for more cells than the limit is not read."""
    path = tmp_path / "craters.parquet"
    part = pa.table({name: pa.nulls(2**20) for name in ("lon_deg", "lat_deg", "radius_m", "name")})
    with pq.ParquetWriter(path, part.schema) as writer:
        for _ in range(33):
            writer.write_table(part)
    assert path.stat().st_size < MOST_BYTES / 1000
    with pytest.raises(LayerError, match=r"rows in 4 columns, 1\.1 GB, more than"):
        read_parquet(path)


def test_a_table_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    """One row may not have more columns than a text table."""
    path = tmp_path / "craters.parquet"
    pq.write_table(pa.table({f"c{number}": [0] for number in range(5000)}), path)
    with pytest.raises(LayerError, match="1 rows in 5000 columns"):
        read_parquet(path)
