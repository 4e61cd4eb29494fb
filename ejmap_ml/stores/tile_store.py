"""Tile stores: Zarr v3 folders of tiles, written once and whole, read by shards.

A store has named groups (``labelled``, ``mapping``, ``polar``, ...). A group is a table with one
row a tile and arrays whose first axis is the tile: ``image`` (tile, band, row, col) and the like.
Arrays are sharded by :data:`SHARD_TILES` tiles. Mapping reads shards whole; training reads single
tiles by :mod:`ejmap_ml.stores.tile_reader`. Zarr itself is slow at either single or scattered
tiles, so nothing asks it for those.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np
import pandas as pd
import zarr
from numpy.typing import DTypeLike, NDArray
from zarr.codecs import BloscCodec, Crc32cCodec

from ejmap_geo.whole_file import whole_folder
from ejmap_ml.errors import TileStoreError
from ejmap_ml.stores.store_check import FILES, list_files

SHARD_TILES = 64
FORMAT = "ejmap-tiles-1"
_TABLE = "table"
_TABLE_KINDS = "iufb"
_PIPELINE = "zarrs.ZarrsCodecPipeline"
# An array keeps the pipeline that is configured while it is opened. Zarr's configuration is one for
# all threads, so two that opened stores at once could leave each other's setting behind.
_opening = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class TileLayout:
    """Shape and type of one tile in an array of a store.

    Attributes:
        shape: Shape of one tile, for example ``(band, row, col)``.
        dtype: Type of its elements.
    """

    shape: tuple[int, ...]
    dtype: DTypeLike

    @classmethod
    def of(cls, tiles: NDArray[Any]) -> Self:
        """Return the layout of ``(tile, ...)`` arrays like ``tiles``."""
        return cls(shape=tiles.shape[1:], dtype=tiles.dtype)


@contextmanager
def coded_by_zarrs() -> Generator[None]:
    """Let ``zarrs`` code the arrays that are created or opened meanwhile, for as long as they live.

    Whole shards are read three times faster than by Zarr's own pipeline. What ``zarrs`` cannot code
    it leaves to that. Nothing else that uses Zarr is affected afterwards.
    """
    with _opening, zarr.config.set({"codec_pipeline.path": _PIPELINE}):
        yield


@contextmanager
def write_tile_store(
    path: Path, *, provenance: Mapping[str, object]
) -> "Generator[TileStoreWriter]":
    """Write a tile store that appears at ``path`` when it is whole, or not at all.

    An older store is replaced at the end, and kept when anything fails.

    Args:
        path: Folder of the store.
        provenance: What the store is made from; anything that JSON can hold.
    """
    attributes = {"format": FORMAT, "provenance": dict(provenance)}
    with whole_folder(path) as scratch:
        root = zarr.create_group(store=scratch, zarr_format=3, attributes=attributes)
        writer = TileStoreWriter(root, scratch)
        yield writer
        writer.close()


class TileStoreWriter:
    """Add groups to a tile store; made by :func:`write_tile_store`."""

    def __init__(self, root: zarr.Group, path: Path) -> None:
        self._root = root
        self._path = path
        self._groups: list[TileGroupWriter] = []

    def close(self) -> None:
        """Write what is pending, and which files there are; refuse groups that lack tiles."""
        for group in self._groups:
            group.close()
        # Zarr reads zeros where a shard is missing, for it writes none that holds only zeros.
        self._root.update_attributes({FILES: list_files(self._path)})

    def create_group(
        self, name: str, *, table: pd.DataFrame, layouts: Mapping[str, TileLayout]
    ) -> "TileGroupWriter":
        """Begin a group whose tiles are the rows of ``table``.

        Args:
            name: Name of the group.
            table: One row a tile, in the order in which the tiles will be appended; numbers and
                booleans only.
            layouts: Name and layout of each array.

        Raises:
            TileStoreError: A column of the table is neither a number nor a boolean.
        """
        group = TileGroupWriter(self._root.create_group(name), table=table, layouts=layouts)
        self._groups.append(group)
        return group

    def write_group(
        self, name: str, *, table: pd.DataFrame, arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        """Write a group whose tiles are all in memory; without arrays, only its table."""
        layouts = {key: TileLayout.of(tiles) for key, tiles in arrays.items()}
        group = self.create_group(name, table=table, layouts=layouts)
        if not arrays:
            return
        for start in range(0, len(table), SHARD_TILES):
            group.append({key: tiles[start : start + SHARD_TILES] for key, tiles in arrays.items()})


class TileGroupWriter:
    """Append tiles to one group; made by :meth:`TileStoreWriter.create_group`."""

    def __init__(
        self, group: zarr.Group, *, table: pd.DataFrame, layouts: Mapping[str, TileLayout]
    ) -> None:
        self._name = group.path
        self._tile_count = len(table)
        self._layouts = dict(layouts)
        self._written = 0
        # Tiles that do not fill a shard yet, and how many there are.
        self._pending: list[Mapping[str, NDArray[Any]]] = []
        self._pending_count = 0
        group.update_attributes({"tile_count": len(table), "columns": list(table.columns)})
        with coded_by_zarrs():
            self._arrays = {
                name: _create_array(group, name, layout, self._tile_count)
                for name, layout in layouts.items()
            }
            _write_table(group, table)

    def append(self, tiles: Mapping[str, NDArray[Any]]) -> None:
        """Append ``(n, ...)`` tiles of every array; any ``n``.

        Raises:
            TileStoreError: The arrays, their layouts or their number are not those announced.
        """
        counts = {len(block) for block in tiles.values()}
        if set(tiles) != set(self._layouts) or len(counts) != 1:
            raise TileStoreError(
                f"group {self._name} takes equally many tiles of {sorted(self._layouts)}, got "
                f"{ {name: len(block) for name, block in tiles.items()} }"
            )
        for name, block in tiles.items():
            _check_layout(f"{self._name}/{name}", block, self._layouts[name])
        self._pending.append(tiles)
        self._pending_count += counts.pop()
        while self._pending_count >= SHARD_TILES:
            self._flush(SHARD_TILES)

    def close(self) -> None:
        """Write what is pending.

        Raises:
            TileStoreError: Fewer or more tiles were appended than the table has rows.
        """
        self._flush(self._pending_count)
        if self._layouts and self._written != self._tile_count:
            raise TileStoreError(
                f"group {self._name} has {self._tile_count} rows but {self._written} tiles"
            )

    def _flush(self, count: int) -> None:
        if count == 0:
            return
        blocks = self._pending
        joined = {name: np.concatenate([b[name] for b in blocks]) for name in self._layouts}
        stop = self._written + count
        if stop <= self._tile_count:
            for name, array in self._arrays.items():
                array[self._written : stop] = joined[name][:count]
        self._written = stop
        self._pending = [{name: values[count:] for name, values in joined.items()}]
        self._pending_count -= count


def _create_array(
    group: zarr.Group, name: str, layout: TileLayout, tile_count: int
) -> zarr.Array[Any]:
    # Arrays compressed otherwise are read in order all the same; training wants blosc (ADR 9). LZ4
    # is read five times faster than zstd at level 1, which makes tiles of a noisy mosaic only a
    # fifth smaller; masks, distances and views shrink to a half or less with either.
    return group.create_array(
        name,
        shape=(tile_count, *layout.shape),
        dtype=layout.dtype,
        chunks=(1, *layout.shape),
        shards=(SHARD_TILES, *layout.shape),
        compressors=_coded(),
        fill_value=0,
    )


def _coded() -> tuple[BloscCodec, Crc32cCodec]:
    """Return how each tile is coded: compressed, with a checksum behind it."""
    return BloscCodec(cname="lz4", clevel=5, shuffle="shuffle"), Crc32cCodec()


def _write_table(group: zarr.Group, table: pd.DataFrame) -> None:
    columns = group.create_group(_TABLE)
    for name in table.columns:
        values = table[name].to_numpy()
        if values.dtype.kind not in _TABLE_KINDS:
            raise TileStoreError(
                f"column {name!r} of group {group.path} holds {values.dtype}; tile tables take "
                "numbers and booleans"
            )
        columns.create_array(str(name), data=values, compressors=_coded())


def _check_layout(name: str, tiles: NDArray[Any], layout: TileLayout) -> None:
    if tiles.shape[1:] != layout.shape or tiles.dtype != np.dtype(layout.dtype):
        raise TileStoreError(
            f"{name} takes tiles of {layout.shape} {np.dtype(layout.dtype)}, got "
            f"{tiles.shape[1:]} {tiles.dtype}"
        )
