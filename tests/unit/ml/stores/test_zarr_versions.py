"""Stores written by Zarr of any Python that we support are read by that of every other.

``written_by_zarr/VERSION.zip`` holds what :func:`write_small_store` wrote with that version; add a
new one with ``python -m tests.unit.ml.stores.test_zarr_versions``. ``without_checksums`` holds a
store of EJMAP 0.1.
"""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
import zarr

from ejmap_ml.stores.tile_group import TileStore
from ejmap_ml.stores.tile_store import SHARD_TILES, write_tile_store

STORES = Path(__file__).parent / "written_by_zarr"
TILE_COUNT = SHARD_TILES + 6
PROVENANCE = {"crater_id": 7, "settings": {"tile_px": [4, 5]}}


def _arrays() -> dict[str, np.ndarray]:
    """Return tiles of each type that our stores hold, told by a formula of their position."""
    tile, row, col = np.ogrid[:TILE_COUNT, :4, :5]
    values = 20 * tile + 5 * row + col
    return {
        "image": np.stack([values % 251, values % 7], axis=1).astype(np.uint8),
        "distance_m": (values / 8).astype(np.float32),
        "azimuth": (values - 700).astype(np.int16),
        "mask": values % 3 == 0,
        "unmapped": np.zeros((TILE_COUNT, 4, 5), dtype=np.uint8),
    }


def _table() -> pd.DataFrame:
    tile = np.arange(TILE_COUNT)
    return pd.DataFrame(
        {"tile_id": tile, "distance_m": tile / 16, "is_connected": tile % 2 == 0, "row": -tile}
    )


def write_small_store(path: Path) -> None:
    """Write the store that each version of Zarr wrote: a full shard, one of six tiles, a table."""
    with write_tile_store(path, provenance=PROVENANCE) as writer:
        writer.write_group("mapping", table=_table(), arrays=_arrays())
        writer.write_group("empty", table=_table().iloc[:0], arrays={})


def _layout(path: Path) -> dict[str, object]:
    """Return the files of a store, descriptions with their content."""
    return {
        file.relative_to(path).as_posix(): json.loads(file.read_text())
        if file.name == "zarr.json"
        else None
        for file in path.rglob("*")
        if file.is_file()
    }


VERSIONS = sorted(path.stem for path in STORES.glob("*.zip"))


def _unpacked(version: str, folder: Path) -> Path:
    shutil.unpack_archive(STORES / f"{version}.zip", folder / version)
    return folder / version


def test_stores_of_several_versions_are_there() -> None:
    """Those that Python 3.11 and newer ones pin."""
    assert {"3.1", "3.4"} <= {version.rpartition(".")[0] for version in VERSIONS}


@pytest.mark.parametrize("version", [*VERSIONS, "without_checksums/3.1.6"])
def test_a_store_of_every_version_is_read(version: str, tmp_path: Path) -> None:
    """Whole by shards, tile by tile, and its table."""
    store = TileStore.open(_unpacked(version, tmp_path))

    group = store["mapping"]
    assert store.provenance == PROVENANCE
    assert store.group_names == ("empty", "mapping")
    pd.testing.assert_frame_equal(group.table, _table(), check_index_type=False)
    some = [TILE_COUNT - 1, 0, SHARD_TILES, 3]
    for name, expected in _arrays().items():
        np.testing.assert_array_equal(group.read(name), expected)
        assert group.read(name).dtype == expected.dtype
        single = np.empty((len(some), *expected.shape[1:]), expected.dtype)
        group.reader(name).read_into(single, some, range(len(some)))
        np.testing.assert_array_equal(single, expected[some])


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_writes_the_same_layout(version: str, tmp_path: Path) -> None:
    """Files and their descriptions are the same, so other programs read either."""
    write_small_store(tmp_path / "store")

    assert _layout(tmp_path / "store") == _layout(_unpacked(version, tmp_path))


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:
        write_small_store(Path(scratch) / "store")
        shutil.make_archive(str(STORES / zarr.__version__), "zip", Path(scratch) / "store")
