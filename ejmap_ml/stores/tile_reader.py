"""Single tiles of a tile store's array, decoded from its shard straight to where they are wanted.

A shard is a file of compressed tiles with an index of their places at its end (Zarr specification,
codec ``sharding_indexed``). Zarr and ``zarrs`` spend more on asking for one tile than on reading
it; training asks for nothing else, in random order.
"""

import os
import struct
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import google_crc32c
import numpy as np
import zarr
from numcodecs import blosc  # pyright: ignore[reportAttributeAccessIssue] - a compiled module
from numpy.typing import NDArray
from zarr.storage import LocalStore

from ejmap_ml.errors import TileStoreError

# The index: where each tile starts and how many bytes it has, and a checksum behind all of them.
_ENTRY = struct.Struct("<2Q")
_CHECKSUM_BYTES = 4
# The entry of a tile that holds nothing but the fill value and is not in the file.
_LEFT_OUT = (2**64 - 1, 2**64 - 1)
# Of a compressed tile: https://github.com/Blosc/c-blosc/blob/main/README_CHUNK_FORMAT.rst
_BLOSC_HEADER_BYTES = 16
_METADATA = "zarr.json"


class _Index(NamedTuple):
    """Where the tiles of a shard lie, and which file says so."""

    places: list[tuple[int, int]]
    file: tuple[int, int, int]


