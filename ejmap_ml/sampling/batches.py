"""Sampling: in which order samples are trained on, and how they arrive."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from itertools import islice
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ejmap_ml.errors import SampleError
from ejmap_ml.samples import SampleBatch, SampleSet

WINDOW_SHARDS = 8
TRAIN_STREAM = 1


class SubsetSamples:
    """Some of the samples of a set, such as those of one train-validation draw."""

    def __init__(self, samples: SampleSet, positions: NDArray[np.intp]) -> None:
        self._samples = samples
        self._positions = np.sort(positions)

    def __len__(self) -> int:
        return len(self._positions)

    @property
    def positions(self) -> NDArray[np.intp]:
        """Positions of the chosen samples in the whole set, rising."""
        return self._positions

    @property
    def shards(self) -> Sequence[range]:
        """Runs of positions that are read together."""
        cuts = [
            np.searchsorted(self._positions, [shard.start, shard.stop])
            for shard in self._samples.shards
        ]
        return [range(int(first), int(last)) for first, last in cuts if last > first]

    def batch(self, positions: Sequence[int]) -> SampleBatch:
        """Return the samples at ``positions`` of this subset."""
        return self._samples.batch(self._positions[list(positions)].tolist())


class ShardBatches:
    """Batches of positions for one epoch: shards in random order, a few of them shuffled together.

    The order is a function of seed and epoch alone, so that a resumed training goes on as if it had
    not been interrupted.
    """

    def __init__(
        self,
        shards: Sequence[range],
        *,
        batch_size: int,
        seed: int,
        drop_incomplete: bool = False,
    ) -> None:
        """Choose the samples and the order.

        Args:
            shards: Runs of positions that are read together.
            batch_size: Positions a batch.
            seed: Decides the order, together with the epoch.
            drop_incomplete: Leave out what does not fill a batch, unless nothing does.

        Raises:
            SampleError: There is no sample.
        """
        sample_count = sum(len(shard) for shard in shards)
        if sample_count == 0:
            raise SampleError("there is no sample to train on; label craters or tiles first")
        self._shards = tuple(shards)
        self._batch_size = batch_size
        self._seed = seed
        self._epoch = 0
        self._keep_incomplete = not drop_incomplete or sample_count < batch_size
        whole, rest = divmod(sample_count, batch_size)
        self._length = whole + (rest > 0 and self._keep_incomplete)

    def limited(self, most_batches: int) -> Self:
        """Return the same batches, ending every epoch after ``most_batches``."""
        same = copy(self)
        same._length = min(self._length, most_batches)  # noqa: SLF001 - of this class
        return same

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order comes next."""
        self._epoch = epoch

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the positions of each batch."""
        return islice(self._all_batches(), self._length)

    def _drawn(self, rng: np.random.Generator) -> Sequence[NDArray[np.intp]]:  # noqa: ARG002 - those who draw with weights need it
        """Return the positions of an epoch, shard by shard."""
        return [np.asarray(shard) for shard in self._shards]

    def _all_batches(self) -> Iterator[list[int]]:
        rng = np.random.default_rng((self._seed, TRAIN_STREAM, self._epoch))
        drawn = self._drawn(rng)
        shards = [drawn[number] for number in rng.permutation(len(drawn))]
        left: list[int] = []
        for start in range(0, len(shards), WINDOW_SHARDS):
            window = np.concatenate(shards[start : start + WINDOW_SHARDS])
            left.extend(rng.permutation(window).tolist())
            while len(left) >= self._batch_size:
                yield left[: self._batch_size]
                left = left[self._batch_size :]
        if left and self._keep_incomplete:
            yield left


class WeightedBatches(ShardBatches):
    """Batches of positions that are drawn anew every epoch, with replacement and by weight.

    Which positions an epoch holds is a draw from all samples; only their order goes by shards.
    """

    def __init__(
        self,
        shards: Sequence[range],
        weights: NDArray[np.float64],
        *,
        batch_size: int,
        seed: int,
        drop_incomplete: bool = False,
    ) -> None:
        """Choose the samples, how likely each is, and the order.

        Likelihoods are in proportion to ``weights``, one a position, of which an epoch draws as
        many as there are; the other arguments are those of :class:`ShardBatches`.

        Raises:
            SampleError: There is no sample, or the weights are not one for each, finite and at
                least zero, with one above it.
        """
        super().__init__(shards, batch_size=batch_size, seed=seed, drop_incomplete=drop_incomplete)
        sample_count = sum(len(shard) for shard in shards)
        if len(weights) != sample_count:
            raise SampleError(
                f"sampling needs one weight a sample, got {len(weights)} weights for "
                f"{sample_count} samples"
            )
        total = float(weights.sum())
        if not (np.isfinite(total) and total > 0 and weights.min() >= 0):
            raise SampleError(
                "sampling weights must be finite, none below zero and one above it, got "
                f"{weights.min():g} to {weights.max():g}"
            )
        self._likelihood = weights / total

    def _drawn(self, rng: np.random.Generator) -> Sequence[NDArray[np.intp]]:
        count = len(self._likelihood)
        drawn = np.sort(rng.choice(count, size=count, p=self._likelihood))
        cuts = np.searchsorted(drawn, [shard.start for shard in self._shards[1:]])
        return [part for part in np.split(drawn, cuts) if part.size]


def serial_batches(samples: SampleSet, *, batch_size: int) -> Sequence[range]:
    """Return batches of positions in rising order, for validation."""
    count = len(samples)
    return [range(start, min(start + batch_size, count)) for start in range(0, count, batch_size)]


class BatchLoader:
    """Read batches one ahead of their use, in a thread.

    Threads instead of worker processes: decompression and numpy release the interpreter lock, and a
    forked process must never inherit an open store.
    """

    def __init__(self, samples: SampleSet, sampler: ShardBatches | Sequence[range]) -> None:
        self._samples = samples
        self._sampler = sampler

    def __len__(self) -> int:
        return len(self._sampler)

    def __iter__(self) -> Iterator[SampleBatch]:
        """Yield the batches of the sampler."""
        with ThreadPoolExecutor(max_workers=1) as reader:
            coming = None
            for positions in self._sampler:
                following = reader.submit(self._samples.batch, positions)
                if coming is not None:
                    yield coming.result()
                coming = following
            if coming is not None:
                yield coming.result()
