"""The mapping tiles of a crater as a tile model sees them, cut from the mosaic when asked for.

Imported by assets when they run: it loads torch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_geo.tiles.tiling import tiles_of
from ejmap_ml.stores.tile_group import TileStore
from ejmap_ml.stores.tile_store import SHARD_TILES
from ejmap_project.errors import StepError
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.tile_plan import MAPPING, TiledCrater, TilePlan, tile_cuts


@dataclass(frozen=True, slots=True, kw_only=True)
class CutTiles:
    """Tiles with the table of their store, in its order; read as a group of a tile store.

    Attributes:
        tiled: The crater, the mosaic around it and its tiles.
        plan: What the models look at.
        table: One row a tile.
    """

    tiled: TiledCrater
    plan: TilePlan
    table: pd.DataFrame

    @classmethod
    def of(cls, work: CraterWork, crater: Crater) -> "CutTiles":
        """Return the tiles of a crater whose tile store is there.

        Raises:
            TileStoreError: If the tile store is missing or cannot be read.
        """
        table = TileStore.open(work.paths.tile_store(crater.key))[MAPPING].table
        raster, basemap = work.seen_basemap
        grid = work.azimuthal_grid(crater)
        tiled = TiledCrater(
            crater=crater,
            azimuthal=grid,
            mosaic=to_azimuthal(raster, basemap=basemap, azimuthal=grid),
            tiles=tiles_of(table),
        )
        return cls(tiled=tiled, plan=work.tile_plan, table=table)

    @property
    def tile_count(self) -> int:
        """Number of tiles."""
        return len(self.table)

    def tile_shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of one tile of an array.

        Raises:
            StepError: If the promoted models look at nothing of that name.
        """
        return self._cut([name], np.zeros(1, np.intp))[name].shape[1:]

    def batches(
        self,
        names: Sequence[str],
        *,
        batch_size: int,
        selected: NDArray[np.intp] | None = None,
    ) -> Iterator[tuple[NDArray[np.intp], dict[str, NDArray[Any]]]]:
        """Yield positions and tiles in rising order, as a group of a tile store does.

        Args:
            names: Arrays to cut.
            batch_size: Most tiles of a batch.
            selected: Positions of the tiles wanted, in any order; None takes all.
        """
        wanted = np.arange(self.tile_count) if selected is None else np.unique(selected)
        # Batches end where those of a store do: networks in bfloat16 round by the batch.
        for shard in range(0, self.tile_count, SHARD_TILES):
            first, last = np.searchsorted(wanted, [shard, shard + SHARD_TILES])
            for start in range(first, last, batch_size):
                positions = wanted[start : min(start + batch_size, last)]
                yield positions, self._cut(names, positions)

    def _cut(self, names: Sequence[str], positions: NDArray[np.intp]) -> dict[str, NDArray[Any]]:
        chosen = [self.tiled.tiles[int(one)] for one in positions]
        cuts = tile_cuts(replace(self.tiled, tiles=chosen), self.plan)
        missing = [name for name in names if name not in cuts]
        if missing:
            raise StepError(
                f"the models that map the craters look at {', '.join(cuts) or 'no tiles'}, not "
                f"at {', '.join(missing)}; promote a model that does"
            )
        return {name: cuts[name]() for name in names}
