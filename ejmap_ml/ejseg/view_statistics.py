"""What polar views are like, in a few numbers that do not depend on how a mosaic was stretched."""

import numpy as np
from numpy.typing import NDArray

from ejmap_ml.ejseg.polar_view import EXTRA_CHANNELS, VALID_CHANNEL

Floats = NDArray[np.floating]

# Where ejecta are bright, and the ground that they are compared with, in crater radii.
NEAR_RADII, FAR_RADII = (1.5, 4.0), (8.0, 20.0)
# Where texture is measured: beyond the crater itself, before cells of small planets go round it.
TEXTURE_RADII = (2.0, 40.0)
# Every so many rows: neighbours are alike.
ROW_STEP = 4
# Cells so far apart show different pixels of the mosaic, even where it was enlarged or blurred.
LAG_PX = 2.5
# Blocks over which coarse brightness is averaged, rows and columns of cells.
BLOCK = (8, 48)
FEWEST_CELLS = 200
# Equal levels of a mosaic are equal in a view up to the rounding of float16.
EQUAL = 1e-3
WORDS = {
    "excess": "brightness near the crater over that farther out",
    "skew": "skewness of brightness",
    "texture": "fine texture",
    "coarse": "coarse contrast",
    "flat": "share of flat ground",
    "clipped": "share of clipped levels",
    "correlation": "correlation of bands",
}


def view_statistics(view: NDArray[np.floating]) -> dict[str, float]:
    """Return what a polar view is like.

    Of each band ``N``:

    - ``excess_N``: how much brighter 1.5 to 4 radii from the centre than 8 to 20, medians, in what
      the view is scaled by;
    - ``skew_N``: how much farther the brightest twentieth lies from the median of its ring than the
      darkest one, as a share of the distance between both, -1 to 1;
    - ``texture_N``: median difference of places 2.5 pixels apart along a ring, over that of any two
      places of the ring: 1 for noise, less the smoother the ground is;
    - ``coarse_N``: spread of means over blocks of cells, over the spread of cells;
    - ``flat_N``: share of places that equal the one 2.5 pixels beside them;
    - ``clipped_N``: share of cells at the brightest or at the darkest level of the view.

    And ``correlation_NM`` of every two bands, against their rings.

    Args:
        view: ``(2 * band + 4, rows, cols)`` of :func:`polar_view.polar_view`.

    Returns:
        Numbers by name; without those for which the view shows too little.
    """
    bands = (len(view) - EXTRA_CHANNELS) // 2
    # Stores keep float16.
    whole, ring = (
        part.astype(np.float16).astype(np.float32)
        for part in (view[:bands], view[bands : 2 * bands])
    )
    is_valid = view[VALID_CHANNEL] > 0
    range_radii, cell_px = _ranges(view, bands)
    found: dict[str, float] = {}
    for band in range(bands):
        parts = {
            "excess": _excess(whole[band], is_valid, range_radii),
            "skew": _skew(ring[band], is_valid, range_radii),
            **_texture(ring[band], is_valid, range_radii, cell_px),
            "coarse": _coarse(ring[band], is_valid, range_radii),
            "clipped": _clipped(whole[band], is_valid),
        }
        found |= {f"{name}_{band + 1}": value for name, value in parts.items()}
    for first in range(bands):
        for second in range(first + 1, bands):
            value = _correlation(ring[first][is_valid], ring[second][is_valid])
            found[f"correlation_{first + 1}{second + 1}"] = value
    return {name: value for name, value in found.items() if np.isfinite(value)}


def in_words(name: str) -> str:
    """Return a number of :func:`view_statistics` in words: ``texture_2`` is of band 2."""
    kind, _, bands = name.partition("_")
    return f"{WORDS.get(kind, kind)} (band {' and '.join(bands)})"


