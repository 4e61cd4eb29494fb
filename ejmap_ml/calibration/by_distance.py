"""Calibration by distance: of all cells said to be ejecta with 0.7, seven in ten should be.

An ensemble that is right near the crater may be far too sure of distant rays, and too sure of "no"
where it is right about "yes". So at each of some distances a rising, piecewise linear function
takes logits to calibrated logits: Platt scaling (Platt, Probabilistic outputs for support vector
machines, 1999) with a slope of its own in each interval of logits. Between these distances slopes
and offset change linearly with the log of range. The functions are applied to every member's
logits, and fitted so that the mean probability of the members comes true.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy.optimize import minimize
from scipy.special import expit, logit

from ejmap_ml.config.frozen import Frozen
from ejmap_ml.errors import SampleError

# Distances that have a function of their own, in crater radii, and logits between its slopes.
RANGES_RADII = (1.0, 1.5, 2.0, 3.0, 4.5, 7.0, 11.0, 17.0, 25.0, 40.0, 65.0)
KNOTS = (-9.0, -6.0, -3.0, 0.0, 3.0, 6.0)
NEAREST_RADII = 1e-3
# Mean probabilities nearer to 0 and 1 cost no more than this.
CLOSEST = 1e-6
# Neighbouring slopes are held near each other by as much as this many cells of evidence would move
# them, and all of them near 1 by a tenth of it: where there are hardly any ejecta, logits stay as
# they are.
PRIOR_CELLS = 20.0
LEAST_SLOPE, LARGEST_SLOPE, LARGEST_OFFSET = 0.05, 20.0, 20.0


class DistanceCalibration(Frozen):
    """Functions of logits by range.

    Attributes:
        range_radii: Ranges of the functions in crater radii, rising.
        knots: Logits where slopes change, rising.
        slopes: Slope of each function below the first knot, between knots and above the last one;
            below 1 the ensemble was too sure.
        offset: What each function makes of logit 0; above 0 the ensemble said too little.
        border: The ensemble's own probability, before it is corrected, at which ejecta begin.
    """

    range_radii: tuple[float, ...] = Field(min_length=1, max_length=100)
    knots: tuple[float, ...] = Field(max_length=100)
    slopes: tuple[tuple[float, ...], ...]
    offset: tuple[float, ...]
    # Left out where it is one half: the digests of older bundles are over text without it.
    border: float = Field(default=0.5, gt=0, lt=1, exclude_if=lambda value: value == 0.5)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not len(self.range_radii) == len(self.slopes) == len(self.offset):
            raise ValueError("range_radii, slopes and offset must be of one length")
        if any(len(one) != len(self.knots) + 1 for one in self.slopes):
            raise ValueError("a function must have one slope more than there are knots")
        if any(near <= 0 or near >= far for near, far in pairwise((*self.range_radii, np.inf))):
            raise ValueError(f"range_radii must be positive and rise, got {self.range_radii}")
        if any(low >= high for low, high in pairwise(self.knots)):
            raise ValueError(f"knots must rise, got {self.knots}")
        slopes = np.array(self.slopes)
        numbers = (*slopes.ravel(), *self.offset, *self.knots)
        if not np.isfinite(numbers).all() or slopes.min() <= 0:
            raise ValueError("slopes must be positive, slopes, offsets and knots finite")
        return self

    def of_rows(
        self, range_radii: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return slopes ``(rows, knots + 1)`` and offset ``(rows,)`` at each range."""
        at, known = np.log(np.maximum(range_radii, NEAREST_RADII)), np.log(self.range_radii)
        by_interval = [np.interp(at, known, one) for one in np.array(self.slopes).T]
        return np.stack(by_interval, axis=1), np.interp(at, known, self.offset)

    def border_of_rows(self, range_radii: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the corrected probability at which ejecta begin at each range, ``(rows,)``."""
        slopes, offset = self.of_rows(range_radii)
        border = float(logit(self.border))
        passed = [np.clip(border, *ends) - np.clip(0, *ends) for ends in intervals(self.knots)]
        return expit(slopes @ np.array(passed) + offset)


class Told(NamedTuple):
    """What the members of an ensemble said about a crater, and what is so.

    Attributes:
        logits: What each member said, ``(member, rows, cols)``.
        truth: Share of each cell that is ejecta, ``(rows, cols)``.
        weight: Area of the cell, 0 where there are no data, ``(rows, cols)``.
        range_radii: Range of the rows, ``(rows,)``.
    """

    logits: NDArray[np.float32]
    truth: NDArray[np.float32]
    weight: NDArray[np.float32]
    range_radii: NDArray[np.float64]


def intervals(knots: Sequence[float]) -> list[tuple[float, float]]:
    """Return the intervals of logits that have one slope each."""
    return list(pairwise((-np.inf, *knots, np.inf)))


def fit_calibration(told: Sequence[Told], *, border: float = 0.5) -> DistanceCalibration:
    """Fit slopes and offsets on craters of planets that the ensemble did not learn from.

    Each function is fitted to the rows around its range, the more a row counts the nearer it is.

    Raises:
        SampleError: If there is no crater.
    """
    if not told:
        raise SampleError("calibration needs at least one crater with known ejecta, got none")
    slopes: list[tuple[float, ...]] = []
    offsets: list[float] = []
    for number in range(len(RANGES_RADII)):
        slope, offset = _fitted(*_around(told, number))
        slopes.append(tuple(slope.tolist()))
        offsets.append(offset)
    return DistanceCalibration(
        range_radii=RANGES_RADII,
        knots=KNOTS,
        slopes=tuple(slopes),
        offset=tuple(offsets),
        border=border,
    )


def platt_scaling(
    logits: NDArray[np.floating], so: NDArray[np.floating], weight: NDArray[np.floating]
) -> tuple[float, float]:
    """Return slope and offset with which the members' mean has the least cross-entropy.

    Args:
        logits: What each member said, ``(member, cell)``.
        so: Share of each cell that is ejecta, ``(cell,)``.
        weight: What each cell counts, ``(cell,)``; where none counts, 1 and 0 are returned.
    """
    slope, offset = _fitted(logits[None], so, weight)
    return float(slope[0]), offset


def _around(
    told: Sequence[Told], number: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return parts of the logits, truth and weight of the cells around a range.

    Returns:
        ``(interval, member, cell)``, ``(cell,)`` and ``(cell,)``. A logit is the sum of its parts.
    """
    peak = np.eye(len(RANGES_RADII))[number]
    parts: list[NDArray[np.float32]] = []
    truth: list[NDArray[np.float32]] = []
    weight: list[NDArray[np.float32]] = []
    for one in told:
        nearness = np.interp(np.log(one.range_radii), np.log(RANGES_RADII), peak)
        counts = one.weight * nearness[:, None]
        chosen = counts > 0
        logits = one.logits[:, chosen]
        passed = [logits.clip(*ends) - float(np.clip(0, *ends)) for ends in intervals(KNOTS)]
        parts.append(np.stack(passed).astype(np.float32))
        truth.append(one.truth[chosen])
        weight.append(counts[chosen].astype(np.float32))
    return np.concatenate(parts, axis=2), np.concatenate(truth), np.concatenate(weight)


def _fitted(
    parts: NDArray[np.floating], so: NDArray[np.floating], weight: NDArray[np.floating]
) -> tuple[NDArray[np.float64], float]:
    """Return slopes of parts of logits ``(part,)`` and offset of the least cross-entropy."""
    is_known = weight > 0
    slopes = np.ones(len(parts))
    if not is_known.any():
        return slopes, 0.0
    x, y = parts[:, :, is_known], so[is_known].astype(np.float64)
    w = weight[is_known].astype(np.float64)
    w *= len(w) / w.sum()

    def cost(free: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        said = expit(np.tensordot(free[:-1], x, axes=1) + free[-1])
        mean = np.clip(said.mean(axis=0), CLOSEST, 1 - CLOSEST)
        entropy = -np.sum(w * (y * np.log(mean) + (1 - y) * np.log(1 - mean)))
        by_mean = w * (mean - y) / (mean * (1 - mean))
        by_logit = by_mean * said * (1 - said) / x.shape[1]
        rising = np.array([*(np.sum(by_logit * part) for part in x), np.sum(by_logit)])
        held, pull = _prior(free)
        return float(entropy + held), rising + pull

    bounds = [(LEAST_SLOPE, LARGEST_SLOPE)] * len(parts) + [(-LARGEST_OFFSET, LARGEST_OFFSET)]
    found = minimize(cost, [*slopes, 0.0], jac=True, method="L-BFGS-B", bounds=bounds)
    return found.x[:-1], float(found.x[-1])


def _prior(free: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return what slopes and offset cost by themselves, and the gradient of that."""
    steps, away = np.diff(free[:-1]), free - np.array([*np.ones(len(free) - 1), 0.0])
    cost = PRIOR_CELLS * (np.sum(steps**2) + 0.1 * np.sum(away**2))
    by_slope = np.diff(steps, prepend=0, append=0) if len(steps) else np.zeros(1)
    # The slope of sum (s[k+1] - s[k])^2 is -2 times the second difference.
    pull = 2 * PRIOR_CELLS * (0.1 * away - np.array([*by_slope, 0.0]))
    return float(cost), pull
