"""Calibration by distance: of all cells said to be ejecta with 0.7, seven in ten should be.

An ensemble that is right near the crater may be far too sure of distant rays. So each band of
distance has a Platt scaling of its own (Platt, Probabilistic outputs for support vector machines,
1999): calibrated logit = slope x logit + offset, and between the middles of bands both change
linearly with the log of range. It is applied to every member's logits, and fitted so that the mean
probability of the members comes true.
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

# Edges of the bands in crater radii.
BAND_EDGES_RADII = (1.0, 2.0, 4.0, 6.0, 10.0, 15.0, 25.0, 40.0, 80.0)
NEAREST_RADII = 1e-3
# Mean probabilities nearer to 0 and 1 cost no more than this.
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
        border: The ensemble's own probability, before it is corrected, at which ejecta begin.
    """

    range_radii: tuple[float, ...] = Field(min_length=1)
    slope: tuple[float, ...]
    offset: tuple[float, ...]
    # Left out where it is one half: the digests of older bundles are over text without it.
    border: float = Field(default=0.5, gt=0, lt=1, exclude_if=lambda value: value == 0.5)

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

    def of_rows(
        self, range_radii: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return slope and offset at each range, ``(rows,)`` each."""
        at, known = np.log(np.maximum(range_radii, NEAREST_RADII)), np.log(self.range_radii)
        return np.interp(at, known, self.slope), np.interp(at, known, self.offset)

    def border_of_rows(self, range_radii: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the corrected probability at which ejecta begin at each range, ``(rows,)``."""
        slope, offset = self.of_rows(range_radii)
        return expit(slope * logit(self.border) + offset)


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


def fit_calibration(told: Sequence[Told], *, border: float = 0.5) -> DistanceCalibration:
    """Fit slopes and offsets on craters of planets that the ensemble did not learn from.

    Raises:
        SampleError: If there is no crater.
    """
    if not told:
        raise SampleError("calibration needs at least one crater with known ejecta, got none")
    middles, slopes, offsets = [], [], []
    for near, far in pairwise(BAND_EDGES_RADII):
        rows = [(one.range_radii >= near) & (one.range_radii < far) for one in told]
        parts = list(zip(told, rows, strict=True))
        slope, offset = platt_scaling(
            np.concatenate([_flat(one.logits[:, at]) for one, at in parts], axis=1),
            np.concatenate([one.truth[at].ravel() for one, at in parts]),
            np.concatenate([one.weight[at].ravel() for one, at in parts]),
        )
        middles.append(float(np.sqrt(near * far)))
        slopes.append(slope)
        offsets.append(offset)
    return DistanceCalibration(
        range_radii=tuple(middles), slope=tuple(slopes), offset=tuple(offsets), border=border
    )


def _flat(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    return logits.reshape(len(logits), -1)


def platt_scaling(
    logits: NDArray[np.floating], so: NDArray[np.floating], weight: NDArray[np.floating]
) -> tuple[float, float]:
    """Return slope and offset with which the members' mean has the least cross-entropy.

    Args:
        logits: What each member said, ``(member, cell)``.
        so: Share of each cell that is ejecta, ``(cell,)``.
        weight: What each cell counts, ``(cell,)``; where none counts, 1 and 0 are returned.
    """
    is_known = weight > 0
    if not is_known.any():
        return 1.0, 0.0
    x = logits[:, is_known].astype(np.float64)
    y = so[is_known].astype(np.float64)
    w = weight[is_known].astype(np.float64)
    w *= len(w) / w.sum()

    def cost(free: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        said = expit(free[0] * x + free[1])
        mean = np.clip(said.mean(axis=0), CLOSEST, 1 - CLOSEST)
        away = free - np.array([1.0, 0.0])
        entropy = -np.sum(w * (y * np.log(mean) + (1 - y) * np.log(1 - mean)))
        by_mean = w * (mean - y) / (mean * (1 - mean))
        by_logit = by_mean * said * (1 - said) / len(x)
        slopes = np.array([np.sum(by_logit * x), np.sum(by_logit)])
        return entropy + PRIOR_CELLS * np.sum(away**2), slopes + 2 * PRIOR_CELLS * away

    found = minimize(cost, [1.0, 0.0], jac=True, method="L-BFGS-B", bounds=[(0.05, 20), (-20, 20)])
    return float(found.x[0]), float(found.x[1])
