"""Reading tile stores: groups of tiles by shards and by batches."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import zarr
from numpy.typing import NDArray

from ejmap_ml.errors import TileStoreError
from ejmap_ml.stores.store_check import check_store
from ejmap_ml.stores.tile_reader import TileReader, is_coded_by_tiles
from ejmap_ml.stores.tile_store import FORMAT, SHARD_TILES, coded_by_zarrs

Tiles = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TileStore:
    """An open tile store.

    Attributes:
        path: Its folder.
        provenance: What it was made from.
        group_names: Names of its groups, in alphabetical order.
    """

    path: Path
    provenance: dict[str, Any]
    group_names: tuple[str, ...]

    @classmethod
    def open(cls, path: Path) -> "TileStore":
        """Open the store at ``path``.

        Raises:
            TileStoreError: There is no store, or it is of another kind.
        """
        check_store(path)
        with _in_own_words(path):
            root = zarr.open_group(store=path, mode="r", zarr_format=3)
        if root.attrs.get("format") != FORMAT:
            raise TileStoreError(
                f"{path} holds format {root.attrs.get('format')!r}, not {FORMAT!r}; write it again"
            )
        with _in_own_words(path):
            provenance: Any = root.attrs["provenance"]
            names = tuple(sorted(root.group_keys()))
        return cls(path=path, provenance=provenance, group_names=names)

    def __getitem__(self, name: str) -> "TileGroup":
        """Return the group ``name``.

        Raises:
            TileStoreError: The store has no such group.
        """
        if name not in self.group_names:
            raise TileStoreError(
                f"{self.path} has no group {name!r}, only {', '.join(self.group_names) or 'none'}"
            )
        with _in_own_words(self.path), coded_by_zarrs():
            return TileGroup(zarr.open_group(store=self.path, path=name, mode="r", zarr_format=3))


class TileGroup:
    """A group of tiles in a store: a table and arrays with the tile as first axis."""

    def __init__(self, group: zarr.Group) -> None:
        self._group = group
        self._arrays = dict(group.arrays())
        self.tile_count = int(group.attrs["tile_count"])  # pyright: ignore[reportArgumentType] - we wrote a whole number

    @property
    def array_names(self) -> tuple[str, ...]:
        """Names of the arrays, in alphabetical order."""
        return tuple(sorted(self._arrays))

    @property
    def shards(self) -> tuple[range, ...]:
        """Tiles of each shard."""
        starts = range(0, self.tile_count, SHARD_TILES)
        return tuple(range(start, min(start + SHARD_TILES, self.tile_count)) for start in starts)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The table: one row a tile, in the order of the arrays."""
        with _in_own_words(self._group.path):
            names: Any = self._group.attrs["columns"]
            columns: dict[str, Any] = {name: self._group[f"table/{name}"] for name in names}
            columns = {name: array[:] for name, array in columns.items()}
            return pd.DataFrame(columns, index=pd.RangeIndex(self.tile_count))

    def tile_shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of one tile of array ``name``."""
        return tuple(self._array(name).shape[1:])

    def read(self, name: str, tiles: range | None = None) -> NDArray[Any]:
        """Return the consecutive ``tiles`` (default: all) of array ``name``.

        Raises:
            TileStoreError: There is no such array, or it is damaged.
        """
        wanted = range(self.tile_count) if tiles is None else tiles
        array = self._array(name)
        with _in_own_words(f"{name} of {self._group.path}"):
            if not is_coded_by_tiles(array):
                return np.asarray(array[wanted.start : wanted.stop])
            # zarrs checks no checksums in a shard of which it reads a part.
            first = -(-wanted.start // SHARD_TILES) * SHARD_TILES
            whole = range(first, max(first, wanted.stop // SHARD_TILES * SHARD_TILES))
            found = np.empty((len(wanted), *array.shape[1:]), array.dtype)
            rows = slice(whole.start - wanted.start, whole.stop - wanted.start)
            if whole:
                found[rows] = array[whole.start : whole.stop]
            others = [tile for tile in wanted if tile not in whole]
            self.reader(name).read_into(found, others, [one - wanted.start for one in others])
            return found

    def reader(self, name: str) -> TileReader:
        """Return what reads single tiles of array ``name``.

        Raises:
            TileStoreError: There is no such array, it has not one tile a row of the table, or is
                not coded as tile stores are.
        """
        array = self._array(name)
        if array.shape[0] != self.tile_count:
            raise TileStoreError(
                f"group {self._group.path} has {self.tile_count} tiles, but {array.shape[0]} of "
                f"{name}; write the store again"
            )
        return TileReader(array)

    def batches(
        self,
        names: Sequence[str],
        *,
        batch_size: int,
        selected: NDArray[np.intp] | None = None,
    ) -> Iterator[tuple[NDArray[np.intp], Tiles]]:
        """Yield positions and tiles in rising order, at most ``batch_size`` at once.

        Args:
            names: Arrays to read.
            batch_size: Most tiles of a batch; a batch never crosses from one shard to the next.
            selected: Positions of the tiles wanted, in any order; None takes all. Shards without
                any are not read.
        """
        wanted = np.arange(self.tile_count) if selected is None else np.unique(selected)
        for shard in self.shards:
            first, last = np.searchsorted(wanted, [shard.start, shard.stop])
            if first == last:
                continue
            blocks = {name: self.read(name, shard) for name in names}
            for start in range(first, last, batch_size):
                positions = wanted[start : min(start + batch_size, last)]
                local = positions - shard.start
                yield positions, {name: block[local] for name, block in blocks.items()}

    def _array(self, name: str) -> zarr.Array[Any]:
        if name not in self._arrays:
            raise TileStoreError(
                f"group {self._group.path} has no array {name!r}, only "
                f"{', '.join(self.array_names) or 'none'}"
            )
        return self._arrays[name]


@contextmanager
def _in_own_words(what: object) -> Generator[None]:
    """Turn what Zarr and its codecs raise at damaged files into one sentence."""
    try:
        yield
    except TileStoreError:
        raise
    except Exception as error:  # Zarr and its codecs raise anything at damaged files
        raise TileStoreError(
            f"{what} is damaged ({type(error).__name__}); delete its tile store and make it again"
        ) from error
