"""EJCONN samples: crops that hold a crater and a tile, and whether the tile holds its ejecta."""

from collections.abc import Sequence

import pandas as pd
import torch

from ejmap_ml.samples import SampleBatch
from ejmap_ml.stores.tile_group import TileGroup
from ejmap_ml.stores.tile_sequence import TileSequence

# Array of a tile store: (tile, band + attention, row, col) uint8, attention in 0..2.
CROP = "crop"
# Column of a labelled tile: pixels of it that are ejecta of its crater.
EJECTA_PX = "ejecta_px"


class ConnectionSamples:
    """Labelled tiles of many craters; a tile is connected when it holds ejecta of its crater."""

    def __init__(self, groups: Sequence[TileGroup]) -> None:
        self._tiles = TileSequence(groups, names=[CROP])
        self.is_connected = self._tiles.table[EJECTA_PX].to_numpy() > 0

    def __len__(self) -> int:
        return len(self._tiles)

    @property
    def table(self) -> pd.DataFrame:
        """One row a tile."""
        return self._tiles.table

    @property
    def shards(self) -> Sequence[range]:
        """Runs of positions that are read together."""
        return self._tiles.shards

    def batch(self, positions: Sequence[int]) -> SampleBatch:
        """Return crops ``(B, bands + 1, H, W)`` and targets ``(B, 1)``."""
        crop = self._tiles.take(positions)[CROP]
        target = torch.from_numpy(self.is_connected[list(positions)]).float()
        return SampleBatch(inputs=(torch.from_numpy(crop).float(),), target=target[:, None])
