"""Bands of a polar view in robust sigmas: what a network sees instead of grey levels."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from ejmap_ml.config.polar_config import ViewScaling

Floats = NDArray[np.floating]

# MAD x 1.4826 is the standard deviation of normal noise; a view that is flat to a grey level is
# scaled as if its spread were one level.
MAD_TO_SIGMA = 1.4826
MIN_SPREAD = 1.0
CLIP_SIGMA = 5.0
# Sigmas at which the two halves of ring-scaled bands begin to saturate, and their largest value.
WHOLE_KNEE, RING_KNEE, LARGEST = 6.0, 4.0, 3.0
# A ring is never scaled by less than this share of the spread of a typical ring: it may hold
# nothing but one smooth plain.
LEAST_RING_SHARE = 0.35
RING_SMOOTHING_ROWS = 4.0


def scaled_bands(
    bands: Floats, is_valid: NDArray[np.bool_], scaling: ViewScaling
) -> tuple[Floats, Floats]:
    """Return bands against the whole view and against the ring at the same range.

    ``view``: both in the spread of the whole view, clipped. ``ring``: against the median of the
    rings' medians in the spread of a typical ring, and against the ring's own median in its own
    spread, both saturating softly. Real views hold maria, rough terrain and other craters' rays;
    measured by the spread of all that, ejecta are faint, measured by that of their ring they are
    not (ADR 17).

    Args:
        bands: ``(band, rows, cols)`` grey levels; what is not valid does not matter.
        is_valid: ``(rows, cols)``.
        scaling: Which of the two.

    Returns:
        Two arrays as ``bands``; 0 where not valid.
    """
    if not is_valid.any():
        return np.zeros_like(bands), np.zeros_like(bands)
    scale = _by_view if scaling == "view" else _by_ring
    whole, ring = scale(bands, is_valid)
    return np.where(is_valid, whole, 0), np.where(is_valid, ring, 0)


def _by_view(bands: Floats, is_valid: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    median = np.median(bands[:, is_valid], axis=1)[:, None, None]
    mad = np.median(np.abs(bands[:, is_valid] - median[:, 0]), axis=1)[:, None, None]
    sigma = np.maximum(mad * MAD_TO_SIGMA, MIN_SPREAD)
    ring_median = _ring_medians(bands, is_valid)
    whole, ring = (
        np.clip((bands - center) / sigma, -CLIP_SIGMA, CLIP_SIGMA)
        for center in (median, ring_median)
    )
    return whole, ring


def _by_ring(bands: Floats, is_valid: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    ring_median = _ring_medians(bands, is_valid)
    ring_sigma = MAD_TO_SIGMA * _ring_medians(np.abs(bands - ring_median), is_valid)
    filled = np.asarray(is_valid.any(axis=1))
    level = np.median(ring_median[:, filled], axis=1, keepdims=True)
    typical = np.maximum(np.median(ring_sigma[:, filled], axis=1, keepdims=True), MIN_SPREAD)
    ring_sigma = np.where(filled[:, None], ring_sigma, typical)
    ring_sigma = gaussian_filter1d(ring_sigma, RING_SMOOTHING_ROWS, axis=1, mode="nearest")
    ring_sigma = np.maximum(ring_sigma, np.maximum(LEAST_RING_SHARE * typical, MIN_SPREAD))
    return (
        _saturating((bands - level) / typical, WHOLE_KNEE),
        _saturating((bands - ring_median) / ring_sigma, RING_KNEE),
    )


def _saturating(sigmas: Floats, knee: float) -> Floats:
    return LARGEST * np.tanh(sigmas / knee)


def _ring_medians(values: Floats, is_valid: NDArray[np.bool_]) -> Floats:
    """Return the median of each ring, ``(band, rows, 1)``; anything where a ring is not valid."""
    # Rings with gaps are rare, and np.nanmedian takes ten times as long as np.median.
    median = np.median(values, axis=2, keepdims=True)
    has_gaps = is_valid.any(axis=1) & ~is_valid.all(axis=1)
    known = np.where(is_valid[has_gaps], values[:, has_gaps], np.nan)
    median[:, has_gaps, 0] = np.nanmedian(known, axis=2)
    return median
