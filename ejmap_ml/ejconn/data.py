"""EJCONN samples: crops that hold a crater and a tile, and whether the tile holds its ejecta."""

from collections.abc import Sequence

import torch

from ejmap_ml.samples import SampleBatch
from ejmap_ml.stores.tile_group import TileGroup
from ejmap_ml.stores.tile_sequence import TileSequence

# Array of a tile store: (tile, band + attention, row, col) uint8, attention in 0..2.
CROP = "crop"
# Column of a labelled tile: pixels of it that are ejecta of its crater.
EJECTA_PX = "ejecta_px"


class ConnectionSamples(TileSequence):
    """Labelled tiles of many craters; a tile is connected when it holds ejecta of its crater."""

    def __init__(self, groups: Sequence[TileGroup]) -> None:
        super().__init__(groups, names=[CROP])
        self.is_connected = self.table[EJECTA_PX].to_numpy() > 0

    def batch(self, positions: Sequence[int]) -> SampleBatch:
        """Return crops ``(B, bands + 1, H, W)`` and targets ``(B, 1)``."""
        crop = self.take(positions)[CROP]
        target = torch.from_numpy(self.is_connected[list(positions)]).float()
        return SampleBatch(inputs=(torch.from_numpy(crop).float(),), target=target[:, None])
