"""Calibration by distance: of all cells said to be ejecta with 0.7, seven in ten should be.

An ensemble that is right near the crater may be far too sure of distant rays. So each band of
distance has a Platt scaling of its own (Platt, Probabilistic outputs for support vector machines,
1999): calibrated logit = slope x logit + offset, and between the middles of bands both change
linearly with the log of range.
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

# Edges of the bands in crater radii, those of the scores in docs/methods.md.
BAND_EDGES_RADII = (1.0, 2.0, 4.0, 6.0, 10.0, 15.0, 25.0, 40.0, 80.0)
# Probabilities nearer to 0 and 1 are said with no more confidence than this.
CLOSEST = 1e-6
# Slopes and offsets are held near 1 and 0 by as much as this many cells of evidence would move
# them: a band with hardly any ejecta stays as it is.
PRIOR_CELLS = 20.0


class DistanceCalibration(Frozen):
    """Corrections by range.

    Attributes:
        range_radii: Middles of the bands in crater radii, rising.
        slope: Factor on the logit in each band; below 1 the ensemble was too sure.
        offset: What is then added; above 0 it said too little.
    """

    range_radii: tuple[float, ...] = Field(min_length=1)
    slope: tuple[float, ...]
    offset: tuple[float, ...]

    @model_validator(mode="after")
    def _bands_agree(self) -> Self:
        if not len(self.range_radii) == len(self.slope) == len(self.offset):
            raise ValueError("range_radii, slope and offset must be of one length")
        if any(near <= 0 or near >= far for near, far in pairwise((*self.range_radii, np.inf))):
            raise ValueError(f"range_radii must be positive and rise, got {self.range_radii}")
        numbers = (*self.slope, *self.offset)
        if not np.isfinite(numbers).all() or min(self.slope) <= 0:
            raise ValueError("slopes must be positive, slopes and offsets finite")
        return self

    def apply(
        self, probability: NDArray[np.float32], range_radii: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """Return calibrated probabilities.

        Args:
            probability: ``(rows, cols)`` in 0..1; what is exactly 0 stays 0: there are no data.
            range_radii: Range of each row, ``(rows,)``.
        """
        at, known = np.log(np.maximum(range_radii, 1e-3)), np.log(self.range_radii)
        slope = np.interp(at, known, self.slope)[:, None]
        offset = np.interp(at, known, self.offset)[:, None]
        said = logit(np.clip(probability.astype(np.float64), CLOSEST, 1 - CLOSEST))
        return np.where(probability > 0, expit(slope * said + offset), 0).astype(np.float32)


class Told(NamedTuple):
    """What an ensemble said about a crater, and what is so; each ``(rows, cols)``.

    Attributes:
        probability: What it said.
        truth: Share of each cell that is ejecta.
        weight: Area of the cell, 0 where there are no data.
        range_radii: Range of the rows, ``(rows,)``.
    """

    probability: NDArray[np.float32]
    truth: NDArray[np.float32]
    weight: NDArray[np.float32]
    range_radii: NDArray[np.float64]


def fit_calibration(told: Sequence[Told]) -> DistanceCalibration:
    """Fit slopes and offsets on craters of planets that the ensemble did not learn from.

    Raises:
        SampleError: If there is no crater.
    """
    if not told:
        raise SampleError("calibration needs at least one crater with known ejecta, got none")
    middles, slopes, offsets = [], [], []
    for near, far in pairwise(BAND_EDGES_RADII):
        said, so, weight = (
            np.concatenate([part[_rows(one, near, far)].ravel() for one, part in parts])
            for parts in (
                [(one, one.probability) for one in told],
                [(one, one.truth) for one in told],
                [(one, one.weight) for one in told],
            )
        )
        slope, offset = _platt(said, so, weight)
        middles.append(float(np.sqrt(near * far)))
        slopes.append(slope)
        offsets.append(offset)
    return DistanceCalibration(
        range_radii=tuple(middles), slope=tuple(slopes), offset=tuple(offsets)
    )


def _rows(one: Told, near: float, far: float) -> NDArray[np.bool_]:
    return (one.range_radii >= near) & (one.range_radii < far)


def _platt(
    said: NDArray[np.float32], so: NDArray[np.float32], weight: NDArray[np.float32]
) -> tuple[float, float]:
    """Return slope and offset of least weighted cross-entropy."""
    is_known = (weight > 0) & (said > 0)
    if not is_known.any():
        return 1.0, 0.0
    x = logit(np.clip(said[is_known].astype(np.float64), CLOSEST, 1 - CLOSEST))
    y = so[is_known].astype(np.float64)
    w = weight[is_known].astype(np.float64)
    w *= len(w) / w.sum()

    def cost(free: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z = free[0] * x + free[1]
        away = free - np.array([1.0, 0.0])
        entropy = np.sum(w * (np.logaddexp(0, z) - y * z)) + PRIOR_CELLS * np.sum(away**2)
        miss = w * (expit(z) - y)
        return entropy, np.array([np.sum(miss * x), np.sum(miss)]) + 2 * PRIOR_CELLS * away

    found = minimize(cost, [1.0, 0.0], jac=True, method="L-BFGS-B", bounds=[(0.05, 20), (-20, 20)])
    return float(found.x[0]), float(found.x[1])
