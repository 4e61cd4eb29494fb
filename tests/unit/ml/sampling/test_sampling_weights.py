"""Sampling weights equal the published formulas, written out by hand and derived anew."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from ejmap_ml.config.training_config import (
    ConnectionSamplingConfig,
    EjectaSamplingConfig,
    ShuffleSamplingConfig,
    UniformSamplingConfig,
)
from ejmap_ml.errors import SampleError
from ejmap_ml.sampling.batches import ShardBatches, WeightedBatches
from ejmap_ml.sampling.sampling_weights import sampling_weights, training_batches

TILES = pd.DataFrame(
    {
        "ejecta_px": [100, 100, 100, 0, 0],
        "any_ejecta_px": [100, 200, 1000, 50, 0],
        "distance_m": [4.0, 1.0, 5.0, 2.0, 8.0],
    }
)


def test_ejecta_weights_reach_95_percent_where_they_are_told_to() -> None:
    """0.95 of the factor at x = 10; at x = 1 the tenth root of the odds 19, at 2 the fifth."""
    weights = sampling_weights(TILES, EjectaSamplingConfig(factor=4, ratio_95=10))

    odds = [19**0.1, 19**0.2, 19]
    expected = [*(4 * value / (1 + value) for value in odds), 4, 19**0.1 / (1 + 19**0.1)]
    np.testing.assert_allclose(weights, expected, rtol=1e-12)
    assert weights[2] == pytest.approx(4 * 0.95)


def test_ejecta_weights_grow_with_the_ejecta_of_others() -> None:
    """From the tile's own ejecta alone towards the factor, and slower for a larger ratio."""
    tiles = pd.DataFrame({"ejecta_px": 10, "any_ejecta_px": np.arange(10, 2000, 10)})

    quick, slow = (
        sampling_weights(tiles, EjectaSamplingConfig(factor=1, ratio_95=ratio))
        for ratio in (10, 20)
    )

    assert (np.diff(quick) >= 0).all()
    assert (quick[:100] > slow[:100]).all()
    assert quick[-1] == pytest.approx(1)


def test_balanced_connections_weigh_the_same_together() -> None:
    """Three connected tiles and two others: the sums of their weights are equal."""
    weights = sampling_weights(TILES, ConnectionSamplingConfig(balance_connection=True))

    np.testing.assert_allclose(weights, [1 / 3] * 3 + [1 / 2] * 2)


def test_distance_weights_seek_far_connected_and_near_unconnected_tiles() -> None:
    """4, 1, 5 of ten and 1/2, 1/8 of five eighths."""
    config = ConnectionSamplingConfig(balance_connection=False, weigh_distance=True)

    np.testing.assert_allclose(sampling_weights(TILES, config), [0.4, 0.1, 0.5, 0.8, 0.2])


def test_both_connection_weights_are_multiplied() -> None:
    """As published."""
    both = ConnectionSamplingConfig(balance_connection=True, weigh_distance=True)

    np.testing.assert_allclose(
        sampling_weights(TILES, both), [0.4 / 3, 0.1 / 3, 0.5 / 3, 0.8 / 2, 0.2 / 2]
    )


@pytest.mark.parametrize("is_connected", [True, False])
def test_tiles_of_one_kind_are_weighed_too(is_connected: bool) -> None:
    """No partitioning by the number of tiles that are not there."""
    tiles = TILES.assign(ejecta_px=int(is_connected))
    config = ConnectionSamplingConfig(balance_connection=True, weigh_distance=True)

    weights = sampling_weights(tiles, config)

    assert np.isfinite(weights).all()
    assert weights.sum() == pytest.approx(1 / 5)


def test_unconnected_tiles_at_the_very_centre_are_refused() -> None:
    """Their weight would be infinite."""
    config = ConnectionSamplingConfig(balance_connection=False, weigh_distance=True)

    with pytest.raises(SampleError, match="1 lie at distance 0"):
        sampling_weights(TILES.assign(distance_m=[1, 1, 1, 0, 1]), config)


@pytest.mark.parametrize("config", [ShuffleSamplingConfig(), UniformSamplingConfig()])
def test_without_weights_all_are_alike(config) -> None:
    """No column is read."""
    assert sampling_weights(TILES[[]], config).tolist() == [1] * 5


def test_columns_that_are_missing_are_named() -> None:
    """With those there are."""
    with pytest.raises(SampleError, match=r"column any_ejecta_px of.*hold ejecta_px; write"):
        sampling_weights(TILES[["ejecta_px"]], EjectaSamplingConfig(factor=1))


def test_sampling_by_connection_weighs_something() -> None:
    """Neither weight is uniform, which has its own kind."""
    with pytest.raises(ValidationError, match="take kind: uniform"):
        ConnectionSamplingConfig(balance_connection=False)


def test_batches_follow_the_configuration(make_samples) -> None:
    """Shuffled as ever, or drawn by the weights of the table."""
    samples = make_samples(5, channels=1, side_px=2, seed=0, is_map=False)
    options = {"batch_size": 2, "seed": 7, "drop_incomplete": False}

    shuffled = training_batches(samples, None, sampling=ShuffleSamplingConfig(), **options)
    uniform = training_batches(samples, None, sampling=UniformSamplingConfig(), **options)
    weighed = training_batches(
        samples, TILES, sampling=ConnectionSamplingConfig(weigh_distance=True), **options
    )

    assert list(shuffled) == list(ShardBatches(samples.shards, batch_size=2, seed=7))
    assert list(uniform) == list(
        WeightedBatches(samples.shards, np.full(5, 3.0), batch_size=2, seed=7)
    )
    weights = np.array([0.4 / 3, 0.1 / 3, 0.5 / 3, 0.8 / 2, 0.2 / 2])
    assert list(weighed) == list(WeightedBatches(samples.shards, weights, batch_size=2, seed=7))
