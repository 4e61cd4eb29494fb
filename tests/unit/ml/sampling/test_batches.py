"""Epochs visit every sample once, in an order that seed and epoch decide."""

import numpy as np
import pytest

from ejmap_ml.errors import SampleError
from ejmap_ml.sampling.batches import (
    BatchLoader,
    ShardBatches,
    SubsetSamples,
    WeightedBatches,
    serial_batches,
)

SHARDS = [range(start, min(start + 64, 1000)) for start in range(0, 1000, 64)]


def test_an_epoch_visits_every_sample_once() -> None:
    """Full batches and one rest."""
    batches = list(ShardBatches(SHARDS, batch_size=48, seed=0))

    assert sorted(position for batch in batches for position in batch) == list(range(1000))
    assert [len(batch) for batch in batches] == [48] * 20 + [40]
    assert len(ShardBatches(SHARDS, batch_size=48, seed=0)) == 21


def test_an_incomplete_batch_can_be_left_out() -> None:
    """But a set smaller than a batch is still trained on."""
    dropping = ShardBatches(SHARDS, batch_size=48, seed=0, drop_incomplete=True)
    small = ShardBatches([range(5)], batch_size=48, seed=0, drop_incomplete=True)

    assert len(dropping) == len(list(dropping)) == 20
    assert [len(batch) for batch in small] == [5]


def test_order_is_a_function_of_seed_and_epoch() -> None:
    """Equal for equal, different for different."""

    def order(seed: int, epoch: int) -> list[list[int]]:
        batches = ShardBatches(SHARDS, batch_size=48, seed=seed)
        batches.set_epoch(epoch)
        return list(batches)

    assert order(0, 3) == order(0, 3)
    assert order(0, 3) != order(0, 4)
    assert order(0, 3) != order(1, 3)


def test_a_batch_needs_few_shards_at_a_time() -> None:
    """Any stretch of batches as long as the window touches at most the shards of two windows."""
    batches = list(ShardBatches(SHARDS, batch_size=32, seed=0))

    touched = [{position // 64 for batch in batches[i : i + 8] for position in batch} for i in
               range(len(batches) - 8)]  # fmt: skip

    assert max(len(shards) for shards in touched) <= 16


def test_the_order_of_an_epoch_hardly_follows_that_of_the_stores() -> None:
    """Successive tiles are as unlike as eight shards allow: a correlation of an eighth, not of 1.

    A window mixes 8 of 64 shards, and the mean of 8 random shards keeps an eighth of the variance
    between positions. When in an epoch a tile comes has nothing to do with where it lies.
    """
    shards = [range(start, start + 64) for start in range(0, 4096, 64)]
    epochs = [np.concatenate(list(ShardBatches(shards, batch_size=32, seed=s))) for s in range(40)]

    successive = [np.corrcoef(order[:-1], order[1:])[0, 1] for order in epochs]
    overall = [np.corrcoef(order, np.arange(4096))[0, 1] for order in epochs]
    from_one_shard = [np.mean(order[:-1] // 64 == order[1:] // 64) for order in epochs]

    assert np.max(successive) < 0.25
    assert np.mean(successive) == pytest.approx(1 / 8, abs=0.04)
    assert abs(np.mean(overall)) < 0.06
    assert np.mean(from_one_shard) == pytest.approx(1 / 8, abs=0.01)


def test_no_samples_are_refused() -> None:
    """The message says what to do."""
    with pytest.raises(SampleError, match="no sample to train on"):
        ShardBatches([], batch_size=1, seed=0)


def test_a_subset_keeps_samples_and_shards(make_samples) -> None:
    """Positions of the subset point at the samples that were chosen."""
    samples = make_samples(10, channels=1, side_px=2, seed=0, is_map=False)
    subset = SubsetSamples(samples, np.array([7, 2, 5]))

    image = subset.batch([0, 2]).inputs[0]

    assert len(subset) == 3
    assert subset.positions.tolist() == [2, 5, 7]
    assert list(subset.shards) == [range(3)]
    assert (image == samples.image[[2, 7]]).all()


def test_the_loader_keeps_the_order_of_its_batches(make_samples) -> None:
    """Reading ahead changes nothing."""
    samples = make_samples(10, channels=1, side_px=2, seed=0, is_map=False)

    batches = list(BatchLoader(samples, serial_batches(samples, batch_size=4)))

    assert [len(batch.target) for batch in batches] == [4, 4, 2]
    assert (batches[1].inputs[0] == samples.image[4:8]).all()


WEIGHTS = np.concatenate([np.full(900, 1.0), np.full(100, 9.0)])


def test_draws_come_in_proportion_to_their_weight() -> None:
    """Half of all draws are of the tenth that weighs as much as the rest: 5 standard errors."""
    batches = WeightedBatches(SHARDS, WEIGHTS, batch_size=50, seed=0)

    drawn = []
    for epoch in range(20):
        batches.set_epoch(epoch)
        drawn.extend(position for batch in batches for position in batch)

    assert len(drawn) == 20 * 1000
    share = np.mean(np.array(drawn) >= 900)
    assert share == pytest.approx(0.5, abs=5 * (0.25 / 20_000) ** 0.5)


def test_draws_are_with_replacement() -> None:
    """Of a thousand equal draws about 632 (1 - 1/e) are different."""
    batches = WeightedBatches(SHARDS, np.ones(1000), batch_size=50, seed=0)

    different = {position for batch in batches for position in batch}

    assert 590 < len(different) < 675


def test_what_weighs_nothing_is_never_drawn() -> None:
    """And shards without any draw are no empty batches."""
    weights = np.zeros(1000)
    weights[[3, 700]] = 1

    batches = list(WeightedBatches(SHARDS, weights, batch_size=64, seed=0))

    assert {position for batch in batches for position in batch} == {3, 700}
    assert [len(batch) for batch in batches] == [64] * 15 + [40]


def test_draws_are_a_function_of_seed_and_epoch_and_can_end_early() -> None:
    """A limited epoch is the beginning of the whole one."""

    def order(seed: int, epoch: int) -> list[list[int]]:
        batches = WeightedBatches(SHARDS, WEIGHTS, batch_size=48, seed=seed, drop_incomplete=True)
        batches.set_epoch(epoch)
        return list(batches)

    assert order(0, 3) == order(0, 3)
    assert order(0, 3) != order(0, 4)
    assert order(0, 3) != order(1, 3)
    limited = WeightedBatches(SHARDS, WEIGHTS, batch_size=48, seed=0).limited(5)
    assert len(limited) == 5
    assert list(limited) == order(0, 0)[:5]


def test_weighted_batches_need_few_shards_at_a_time() -> None:
    """As without weights: any stretch as long as the window touches two windows at most."""
    batches = list(WeightedBatches(SHARDS, np.ones(1000), batch_size=32, seed=0))

    touched = [{position // 64 for batch in batches[i : i + 8] for position in batch} for i in
               range(len(batches) - 8)]  # fmt: skip

    assert max(len(shards) for shards in touched) <= 16


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(999), "999 weights for 1000 samples"),
        (np.zeros(1000), "0 to 0"),
        (np.full(1000, np.nan), "nan to nan"),
        (np.linspace(-1, 5, 1000), "-1 to 5"),
    ],
)
def test_weights_that_cannot_be_drawn_by_are_refused(weights: np.ndarray, message: str) -> None:
    """The message says what was found."""
    with pytest.raises(SampleError, match=message):
        WeightedBatches(SHARDS, weights, batch_size=8, seed=0)
