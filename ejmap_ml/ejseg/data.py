"""EJSEG samples on tiles: bands, distance channel, metadata vector and mask."""

from collections.abc import Sequence
from typing import assert_never

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor

from ejmap_ml.config.model_config import DistanceMode, ModelConfig, SmpConfig
from ejmap_ml.errors import SampleError
from ejmap_ml.samples import SampleBatch
from ejmap_ml.stores.tile_group import TileGroup
from ejmap_ml.stores.tile_sequence import TileSequence

# Arrays of a tile store: (tile, band, row, col) uint8, (tile, row, col) float32 and
# (tile, row, col) bool.
IMAGE = "image"
DISTANCE_M = "distance_m"
MASK = "mask"
# Column of its table: rim radius of the tile's crater.
RADIUS_M = "radius_m"
# The logarithm of the distance to the very centre of a crater is that of a hundredth of its radius.
SMALLEST_DISTANCE_RADII = 0.01


def annulus_columns(bands: int) -> list[str]:
    """Return the columns of a tile table that hold the mean bands of the crater's annulus."""
    return [f"annulus_mean_{band}" for band in range(bands)]


def distance_channel(
    distance_m: NDArray[np.floating],
    *,
    radius_m: NDArray[np.floating],
    mode: DistanceMode,
    is_logarithmic: bool = True,
) -> NDArray[np.float32]:
    """Turn distances into the channel that the network sees.

    Args:
        distance_m: ``(tile, row, col)`` distance of each pixel to the crater's centre.
        radius_m: ``(tile,)`` rim radius of each tile's crater.
        mode: "absolute" gives metres, "ratio" crater radii, "rank" the order of the tile's pixels
            from 0 (nearest) to 1, equal distances sharing their mean rank.
        is_logarithmic: Whether metres and radii become their decimal logarithm; a rank never does.

    Returns:
        ``(tile, row, col)``.
    """
    radius = radius_m[:, None, None]
    smallest_m = SMALLEST_DISTANCE_RADII * radius
    shown_m = np.maximum(distance_m, smallest_m) if is_logarithmic else distance_m
    match mode:
        case "absolute":
            return _length(shown_m, is_logarithmic=is_logarithmic)
        case "ratio":
            return _length(shown_m / radius, is_logarithmic=is_logarithmic)
        case "rank":
            return np.stack([_rank(tile) for tile in distance_m])
        case _:
            assert_never(mode)


def _length(length: NDArray[np.floating], *, is_logarithmic: bool) -> NDArray[np.float32]:
    return (np.log10(length) if is_logarithmic else length).astype(np.float32)


def _rank(distance_m: NDArray[np.floating]) -> NDArray[np.float32]:
    rank = rankdata(distance_m, axis=None) - 1
    return (rank / max(1, rank.size - 1)).reshape(distance_m.shape).astype(np.float32)


class TileInputs:
    """Turn tiles of a store into what the EJSEG network takes."""

    def __init__(self, config: ModelConfig) -> None:
        """Choose the channels of ``config``.

        Raises:
            SampleError: The model does not look at tiles.
        """
        if not isinstance(config.architecture, SmpConfig):
            raise SampleError(
                f"{config.name} is a {config.architecture.kind} and does not look at tiles; take a "
                "model of kind smp"
            )
        self._tile = config.architecture.tile
        self._bands = config.bands
        self._metadata_size = config.metadata_size

    def __call__(
        self, image: NDArray[np.uint8], distance_m: NDArray[np.floating], table: pd.DataFrame
    ) -> tuple[Tensor, ...]:
        """Return raw channels ``(B, bands + 1, H, W)`` and, if injected, metadata ``(B, D)``.

        Args:
            image: ``(B, bands, H, W)``.
            distance_m: ``(B, H, W)``.
            table: Rows of the tiles: the crater's radius and the mean bands of its annulus.

        Raises:
            SampleError: The tiles have another number of bands than the model was trained on.
        """
        if image.shape[1] != self._bands:
            raise SampleError(
                f"the model takes {self._bands} bands, the tiles have {image.shape[1]}; give it a "
                "mosaic with the bands it was trained on"
            )
        radius_m = table[RADIUS_M].to_numpy(dtype=np.float64)
        is_logarithmic = self._tile.log_distance
        distance = distance_channel(
            distance_m,
            radius_m=radius_m,
            mode=self._tile.distance_mode,
            is_logarithmic=is_logarithmic,
        )
        channels = np.concatenate([image, distance[:, None]], axis=1, dtype=np.float32)
        if not self._metadata_size:
            return (torch.from_numpy(channels),)
        metadata = table[annulus_columns(self._bands)].to_numpy(dtype=np.float32)
        if self._tile.distance_mode == "absolute":
            radius = _length(radius_m, is_logarithmic=is_logarithmic)
            metadata = np.concatenate([metadata, radius[:, None]], axis=1, dtype=np.float32)
        return torch.from_numpy(channels), torch.from_numpy(metadata)


class TileSamples(TileSequence):
    """Labelled tiles of many craters with the mask of their crater's ejecta."""

    def __init__(self, groups: Sequence[TileGroup], config: ModelConfig) -> None:
        super().__init__(groups, names=[IMAGE, DISTANCE_M, MASK])
        self._inputs = TileInputs(config)

    def batch(self, positions: Sequence[int]) -> SampleBatch:
        """Return channels and metadata, and masks ``(B, 1, H, W)``."""
        tiles = self.take(positions)
        rows = self.table.iloc[list(positions)]
        return SampleBatch(
            inputs=self._inputs(tiles[IMAGE], tiles[DISTANCE_M], rows),
            target=torch.from_numpy(tiles[MASK]).float()[:, None],
        )
