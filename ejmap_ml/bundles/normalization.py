"""Normalization: offset and scale of every input channel, found once, kept with the weights."""

from collections.abc import Iterable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from ejmap_ml.config.frozen import Frozen
from ejmap_ml.errors import SampleError

BAND_SCALE = 255.0


class Normalization(Frozen):
    """Channels become ``(value - offset) / scale``; the bands come first.

    Attributes:
        offset: What is subtracted from each channel.
        scale: What each channel is divided by, positive.
    """

    offset: tuple[float, ...]
    scale: tuple[float, ...]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.offset) != len(self.scale) or not self.offset:
            raise ValueError(
                f"offset and scale must name the same channels, got {len(self.offset)} and "
                f"{len(self.scale)} values"
            )
        if min(self.scale) <= 0:
            raise ValueError(f"scales must be positive, got {self.scale}")
        return self

    @classmethod
    def fixed(cls, *, bands: int, extra_scale: float) -> Self:
        """Return the one that divides bands by 255 and the extra channel by ``extra_scale``."""
        return cls(offset=(0.0,) * (bands + 1), scale=(BAND_SCALE,) * bands + (extra_scale,))

    def with_extra(self, *, offset: float, scale: float) -> Self:
        """Return the same with another offset and scale of the extra channel, which is the last."""
        return type(self)(offset=(*self.offset[:-1], offset), scale=(*self.scale[:-1], scale))

    @classmethod
    def from_samples(cls, batches: Iterable[NDArray[Any]]) -> Self:
        """Return mean and standard deviation (ddof 1, over all pixels) of each channel.

        A channel that is constant keeps the scale 1.

        Args:
            batches: Arrays ``(sample, channel, row, col)``.

        Raises:
            SampleError: There are fewer than two pixels.
        """
        count, mean, squares = 0, np.zeros(1), np.zeros(1)
        for batch in batches:
            values = np.moveaxis(batch, 1, 0).reshape(batch.shape[1], -1).astype(np.float64)
            added = values.shape[1]
            # Chan's update: sums of squares of raw values would lose the digits of distances in m.
            batch_mean = values.mean(axis=1)
            batch_squares = ((values - batch_mean[:, None]) ** 2).sum(axis=1)
            shift = batch_mean - mean
            total = count + added
            squares = squares + batch_squares + shift**2 * (count * added / total)
            mean = mean + shift * (added / total)
            count = total
        if count < 2:
            raise SampleError(
                f"normalization needs at least two pixels of training samples, got {count}"
            )
        spread = np.sqrt(squares / (count - 1))
        return cls(
            offset=tuple(mean.tolist()), scale=tuple(np.where(spread > 0, spread, 1.0).tolist())
        )
