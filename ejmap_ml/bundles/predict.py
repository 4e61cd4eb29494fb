"""Prediction on tiles: shard after shard, batch after batch, in inference mode."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from ejmap_geo.masks.mosaic import EnsembleLayers
from ejmap_ml.bundles.ensemble import Ensemble
from ejmap_ml.bundles.inference import pieces_of
from ejmap_ml.config.model_config import ModelConfig, TimmClassifierConfig
from ejmap_ml.ejconn.data import CROP
from ejmap_ml.ejseg.data import DISTANCE_M, IMAGE, TileInputs
from ejmap_ml.errors import SampleError

# Enough for the streams of most processors (see ``inference``) and for a GPU.
_PIECES_AT_ONCE = 8

# Receives the number of tiles done and of all.
TileProgress = Callable[[int, int], None]


class Tiles(Protocol):
    """Tiles that can be read by batches: a group of a tile store, or what cuts them."""

    @property
    def tile_count(self) -> int:
        """Number of tiles."""
        ...

    @property
    def table(self) -> pd.DataFrame:
        """One row a tile."""
        ...

    def tile_shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of one tile of an array."""
        ...

    def batches(
        self,
        names: Sequence[str],
        *,
        batch_size: int,
        selected: NDArray[np.intp] | None = None,
    ) -> Iterator[tuple[NDArray[np.intp], dict[str, NDArray[Any]]]]:
        """Yield positions and tiles in rising order, at most ``batch_size`` at once."""
        ...


def predict_connections(
    ensemble: Ensemble,
    group: Tiles,
    *,
    batch_size: int | None = None,
    progress: TileProgress | None = None,
) -> EnsembleLayers:
    """Predict which tiles hold ejecta of their crater.

    Args:
        ensemble: EJCONN networks.
        group: Tiles with the array ``crop``.
        batch_size: Tiles at once; None takes eight pieces (see ``inference``), at most a shard.
        progress: Told after every batch.

    Returns:
        Probability and vote fraction of each tile, ``(tile,)``.

    Raises:
        SampleError: The crops are not those that the model was trained on.
    """
    _check_crops(ensemble.config, group)
    batch_size = batch_size or _tiles_at_once(group, CROP)
    probability = np.empty(group.tile_count, np.float32)
    vote_fraction = np.empty(group.tile_count, np.float32)
    done = 0
    for positions, tiles in group.batches([CROP], batch_size=batch_size):
        layers = ensemble.predict((torch.from_numpy(tiles[CROP]),))
        probability[positions] = layers.probability
        vote_fraction[positions] = layers.vote_fraction
        done += len(positions)
        if progress is not None:
            progress(done, group.tile_count)
    return EnsembleLayers(probability, vote_fraction, ensemble.member_count)


def predict_tiles(
    ensemble: Ensemble,
    group: Tiles,
    *,
    selected: NDArray[np.intp] | None = None,
    batch_size: int | None = None,
) -> Iterator[tuple[NDArray[np.intp], EnsembleLayers]]:
    """Predict the ejecta in tiles.

    Args:
        ensemble: EJSEG networks that look at tiles.
        group: Tiles with the arrays ``image`` and ``distance_m`` and the columns of
            ``TileInputs``.
        selected: Positions of the tiles wanted, such as the connected ones; None takes all.
        batch_size: Tiles at once; None takes eight pieces (see ``inference``), at most a shard.

    Yields:
        Positions in rising order; probability and vote fraction ``(B, row, col)``.

    Raises:
        SampleError: The model does not look at tiles, or was trained on other bands.
    """
    inputs = TileInputs(ensemble.config)
    batch_size = batch_size or _tiles_at_once(group, IMAGE)
    batches = group.batches([IMAGE, DISTANCE_M], batch_size=batch_size, selected=selected)
    for positions, tiles in batches:
        rows = group.table.iloc[positions]
        yield positions, ensemble.predict(inputs(tiles[IMAGE], tiles[DISTANCE_M], rows))


def _tiles_at_once(group: Tiles, name: str) -> int:
    _, height_px, width_px = group.tile_shape(name)
    return _PIECES_AT_ONCE * pieces_of(height_px, width_px)


def _check_crops(config: ModelConfig, group: Tiles) -> None:
    architecture: Any = config.architecture
    if not isinstance(architecture, TimmClassifierConfig):
        raise SampleError(
            f"{config.name} is a {architecture.kind} and does not look at crops; take a model of "
            "kind timm_classifier"
        )
    crop = architecture.crop
    wanted = (config.in_channels, crop.height_px, crop.width_px)
    found = group.tile_shape(CROP)
    if found != wanted:
        raise SampleError(
            f"{config.name} was trained on crops of {wanted} (bands + attention, rows, columns), "
            f"the store holds {found}; make the store with the bands and crop size of the model"
        )