def _ranges(view: NDArray[np.floating], bands: int) -> tuple[Floats, Floats]:
    """Return range in radii and the width of a cell in pixels of the mosaic, a row each."""
    log_range, _, log_radius_px = view[2 * bands : 2 * bands + 3, :, 0].astype(np.float64)
    range_radii = np.exp(2 * (log_range + 1))
    return range_radii, range_radii * np.exp(2 * log_radius_px) * 2 * np.pi / view.shape[2]


def _between(range_radii: Floats, radii: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((range_radii >= radii[0]) & (range_radii < radii[1]))


def _excess(whole: Floats, is_valid: NDArray[np.bool_], range_radii: Floats) -> float:
    near, far = (
        whole[rows][is_valid[rows]]
        for rows in (_between(range_radii, NEAR_RADII), _between(range_radii, FAR_RADII))
    )
    if min(near.size, far.size) < FEWEST_CELLS:
        return np.nan
    return float(np.median(near) - np.median(far))


def _skew(ring: Floats, is_valid: NDArray[np.bool_], range_radii: Floats) -> float:
    rows = _between(range_radii, (NEAR_RADII[0], FAR_RADII[1]))
    values = ring[rows][is_valid[rows]]
    if values.size < FEWEST_CELLS:
        return np.nan
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return float((high + low - 2 * middle) / max(high - low, 1e-6))


def _texture(
    ring: Floats, is_valid: NDArray[np.bool_], range_radii: Floats, cell_px: Floats
) -> dict[str, float]:
    rows = np.flatnonzero(_between(range_radii, TEXTURE_RADII))[::ROW_STEP]
    cols = ring.shape[1]
    near: list[Floats] = []
    far: list[Floats] = []
    for row in rows:
        lag = int(np.ceil(LAG_PX / cell_px[row]))
        if lag > cols // 16:
            continue
        values, valid = ring[row], is_valid[row]
        for parts, step in ((near, lag), (far, cols // 3)):
            both = valid & np.roll(valid, step)
            parts.append(np.abs(values - np.roll(values, step))[both])
    if sum(map(len, near)) < FEWEST_CELLS:
        return {"texture": np.nan, "flat": np.nan}
    beside, apart = np.concatenate(near), np.concatenate(far)
    texture = float(np.median(beside) / max(float(np.median(apart)), 1e-3))
    return {"texture": texture, "flat": float(np.mean(beside < EQUAL))}


def _coarse(ring: Floats, is_valid: NDArray[np.bool_], range_radii: Floats) -> float:
    rows = np.flatnonzero(_between(range_radii, TEXTURE_RADII))
    rows = rows[: len(rows) // BLOCK[0] * BLOCK[0]]
    cols = ring.shape[1] // BLOCK[1] * BLOCK[1]
    if not rows.size or not cols:
        return np.nan
    values, valid = ring[rows, :cols], is_valid[rows, :cols]
    shape = (len(rows) // BLOCK[0], BLOCK[0], cols // BLOCK[1], BLOCK[1])
    counts = valid.reshape(shape).sum(axis=(1, 3))
    sums = np.where(valid, values, 0).reshape(shape).sum(axis=(1, 3))
    full = counts == BLOCK[0] * BLOCK[1]
    if np.count_nonzero(full) * BLOCK[0] * BLOCK[1] < FEWEST_CELLS:
        return np.nan
    return float(np.std(sums[full] / counts[full]) / max(float(np.std(values[valid])), 1e-3))


def _clipped(whole: Floats, is_valid: NDArray[np.bool_]) -> float:
    values = whole[is_valid]
    if values.size < FEWEST_CELLS:
        return np.nan
    ends = (values >= values.max() - EQUAL) | (values <= values.min() + EQUAL)
    return float(np.mean(ends))


def _correlation(one: Floats, other: Floats) -> float:
    if one.size < FEWEST_CELLS or not (one.std() > 0 and other.std() > 0):
        return np.nan
    return float(np.corrcoef(one, other)[0, 1])