class TileReader:
    """Read tiles of one array by number; several threads may do so at once."""

    def __init__(self, array: zarr.Array[Any]) -> None:
        """Look at how an array of a tile store lies on disk.

        Raises:
            TileStoreError: It is not sharded and compressed as tile stores are.
        """
        self.tile_shape = tuple(array.shape[1:])
        self.dtype = array.dtype
        self._folder = _folder(array)
        self._key = array.metadata.encode_chunk_key  # pyright: ignore[reportAttributeAccessIssue] - our stores have the metadata of Zarr 3
        self._fill_value = array.fill_value
        self._tile_bytes = int(np.prod(self.tile_shape)) * array.dtype.itemsize
        # Blosc adds at most its header to what does not shrink.
        self._longest_bytes = self._tile_bytes + _BLOSC_HEADER_BYTES + _CHECKSUM_BYTES
        coding = _coding(array)
        if coding is None:
            codecs = array.metadata.to_dict()["codecs"]
            raise TileStoreError(
                f"{self._folder} is not coded like a tile store, but by {codecs}; write the store "
                "again"
            )
        self._shard_tiles, self._has_checksums = coding
        self._indices: dict[int, _Index] = {}

    def read_into(self, out: NDArray[Any], tiles: Sequence[int], rows: Sequence[int]) -> None:
        """Read tiles into rows of an array; fastest when tiles of one shard follow one another.

        Args:
            out: ``(row, ...)`` in shape and type of the tiles, in row order.
            tiles: Numbers of the tiles.
            rows: Row of ``out`` for each of them.

        Raises:
            TileStoreError: A shard is damaged, or the store was removed or replaced.
        """
        scratch = bytearray(self._longest_bytes)
        shards = [tile // self._shard_tiles for tile in tiles]
        changes = [k for k in range(1, len(shards)) if shards[k] != shards[k - 1]]
        for first, stop in pairwise([0, *changes, len(shards)]):
            if first < stop:
                there = tiles[first:stop], rows[first:stop]
                self._read_of_shard(out, shards[first], *there, memoryview(scratch))

    def _read_of_shard(
        self,
        out: NDArray[Any],
        shard: int,
        tiles: Sequence[int],
        rows: Sequence[int],
        scratch: memoryview,
    ) -> None:
        path = self._path(shard)
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError as error:
            if not (self._folder / _METADATA).is_file():
                raise TileStoreError(f"{self._folder} is gone; make its store again") from error
            # Zarr writes no shard that would hold nothing but the fill value.
            out[list(rows)] = self._fill_value
            return
        try:
            index = self._places(file, shard)
            for tile, row in zip(tiles, rows, strict=True):
                place = index[tile - shard * self._shard_tiles]
                if place == _LEFT_OUT:
                    out[row] = self._fill_value
                    continue
                start, length = place
                content = scratch[:length]
                if os.preadv(file, [content], start) != length:
                    raise _damaged(path)
                self._decode(out[row, ...], content, path)
        finally:
            os.close(file)

    def _places(self, file: int, shard: int) -> list[tuple[int, int]]:
        status = os.fstat(file)
        seen = status.st_ino, status.st_mtime_ns, status.st_size
        index = self._indices.get(shard)
        if index is None:
            if hasattr(os, "posix_fadvise"):
                # The other tiles are soon wanted too: let the system read the file as a whole.
                os.posix_fadvise(file, 0, 0, os.POSIX_FADV_WILLNEED)
            index = _Index(self._read_places(file, status.st_size, self._path(shard)), seen)
            self._indices[shard] = index
        if index.file != seen:
            raise TileStoreError(
                f"{self._path(shard)} was replaced meanwhile; begin again with the new store"
            )
        return index.places

    def _read_places(self, file: int, size: int, path: Path) -> list[tuple[int, int]]:
        index_bytes = self._shard_tiles * _ENTRY.size
        behind = index_bytes + _CHECKSUM_BYTES
        content = os.pread(file, behind, size - behind) if size >= behind else b""
        entries, checksum = content[:index_bytes], content[index_bytes:]
        if google_crc32c.value(entries) != int.from_bytes(checksum, "little") or not content:
            raise _damaged(path)
        places: list[tuple[int, int]] = list(_ENTRY.iter_unpack(entries))
        for place in places:
            if place != _LEFT_OUT and (place[0] > size or place[1] > self._longest_bytes):
                raise _damaged(path)
        return places

    def _decode(self, out: NDArray[Any], content: memoryview, path: Path) -> None:
        """Decompress a tile; what its header promises is checked, since blosc trusts it."""
        if self._has_checksums:
            content, checksum = content[:-_CHECKSUM_BYTES], content[-_CHECKSUM_BYTES:]
            if google_crc32c.value(bytes(content)) != int.from_bytes(checksum, "little"):
                raise _damaged(path)
        if len(content) < _BLOSC_HEADER_BYTES:
            raise _damaged(path)
        _, nbytes, _, cbytes = struct.unpack_from("<4I", content)
        if nbytes != self._tile_bytes or cbytes != len(content):
            raise _damaged(path)
        try:
            blosc.decompress(content, out)
        except RuntimeError as error:
            raise _damaged(path) from error

    def _path(self, shard: int) -> Path:
        return self._folder / self._key((shard, *(0 for _ in self.tile_shape)))


def _folder(array: zarr.Array[Any]) -> Path:
    store = array.store
    if not isinstance(store, LocalStore):
        raise TileStoreError(f"tile stores are folders, got {store}")
    return Path(store.root) / array.path


def is_coded_by_tiles(array: zarr.Array[Any]) -> bool:
    """Return whether an array is sharded and compressed as those of tile stores are."""
    return _coding(array) is not None


def _coding(array: zarr.Array[Any]) -> tuple[int, bool] | None:
    """Return the tiles of a shard and whether each has a checksum; None if coded otherwise.

    Stores of EJMAP 0.1 have none. The description of Zarr's specification is compared: the classes
    change between releases.
    """
    match array.metadata.to_dict()["codecs"]:
        case (
            {
                "name": "sharding_indexed",
                "configuration": {
                    "chunk_shape": (1, *chunk_shape),
                    "codecs": ({"name": "bytes", **order}, {"name": "blosc"}, *checks),
                    "index_codecs": ({"name": "bytes", **index_order}, {"name": "crc32c"}),
                    "index_location": "end",
                },
            },
        ) if (
            tuple(chunk_shape) == array.shape[1:]
            and _is_little(order)
            and _is_little(index_order)
            and checks in ([], [{"name": "crc32c"}])
        ):
            return int(array.shards[0]), bool(checks)  # pyright: ignore[reportOptionalSubscript] - the codec shards
        case _:
            return None


def _is_little(order: dict[str, Any]) -> bool:
    """Tell the order of bytes from a codec's description, which has none for single bytes."""
    return order.get("configuration", {}).get("endian", "little") == "little"


def _damaged(path: Path) -> TileStoreError:
    return TileStoreError(f"{path} is damaged; delete its tile store and make it again")
