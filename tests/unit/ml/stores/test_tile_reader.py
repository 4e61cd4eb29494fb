"""Single tiles come from their shard as Zarr reads them, and damage is told."""

import os
import shutil
import signal
import struct
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from zarr.codecs import BloscCodec, ZstdCodec

from ejmap_ml.errors import TileStoreError
from ejmap_ml.stores.tile_group import TileStore
from ejmap_ml.stores.tile_reader import TileReader
from ejmap_ml.stores.tile_sequence import TileSequence
from ejmap_ml.stores.tile_store import SHARD_TILES, write_tile_store

COUNT = 2 * SHARD_TILES + 5
KINDS = ("u1", "?", "<i2", "<u8", "<f4")
SHAPES = {"<f4": (), "<i2": (3,)}


def _array(folder: Path, **layout: object) -> zarr.Array:
    options = {"chunks": (1, 3, 4), "shards": (8, 3, 4), "compressors": BloscCodec()} | layout
    return zarr.create_array(
        folder / "array.zarr", shape=(20, 3, 4), dtype="u1", fill_value=0, **options
    )


def _written(path: Path, tiles: np.ndarray) -> zarr.Array:
    """Write a tile store and return its array as Zarr's own pipeline opens it."""
    with write_tile_store(path, provenance={}) as writer:
        table = pd.DataFrame({"tile_id": np.arange(len(tiles))})
        writer.write_group("tiles", table=table, arrays={"image": tiles})
    return zarr.open_array(path / "tiles" / "image", mode="r")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[zarr.Array, Path]]:
    """Give an array of each kind; the second shard of each has no tile that is not empty."""
    rng = np.random.default_rng(3)
    arrays = {}
    for kind in KINDS:
        path = tmp_path_factory.mktemp("stores") / "tiles.zarr"
        tiles = (rng.random((COUNT, *SHAPES.get(kind, (2, 9, 7)))) * 200).astype(kind)
        tiles[SHARD_TILES : 2 * SHARD_TILES] = tiles[3] = 0
        arrays[kind] = _written(path, tiles), path
    return arrays


@settings(deadline=None, derandomize=True, max_examples=40)
@given(kind=st.sampled_from(KINDS), positions=st.lists(st.integers(0, COUNT - 1), max_size=20))
def test_tiles_are_those_that_zarr_reads(
    written: dict[str, tuple[zarr.Array, Path]], kind: str, positions: list[int]
) -> None:
    """In any order, repeated or not, also tiles that are not in the file because they are empty."""
    array, path = written[kind]
    sequence = TileSequence([TileStore.open(path)["tiles"]], names=["image"])

    taken = sequence.take(positions)["image"]

    np.testing.assert_array_equal(taken, array[:][positions])
    assert taken.dtype == array.dtype


def test_positions_outside_are_refused(
    written: dict[str, tuple[zarr.Array, Path]],
) -> None:
    """Neither the end nor a negative position is another tile."""
    sequence = TileSequence([TileStore.open(written["u1"][1])["tiles"]], names=["image"])

    for position in (-1, COUNT):
        with pytest.raises(IndexError, match=f"asked of {COUNT} tiles"):
            sequence.take([0, position])


def test_groups_of_other_tiles_are_not_one_sequence(
    written: dict[str, tuple[zarr.Array, Path]],
) -> None:
    """Which two kinds there are is said."""
    groups = [TileStore.open(written[kind][1])["tiles"] for kind in ("u1", "<u8")]

    with pytest.raises(TileStoreError, match=r"\(2, 9, 7\) uint8 and \(2, 9, 7\) uint64"):
        TileSequence(groups, names=["image"])


