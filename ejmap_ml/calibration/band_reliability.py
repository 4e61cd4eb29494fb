"""Whether an ensemble's probabilities come true at every distance, as a table."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from ejmap_ml.calibration.by_distance import BAND_EDGES_RADII, CLOSEST, Told, platt_scaling

# Cells that are certain either way say nothing about calibration, and nearly all are.
UNCERTAIN = (0.05, 0.95)
BINS = 9


def band_reliability(told: Sequence[Told]) -> pd.DataFrame:
    """Return how well the members' mean probability comes true in each band of distance.

    Returns:
        A row a band: ``near_radii`` and ``far_radii``; over cells said to be ejecta with 0.05 to
        0.95, weighted by area: ``mean_probability``, ``share_true``, ``calibration_error`` (the
        mean distance of the two in bins of equal width) and ``slope`` (of the true logit on the
        stated one; 1 is right, less is too sure); ``cells``, their number. NaN where there are
        none.
    """
    return pd.DataFrame(
        [
            {"near_radii": near, "far_radii": far, **_of_band(told, near, far)}
            for near, far in pairwise(BAND_EDGES_RADII)
        ]
    )


def _of_band(told: Sequence[Told], near: float, far: float) -> dict[str, float]:
    parts = [(one, (one.range_radii >= near) & (one.range_radii < far)) for one in told]
    said = np.concatenate([expit(one.logits[:, at]).mean(axis=0).ravel() for one, at in parts])
    truth = np.concatenate([one.truth[at].ravel() for one, at in parts])
    weight = np.concatenate([one.weight[at].ravel() for one, at in parts])
    chosen = (weight > 0) & (said > UNCERTAIN[0]) & (said < UNCERTAIN[1])
    said, truth, weight = (values[chosen].astype(np.float64) for values in (said, truth, weight))
    if not len(said):
        empty = ("mean_probability", "share_true", "calibration_error", "slope")
        return {**dict.fromkeys(empty, np.nan), "cells": 0}
    slope, _ = platt_scaling(logit(np.clip(said, CLOSEST, 1 - CLOSEST))[None], truth, weight)
    return {
        "mean_probability": float(np.average(said, weights=weight)),
        "share_true": float(np.average(truth, weights=weight)),
        "calibration_error": _error(said, truth, weight),
        "slope": slope,
        "cells": len(said),
    }


def _error(
    said: NDArray[np.float64], truth: NDArray[np.float64], weight: NDArray[np.float64]
) -> float:
    low, high = UNCERTAIN
    place = np.minimum(((said - low) / (high - low) * BINS).astype(np.intp), BINS - 1)
    apart = np.bincount(place, weights=weight * (said - truth), minlength=BINS)
    return float(np.abs(apart).sum() / weight.sum())
