"""Sampling weights: how often each labelled tile is drawn in training."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_ml.config.training_config import (
    ConnectionSamplingConfig,
    EjectaSamplingConfig,
    Sampling,
    ShuffleSamplingConfig,
    UniformSamplingConfig,
)
from ejmap_ml.errors import SampleError
from ejmap_ml.samples import SampleSet
from ejmap_ml.sampling.batches import ShardBatches, WeightedBatches

# Columns of labelled tiles: ejecta pixels of the tile's crater and of any crater, and the distance
# of their centres.
EJECTA_PX = "ejecta_px"
ANY_EJECTA_PX = "any_ejecta_px"
DISTANCE_M = "distance_m"
# Where the curve of ejecta weights is pinned: this share of its limit.
PINNED_SHARE = 0.95


def training_batches(
    train: SampleSet,
    table: pd.DataFrame | None,
    *,
    sampling: Sampling,
    batch_size: int,
    seed: int,
    drop_incomplete: bool,
) -> ShardBatches:
    """Return the batches of an epoch, as ``sampling`` draws them.

    Args:
        train: The samples.
        table: One row a sample with the columns that :func:`sampling_weights` reads; None will do
            when all samples are alike.
        sampling: How they are drawn.
        batch_size: Samples a batch.
        seed: Decides draws and order, together with the epoch.
        drop_incomplete: Leave out what does not fill a batch, unless nothing does.

    Raises:
        SampleError: There is no sample, or the table does not tell what weights are made of.
    """
    if isinstance(sampling, ShuffleSamplingConfig):
        return ShardBatches(
            train.shards, batch_size=batch_size, seed=seed, drop_incomplete=drop_incomplete
        )
    rows = pd.DataFrame(index=pd.RangeIndex(len(train))) if table is None else table
    return WeightedBatches(
        train.shards,
        sampling_weights(rows, sampling),
        batch_size=batch_size,
        seed=seed,
        drop_incomplete=drop_incomplete,
    )


def sampling_weights(table: pd.DataFrame, sampling: Sampling) -> NDArray[np.float64]:
    """Return the weight of every row of ``table``; only their ratios matter.

    The formulas are those of the published data modules of both models:

    - ejecta: with x = any_ejecta_px / ejecta_px, f / (1 + exp(-x ln(19) / r)) for ``factor`` f and
      ``ratio_95`` r where the tile holds ejecta of its crater; f where it holds ejecta of others
      alone; 1 / (1 + exp(-ln(19) / r)) where it holds none.
    - connection, balanced: one over the number of connected tiles, or of the others.
    - connection, by distance d: d over the sum of the connected tiles' d, or 1/d over the sum of
      the others' 1/d. Both weights are multiplied.

    Args:
        table: One row a labelled tile of the training samples.
        sampling: How they are drawn.

    Raises:
        SampleError: A column that the formula reads is missing, or weights by distance are asked
            for tiles at distance 0.
    """
    match sampling:
        case ShuffleSamplingConfig() | UniformSamplingConfig():
            return np.ones(len(table))
        case EjectaSamplingConfig():
            own, every = _columns(table, [EJECTA_PX, ANY_EJECTA_PX], sampling.kind)
            return _ejecta_weights(own, every, config=sampling)
        case ConnectionSamplingConfig():
            own, distance_m = _columns(table, [EJECTA_PX, DISTANCE_M], sampling.kind)
            return _connection_weights(own > 0, distance_m, config=sampling)


def _ejecta_weights(
    own: NDArray[np.float64], every: NDArray[np.float64], *, config: EjectaSamplingConfig
) -> NDArray[np.float64]:
    slope = math.log(PINNED_SHARE / (1 - PINNED_SHARE)) / config.ratio_95
    # Labels may be drawn twice, so "any" is at least what the tile's own crater has.
    ratio = np.maximum(every, own) / np.maximum(own, 1)
    shared = config.factor / (1 + np.exp(-slope * ratio))
    empty = 1 / (1 + math.exp(-slope))
    return np.select([own > 0, every > 0], [shared, np.full(own.shape, config.factor)], empty)


def _connection_weights(
    is_connected: NDArray[np.bool_],
    distance_m: NDArray[np.float64],
    *,
    config: ConnectionSamplingConfig,
) -> NDArray[np.float64]:
    weights = np.ones(is_connected.shape)
    if config.balance_connection:
        connected = max(1, np.count_nonzero(is_connected))
        others = max(1, np.count_nonzero(~is_connected))
        weights = np.where(is_connected, 1 / connected, 1 / others)
    if config.weigh_distance:
        _check_distances(distance_m, is_connected)
        far, near = distance_m[is_connected], 1 / distance_m[~is_connected]
        weights[is_connected] *= far / far.sum()
        weights[~is_connected] *= near / near.sum()
    return weights


def _check_distances(distance_m: NDArray[np.float64], is_connected: NDArray[np.bool_]) -> None:
    near, far = distance_m[~is_connected], distance_m[is_connected]
    if (near <= 0).any() or (far.size and far.sum() <= 0):
        raise SampleError(
            "sampling by distance needs tiles away from the centre of their crater, and "
            f"{np.count_nonzero(distance_m <= 0)} lie at distance 0; correct their distance_m or "
            "set sampling.weigh_distance to false"
        )


def _columns(
    table: pd.DataFrame, names: Sequence[str], kind: str
) -> tuple[NDArray[np.float64], ...]:
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise SampleError(
            f"sampling by {kind} needs the column {' and '.join(missing)} of labelled tiles, which "
            f"hold {', '.join(map(str, table.columns)) or 'none'}; write the training set anew or "
            "take kind: uniform"
        )
    return tuple(table[name].to_numpy(dtype=np.float64) for name in names)
