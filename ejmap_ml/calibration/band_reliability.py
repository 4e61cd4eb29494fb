"""Whether an ensemble's probabilities come true at every distance."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import expit, logit

from ejmap_ml.calibration.by_distance import CLOSEST, Told, platt_scaling
from ejmap_ml.calibration.reliability import error_of, reliability
from ejmap_ml.config.frozen import Frozen

# Cells that are certain either way say nothing about calibration, and nearly all are.
UNCERTAIN = (0.05, 0.95)
# Edges of the bands in crater radii.
BAND_EDGES_RADII = (1.0, 2.0, 4.0, 6.0, 10.0, 15.0, 25.0, 40.0, 80.0)
BINS = 9


class Stated(NamedTuple):
    """What an ensemble says about a crater, and what is so.

    Attributes:
        probability: Probability of ejecta in each cell, ``(rows, cols)``.
        truth: Share of each cell that is ejecta, ``(rows, cols)``.
        weight: Area of the cell in any unit, 0 where there are no data; broadcasts to
            ``(rows, cols)``.
        range_radii: Range of the rows in crater radii, ``(rows,)``.
    """

    probability: NDArray[np.floating]
    truth: NDArray[np.floating]
    weight: NDArray[np.floating]
    range_radii: NDArray[np.float64]

    @classmethod
    def of(cls, told: Told) -> Self:
        """Return the mean probability of members that told logits."""
        return cls(expit(told.logits).mean(axis=0), told.truth, told.weight, told.range_radii)


class ReliabilityBin(Frozen):
    """One point of a reliability diagram.

    Attributes:
        mean_probability: Mean of the probabilities in the bin.
        share_true: Share of their area that is ejecta.
        area_share: Share of the band's uncertain area that is in the bin.
    """

    mean_probability: float = Field(ge=0, le=1)
    share_true: float = Field(ge=0, le=1)
    area_share: float = Field(ge=0, le=1)


class BandReliability(Frozen):
    """How well probabilities of 0.05 to 0.95 come true in a band of distance.

    Attributes:
        near_radii: Inner edge in crater radii.
        far_radii: Outer edge.
        slope: Of the true logit on the stated one; 1 is right, less is too sure. None without
            cells, as is the next one.
        calibration_error: Expected calibration error, the mean distance of both by area.
        cells: Number of cells.
        bins: The points of the diagram, in bins of equal width; empty ones are left out.
    """

    near_radii: float = Field(ge=0)
    far_radii: float = Field(gt=0)
    slope: float | None
    calibration_error: float | None
    cells: int = Field(ge=0)
    bins: tuple[ReliabilityBin, ...] = Field(max_length=BINS)


def band_reliability(stated: Iterable[Stated]) -> tuple[BandReliability, ...]:
    """Return how well probabilities come true in each band of distance."""
    bands = list(pairwise(BAND_EDGES_RADII))
    # Of each crater only the uncertain cells are kept: a few in a hundred.
    parts = [[_uncertain(one, near, far) for near, far in bands] for one in stated]
    return tuple(
        _of_band([part[number] for part in parts], near, far)
        for number, (near, far) in enumerate(bands)
    )


def summary_table(bands: Sequence[BandReliability]) -> pd.DataFrame:
    """Return a row a band: edges, slope, calibration error and cells; NaN where there are none."""
    numbers = ("near_radii", "far_radii", "slope", "calibration_error", "cells")
    table = pd.DataFrame([one.model_dump(include={*numbers}) for one in bands], columns=[*numbers])
    return table.astype({"slope": float, "calibration_error": float})


def _uncertain(stated: Stated, near: float, far: float) -> NDArray[np.float64]:
    """Return probability, truth and weight of the uncertain cells of a band, ``(3, cell)``."""
    rows = (stated.range_radii >= near) & (stated.range_radii < far)
    said = stated.probability[rows]
    weight = np.broadcast_to(stated.weight, stated.probability.shape)[rows]
    chosen = (weight > 0) & (said > UNCERTAIN[0]) & (said < UNCERTAIN[1])
    cells = [one[chosen] for one in (said, stated.truth[rows], weight)]
    return np.stack(cells).astype(np.float64)


def _of_band(parts: Sequence[NDArray[np.float64]], near: float, far: float) -> BandReliability:
    said, truth, weight = np.concatenate([np.zeros((3, 0)), *parts], axis=1)
    slope = error = None
    table = reliability(said, truth, weight=weight, bins=BINS, within=UNCERTAIN)
    if len(said):
        slope, _ = platt_scaling(logit(np.clip(said, CLOSEST, 1 - CLOSEST))[None], truth, weight)
        error = error_of(table)
    points = zip(
        *(table[name] for name in ("mean_probability", "share_true", "weight")), strict=True
    )
    return BandReliability(
        near_radii=near,
        far_radii=far,
        slope=slope,
        calibration_error=error,
        cells=len(said),
        bins=tuple(
            ReliabilityBin(
                mean_probability=mean,
                share_true=min(true, 1.0),
                area_share=min(area / weight.sum(), 1.0),
            )
            for mean, true, area in points
        ),
    )
