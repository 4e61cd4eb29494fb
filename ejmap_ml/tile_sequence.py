"""Tiles of several groups as one sequence, as training draws them."""

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_ml.errors import TileStoreError
from ejmap_ml.sampling import WINDOW_SHARDS
from ejmap_ml.tile_group import TileGroup, Tiles
from ejmap_ml.tile_store import TileLayout

_READERS = 2


class TileSequence:
    """Groups of several stores as one sequence of tiles, for training.

    Tiles are taken by position; the shards used last stay in memory, so that a sampler that works
    through a few shards at a time (see ``sampling.ShardBatches``) reads each shard once an epoch.
    Shards are read into the memory of those that leave: fresh pages cost as much as reading.
    """

    def __init__(
        self,
        groups: Sequence[TileGroup],
        *,
        names: Sequence[str],
        cached_shards: int = WINDOW_SHARDS,
    ) -> None:
        """Line up the groups.

        Args:
            groups: Groups whose tiles follow one another.
            names: Arrays to read.
            cached_shards: Most shards in memory.

        Raises:
            TileStoreError: A group lacks an array, or its tiles are not like those of the others.
        """
        self._groups = tuple(groups)
        self._layouts = {name: _common_layout(groups, name) for name in names if groups}
        self._cached_shards = cached_shards
        self._held: OrderedDict[int, dict[str, NDArray[Any]]] = OrderedDict()
        starts = list(accumulate((group.tile_count for group in groups), initial=0))
        self._tile_count = starts.pop()
        self._shards = [
            (range(start + shard.start, start + shard.stop), group, shard)
            for start, group in zip(starts, groups, strict=True)
            for shard in group.shards
        ]
        self._shard_starts = np.array([tiles.start for tiles, _, _ in self._shards], dtype=np.intp)
        self._longest_shard = max((len(tiles) for tiles, _, _ in self._shards), default=0)

    def __len__(self) -> int:
        return self._tile_count

    @property
    def shards(self) -> tuple[range, ...]:
        """Positions of the tiles that lie in one shard."""
        return tuple(tiles for tiles, _, _ in self._shards)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The tables of all groups, one under the other."""
        return pd.concat([group.table for group in self._groups], ignore_index=True)

    def take(self, positions: Sequence[int]) -> Tiles:
        """Return the tiles at ``positions`` in their order, ``(n, ...)`` a name.

        Raises:
            IndexError: A position lies outside the sequence.
        """
        wanted = np.asarray(positions, dtype=np.intp)
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < self._tile_count:
            raise IndexError(
                f"positions {wanted.min()} to {wanted.max()} asked of {self._tile_count} tiles"
            )
        numbers = np.searchsorted(self._shard_starts, wanted, side="right") - 1
        taken = {name: _room(layout, len(wanted)) for name, layout in self._layouts.items()}

        def copy_from(number: int) -> None:
            rows = np.flatnonzero(numbers == number)
            local = wanted[rows] - self._shard_starts[number]
            for name, tiles in self._held[number].items():
                for row, tile in zip(rows.tolist(), local.tolist(), strict=True):
                    taken[name][row] = tiles[tile]

        needed = np.unique(numbers).tolist()
        missing = [number for number in needed if number not in self._held]
        # First what is in memory: reading the others may take its place.
        for number in needed:
            if number in self._held:
                copy_from(number)
                self._held.move_to_end(number)
        for start in range(0, len(missing), self._cached_shards):
            together = missing[start : start + self._cached_shards]
            self._hold(together)
            for number in together:
                copy_from(number)
        return taken

    def _hold(self, numbers: Sequence[int]) -> None:
        """Read at most ``cached_shards`` shards, in place of those not used for longest."""
        freed: list[dict[str, NDArray[Any]]] = []
        while self._held and len(self._held) + len(numbers) > self._cached_shards:
            freed.append(self._held.popitem(last=False)[1])
        rooms = freed + [
            {name: _room(layout, self._longest_shard) for name, layout in self._layouts.items()}
            for _ in range(len(numbers) - len(freed))
        ]

        def read(number: int, room: dict[str, NDArray[Any]]) -> None:
            _, group, shard = self._shards[number]
            for name, tiles in room.items():
                group.read_into(tiles[: len(shard)], name, shard)

        with ThreadPoolExecutor(_READERS) as readers:
            list(readers.map(read, numbers, rooms))
        self._held.update(zip(numbers, rooms, strict=True))


def _room(layout: TileLayout, count: int) -> NDArray[Any]:
    return np.empty((count, *layout.shape), dtype=layout.dtype)


def _common_layout(groups: Sequence[TileGroup], name: str) -> TileLayout:
    first, *others = (group.layout(name) for group in groups)
    for other in others:
        if other != first:
            raise TileStoreError(
                f"tiles of {name} must be alike to be read as one, got {first.shape} "
                f"{first.dtype} and {other.shape} {other.dtype}; write the older store again"
            )
    return first
