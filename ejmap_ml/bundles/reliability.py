"""Whether probabilities come true: of all that was said with 0.7, seven in ten should be so."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BINS = 10


def reliability(
    probability: NDArray[np.floating], is_true: NDArray[np.bool_], *, bins: int = BINS
) -> pd.DataFrame:
    """Return what was said beside what came true, in bins of equal width.

    Args:
        probability: What was said of each sample, 0 to 1, ``(n,)``.
        is_true: What came true, ``(n,)``.
        bins: Number of bins; those without samples have no row.

    Returns:
        A row a bin: ``mean_probability``, ``share_true`` and number of ``samples``.
    """
    place = np.minimum((probability * bins).astype(np.intp), bins - 1)
    said = np.bincount(place, weights=probability, minlength=bins)
    true = np.bincount(place, weights=is_true.astype(np.float64), minlength=bins)
    samples = np.bincount(place, minlength=bins)
    there = samples > 0
    return pd.DataFrame(
        {
            "mean_probability": said[there] / samples[there],
            "share_true": true[there] / samples[there],
            "samples": samples[there],
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
    return float((apart * table["samples"]).sum() / table["samples"].sum()) if len(table) else 0.0
