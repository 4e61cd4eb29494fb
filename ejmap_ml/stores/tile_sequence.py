"""Tiles of several groups as one sequence, as training draws them."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from itertools import accumulate
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_ml.errors import TileStoreError
from ejmap_ml.stores.tile_group import TileGroup, Tiles
from ejmap_ml.stores.tile_reader import TileReader

READERS = 2


class TileSequence:
    """Groups of several stores as one sequence of tiles, for training.

    Tiles are taken by position, each straight from its shard. A sampler that works through a few
    shards at a time (see ``sampling.ShardBatches``) spares disks the way to and fro.
    """

    def __init__(self, groups: Sequence[TileGroup], *, names: Sequence[str]) -> None:
        """Line up the groups.

        Args:
            groups: Groups whose tiles follow one another.
            names: Arrays to read.

        Raises:
            TileStoreError: A group lacks an array, or its tiles are not like those of the others.
        """
        self._groups = tuple(groups)
        self._readers = {name: [group.reader(name) for group in groups] for name in names}
        for name, readers in self._readers.items():
            _require_alike(name, readers)
        starts = list(accumulate((group.tile_count for group in groups), initial=0))
        self._tile_count = starts.pop()
        self._starts = np.array(starts, dtype=np.intp)

    def __len__(self) -> int:
        return self._tile_count

    @property
    def shards(self) -> tuple[range, ...]:
        """Positions of the tiles that lie in one shard."""
        return tuple(
            range(start + shard.start, start + shard.stop)
            for start, group in zip(self._starts.tolist(), self._groups, strict=True)
            for shard in group.shards
        )

    @cached_property
    def table(self) -> pd.DataFrame:
        """The tables of all groups, one under the other."""
        return pd.concat([group.table for group in self._groups], ignore_index=True)

    def take(self, positions: Sequence[int]) -> Tiles:
        """Return the tiles at ``positions`` in their order, ``(n, ...)`` a name.

        Raises:
            IndexError: A position lies outside the sequence.
            TileStoreError: A shard is damaged, or a store was removed or replaced.
        """
        wanted = np.asarray(positions, dtype=np.intp)
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < self._tile_count:
            raise IndexError(
                f"positions {wanted.min()} to {wanted.max()} asked of {self._tile_count} tiles"
            )
        taken = {
            name: np.empty((len(wanted), *readers[0].tile_shape), readers[0].dtype)
            for name, readers in self._readers.items()
            if readers
        }
        # Tiles of one shard follow one another.
        parts = np.array_split(np.argsort(wanted, kind="stable"), READERS)
        list(_readers().map(lambda rows: self._read(taken, wanted[rows], rows), parts))
        return taken

    def _read(self, taken: Tiles, positions: NDArray[np.intp], rows: NDArray[np.intp]) -> None:
        """Read the tiles at rising positions into rows."""
        numbers = np.searchsorted(self._starts, positions, side="right") - 1
        for number in np.unique(numbers).tolist():
            is_here = numbers == number
            tiles = (positions[is_here] - self._starts[number]).tolist()
            for name, out in taken.items():
                self._readers[name][number].read_into(out, tiles, rows[is_here].tolist())


@cache
def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(READERS, thread_name_prefix="tiles")


# The threads of a pool stay behind in the process that forked.
os.register_at_fork(after_in_child=_readers.cache_clear)


def _require_alike(name: str, readers: Sequence[TileReader]) -> None:
    kinds: dict[tuple[Any, ...], None] = {(one.tile_shape, one.dtype): None for one in readers}
    if len(kinds) > 1:
        (shape, dtype), (other_shape, other_dtype), *_ = kinds
        raise TileStoreError(
            f"tiles of {name} must be alike to be read as one, got {shape} {dtype} and "
            f"{other_shape} {other_dtype}; write the older store again"
        )
