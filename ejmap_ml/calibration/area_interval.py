"""Expected area of a crater's ejecta, with an interval that holds the true one for 95 in 100.

Errors of neighbouring cells are alike (a network that takes a bright plain for ejecta does so in
thousands of cells), so the variances of cells say nothing about that of their sum. The interval is
conformal instead: a quantile of how far the true areas of calibration craters lie from what was
expected, in units of how much the area of a mask depends on its threshold (normalised residuals:
Papadopoulos et al., Normalized nonconformity measures for regression conformal prediction, 2008).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ejmap_ml.config.frozen import Frozen
from ejmap_ml.errors import SampleError

LEVEL = 0.95
# Thresholds of the narrow and the wide mask whose areas are compared.
NARROW, WIDE = 0.8, 0.2
# No area is so many times larger than a rim, and the exponential of much more overflows.
LARGEST_LOG = 50.0


class AreaEstimate(NamedTuple):
    """What the probabilities around a crater say about the area of its ejecta.

    Attributes:
        expected_m2: Sum of probability times area of the cells.
        spread: How much the area of a mask depends on its threshold: logarithm of the ratio of the
            areas above 0.2 and above 0.8, the area within the rim added to each.
        rim_m2: Area within the rim. Added to areas before their logarithms are taken, it makes
            errors of craters with hardly any ejecta as small as they are.
    """

    expected_m2: float
    spread: float
    rim_m2: float


def estimate_area(
    probability: NDArray[np.floating], *, cell_area_m2: NDArray[np.float64], radius_m: float
) -> AreaEstimate:
    """Estimate the area of the ejecta of a crater.

    Args:
        probability: Probability of ejecta in polar view, ``(rows, cols)``; 0 where there are no
            data.
        cell_area_m2: Area of a cell by row, ``(rows,)``.
        radius_m: Radius of the rim.
    """
    rim_m2 = math.pi * radius_m**2
    narrow_m2, wide_m2 = (
        float(np.count_nonzero(probability > one, axis=1) @ cell_area_m2) for one in (NARROW, WIDE)
    )
    return AreaEstimate(
        expected_m2=float(probability.sum(axis=1, dtype=np.float64) @ cell_area_m2),
        spread=math.log((wide_m2 + rim_m2) / (narrow_m2 + rim_m2)),
        rim_m2=rim_m2,
    )


class AreaInterval(Frozen):
    """Interval of the true area around the expected one.

    Attributes:
        low: Quantile of the normalised residuals below which few true areas lie; below 0 as a rule.
        high: The one above which few lie.
        least_spread: What is added to every spread: errors that no threshold shows.
        craters: Number of calibration craters.
    """

    low: float
    high: float
    least_spread: float = Field(gt=0)
    craters: int = Field(ge=1)

    @model_validator(mode="after")
    def _is_an_interval(self) -> Self:
        if not self.low <= self.high:
            raise ValueError(f"low must not lie above high, got {self.low} and {self.high}")
        return self

    @classmethod
    def of(cls, estimates: Sequence[AreaEstimate], true_m2: Sequence[float]) -> Self:
        """Fit the interval to craters whose true areas are known.

        As many residuals lie outside as exchangeable craters allow: of ``n``, the
        ``(n + 1) x 0.025``-th smallest and largest bound it, the very smallest and largest where
        ``n`` is below 39.

        Raises:
            SampleError: If there is no crater.
        """
        if not estimates:
            raise SampleError("an interval needs craters with known ejecta, got none")
        least = max(0.5 * float(np.median([one.spread for one in estimates])), 1e-3)
        residuals = np.sort(
            [
                _residual(one, true) / (one.spread + least)
                for one, true in zip(estimates, true_m2, strict=True)
            ]
        )
        outside = max(math.floor((len(residuals) + 1) * (1 - LEVEL) / 2), 1)
        return cls(
            low=float(residuals[outside - 1]),
            high=float(residuals[-outside]),
            least_spread=least,
            craters=len(residuals),
        )

    def around(self, estimate: AreaEstimate) -> tuple[float, float]:
        """Return lower and upper end of the interval in square metres."""
        scale = estimate.spread + self.least_spread
        grown = estimate.expected_m2 + estimate.rim_m2
        low, high = (
            grown * math.exp(min(one * scale, LARGEST_LOG)) - estimate.rim_m2
            for one in (self.low, self.high)
        )
        return max(low, 0.0), max(high, 0.0)


def _residual(estimate: AreaEstimate, true_m2: float) -> float:
    return math.log((true_m2 + estimate.rim_m2) / (estimate.expected_m2 + estimate.rim_m2))