def _cut(shard: bytearray) -> bytearray:
    return shard[: len(shard) // 2]


def _emptied(_: bytearray) -> bytearray:
    return bytearray()


def _misplaced(shard: bytearray) -> bytearray:
    index = len(shard) - 4 - 16 * SHARD_TILES
    struct.pack_into("<2Q", shard, index, 2**63, 100)
    return shard


def _lengthened(shard: bytearray) -> bytearray:
    index = len(shard) - 4 - 16 * SHARD_TILES
    struct.pack_into("<2Q", shard, index, 0, 2**62)
    return shard


def _swapped(shard: bytearray) -> bytearray:
    index = len(shard) - 4 - 16 * SHARD_TILES
    shard[index : index + 32] = shard[index + 16 : index + 32] + shard[index : index + 16]
    return shard


def _erased(shard: bytearray) -> bytearray:
    # Which would mean that the tile holds nothing but the fill value.
    index = len(shard) - 4 - 16 * SHARD_TILES
    shard[index : index + 16] = b"\xff" * 16
    return shard


def _start_of_first_tile(shard: bytearray) -> int:
    """Return where tile 0 begins: threads write the tiles of a shard, in any order."""
    return struct.unpack_from("<Q", shard, len(shard) - 4 - 16 * SHARD_TILES)[0]


def _exaggerated(shard: bytearray) -> bytearray:
    # What the first tile says of its own size, and of its size on disk.
    struct.pack_into("<I", shard, _start_of_first_tile(shard) + 4, 2**31 - 1)
    return shard


def _understated(shard: bytearray) -> bytearray:
    struct.pack_into("<I", shard, _start_of_first_tile(shard) + 12, 10)
    return shard


@pytest.mark.parametrize(
    "damage",
    [
        _cut,
        _emptied,
        _misplaced,
        _lengthened,
        _swapped,
        _erased,
        _exaggerated,
        _understated,
    ],
)
def test_a_damaged_shard_is_named(damage: object, tmp_path: Path) -> None:
    """A tile is never made up, and no byte is read that is not the tile's."""
    tiles = np.random.default_rng(1).integers(1, 256, (COUNT, 64, 64), dtype=np.uint8)
    _written(tmp_path / "tiles.zarr", tiles)
    shard = tmp_path / "tiles.zarr" / "tiles" / "image" / "c" / "0" / "0" / "0"
    shard.write_bytes(damage(bytearray(shard.read_bytes())))
    sequence = TileSequence([TileStore.open(tmp_path / "tiles.zarr")["tiles"]], names=["image"])

    with pytest.raises(TileStoreError, match=r"image/c/0/0/0 is damaged; delete"):
        sequence.take([0])
    np.testing.assert_array_equal(sequence.take([COUNT - 1])["image"][0], tiles[-1])


def test_a_store_that_is_gone_or_another_is_not_read_on(tmp_path: Path) -> None:
    """Tiles of a new store are not given out under the rows of the old one's table."""
    path = tmp_path / "tiles.zarr"
    tiles = np.random.default_rng(1).integers(1, 256, (COUNT, 64, 64), dtype=np.uint8)
    _written(path, tiles)
    sequence = TileSequence([TileStore.open(path)["tiles"]], names=["image"])
    sequence.take([0])

    _written(path, tiles[::-1].copy())
    with pytest.raises(TileStoreError, match="was replaced meanwhile"):
        sequence.take([0])

    shutil.rmtree(path)
    with pytest.raises(TileStoreError, match="is gone; make its store again"):
        sequence.take([0])


def test_an_array_with_fewer_tiles_than_rows_is_refused(tmp_path: Path) -> None:
    """What is not there would be read as empty."""
    _written(tmp_path / "tiles.zarr", np.ones((COUNT, 4, 4), np.uint8))
    group = zarr.open_group(tmp_path / "tiles.zarr" / "tiles")
    group.attrs["tile_count"] = COUNT + 1

    with pytest.raises(TileStoreError, match=f"has {COUNT + 1} tiles, but {COUNT} of image"):
        TileSequence([TileStore.open(tmp_path / "tiles.zarr")["tiles"]], names=["image"])


def test_a_forked_process_reads_too(tmp_path: Path) -> None:
    """The threads that read stay behind in the parent."""
    _written(tmp_path / "tiles.zarr", np.full((COUNT, 4, 4), 7, np.uint8))
    sequence = TileSequence([TileStore.open(tmp_path / "tiles.zarr")["tiles"]], names=["image"])
    sequence.take([0])

    with warnings.catch_warnings():
        # Python warns of threads in the parent, which is what this is about.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(20)
        os._exit(0 if sequence.take([0, 1])["image"].sum() == 2 * 16 * 7 else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize(
    "layout",
    [
        pytest.param({"compressors": ZstdCodec()}, id="another-compression"),
        pytest.param({"shards": None}, id="no-shards"),
        pytest.param({"chunks": (2, 3, 4)}, id="two-tiles-a-chunk"),
        pytest.param({"chunks": (1, 3, 2)}, id="half-a-tile-a-chunk"),
    ],
)
def test_arrays_that_are_coded_otherwise_are_refused(layout: dict, tmp_path: Path) -> None:
    """They would be read wrongly; the store is to be written again."""
    with pytest.raises(TileStoreError, match="not coded like a tile store"):
        TileReader(_array(tmp_path, **layout))
