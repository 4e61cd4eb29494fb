"""Epochs visit every sample once, in an order that seed and epoch decide."""

import numpy as np
import pytest

from ejmap_ml.errors import SampleError
from ejmap_ml.sampling import BatchLoader, SerialBatches, ShardBatches, SubsetSamples

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
    assert list(subset.shards) == [range(3)]
    assert (image == samples.image[[2, 7]]).all()


def test_the_loader_keeps_the_order_of_its_batches(make_samples) -> None:
    """Reading ahead changes nothing."""
    samples = make_samples(10, channels=1, side_px=2, seed=0, is_map=False)

    batches = list(BatchLoader(samples, SerialBatches(10, batch_size=4)))

    assert [len(batch.target) for batch in batches] == [4, 4, 2]
    assert (batches[1].inputs[0] == samples.image[4:8]).all()
