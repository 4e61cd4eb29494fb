"""Masks at a promised recall: conformal risk control on craters that did not fit the ensemble.

The loss of a crater is the share of its ejecta that a mask misses. It can only grow with the
threshold of the mask, so with the largest threshold at which

    n / (n + 1) x mean loss of n calibration craters + 1 / (n + 1) <= 1 - promised recall

the expected loss of a further crater of the same kind is at most 1 - promised recall
(Angelopoulos et al., Conformal risk control, 2022, arXiv:2208.02814, theorem 1). The promise holds
on average over craters, not for each of them.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ejmap_ml.config.frozen import Frozen
from ejmap_ml.errors import ConfigError, SampleError

# Thresholds of probability that are tried, close to each other where recall changes.
THRESHOLDS: NDArray[np.float64] = 1 / (1 + np.exp(-np.linspace(-9, 5, 141)))
# Of shares that are sums of areas: 1 - 0.9 is 0.09999999999999998.
ROUNDING = 1e-9


class RecallCurve(Frozen):
    """Mean recall of calibration craters by the threshold of the mask.

    Attributes:
        thresholds: Thresholds of probability, rising; a mask is what lies above.
        mean_recall: Mean over the craters of the share of their ejecta that lies above.
        craters: Number of craters.
    """

    thresholds: tuple[float, ...] = Field(min_length=1, max_length=1000)
    mean_recall: tuple[float, ...]
    craters: int = Field(ge=1)

    @model_validator(mode="after")
    def _is_a_curve(self) -> Self:
        if len(self.thresholds) != len(self.mean_recall):
            raise ValueError("thresholds and mean_recall must be of one length")
        if not all(0 < low < high < 1 for low, high in pairwise((*self.thresholds, 1 - 1e-12))):
            raise ValueError("thresholds must rise between 0 and 1")
        if not all(1 >= low >= high >= 0 for low, high in pairwise((*self.mean_recall, 0.0))):
            raise ValueError("mean_recall must not rise, from 1 at most to 0 at least")
        return self

    @classmethod
    def of(cls, recalls: Sequence[NDArray[np.float64]]) -> Self:
        """Return the curve of craters, each as :func:`recall_by_threshold` gives it.

        Raises:
            SampleError: If there is no crater.
        """
        if not recalls:
            raise SampleError("a promise of recall needs craters with known ejecta, got none")
        # Rounding must not make the mean rise.
        mean = np.minimum.accumulate(np.mean(recalls, axis=0))
        return cls(
            thresholds=tuple(THRESHOLDS.tolist()),
            mean_recall=tuple(mean.tolist()),
            craters=len(recalls),
        )

    def threshold(self, promised_recall: float) -> float:
        """Return the largest threshold at which the promised mean recall is kept.

        Args:
            promised_recall: Above 0, below 1.

        Raises:
            ConfigError: If no threshold keeps it, or there are too few craters to promise it.
        """
        loss = 1 - np.array(self.mean_recall)
        bound = (self.craters * loss + 1) / (self.craters + 1)
        kept = np.flatnonzero(bound <= 1 - promised_recall + ROUNDING)
        if not len(kept):
            raise ConfigError(
                f"the ensemble cannot promise a recall of {promised_recall:g}: on its "
                f"{self.craters} calibration craters the most is {1 - bound.min():.3f}; lower "
                "mapping.promised_recall"
            )
        return self.thresholds[kept[-1]]


def recall_by_threshold(
    probability: NDArray[np.floating], area: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return the share of a crater's ejecta above each of ``THRESHOLDS``.

    Args:
        probability: Probability in each pixel of the true ejecta, ``(n,)``; at least one.
        area: Area of the pixels, in any unit, ``(n,)``.
    """
    # A value equal to a threshold is not above it.
    place = np.searchsorted(THRESHOLDS, probability, side="left")
    above = np.bincount(place, weights=area, minlength=len(THRESHOLDS) + 1)[::-1].cumsum()[::-1]
    return above[1:] / above[0]
