"""Whether probabilities come true: of all that was said with 0.7, seven in ten should be so."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BINS = 10


def reliability(
    probability: NDArray[np.floating],
    is_true: NDArray[np.bool_] | NDArray[np.floating],
    *,
    weight: NDArray[np.floating] | None = None,
    bins: int = BINS,
    within: tuple[float, float] = (0.0, 1.0),
) -> pd.DataFrame:
    """Return what was said beside what came true, in bins of equal width.

    Args:
        probability: What was said of each sample, 0 to 1, ``(n,)``.
        is_true: What came true, or the share of the sample that did, ``(n,)``.
        weight: What each sample counts, such as its area, ``(n,)``; None counts all alike.
        bins: Number of bins; those without samples have no row.
        within: Lowest and highest probability of the bins; samples outside are left out.

    Returns:
        A row a bin: ``mean_probability``, ``share_true``, number of ``samples``, and ``weight``,
        their sum.
    """
    low, high = within
    counts = np.ones(probability.shape) if weight is None else weight.astype(np.float64)
    chosen = (probability >= low) & (probability <= high) & (counts > 0)
    said, true = (one[chosen].astype(np.float64) for one in (probability, is_true))
    counts = counts[chosen]
    place = np.minimum(((said - low) / (high - low) * bins).astype(np.intp), bins - 1)
    samples = np.bincount(place, minlength=bins)
    total = np.bincount(place, weights=counts, minlength=bins)
    there = samples > 0
    said, true = (
        np.bincount(place, weights=counts * one, minlength=bins)[there] / total[there]
        for one in (said, true)
    )
    return pd.DataFrame(
        {
            "mean_probability": said,
            "share_true": true,
            "samples": samples[there],
            "weight": total[there],
        }
    )


def calibration_error(
    probability: NDArray[np.floating], is_true: NDArray[np.bool_], *, bins: int = BINS
) -> float:
    """Return the expected calibration error, 0 to 1; 0 of nothing.

    The distance between mean probability and share that came true, averaged over the samples (Guo
    et al., On calibration of modern neural networks, 2017, equation 3).
    """
    return error_of(reliability(probability, is_true, bins=bins))


def error_of(table: pd.DataFrame) -> float:
    """Return the expected calibration error of a table of :func:`reliability`."""
    apart = (table["mean_probability"] - table["share_true"]).abs()
    return float((apart * table["weight"]).sum() / table["weight"].sum()) if len(table) else 0.0
