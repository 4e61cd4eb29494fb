"""Buffers on the sphere: all ground within a great-circle distance of what a mask sets."""

import math
from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.resampling.strips import in_strips, kernel_input

# Distances are compared with this much to spare, so that equal ones count as within.
_SPARE = 1e-9

# The mask in some rows of the basemap, given the first and the one after the last.
ReadMask = Callable[[int, int], NDArray[np.bool_]]


def buffered_rows(
    read: ReadMask, *, top: int, bottom: int, basemap: BasemapGrid, buffer_m: float
) -> NDArray[np.bool_]:
    """Return the pixels of some rows whose centre lies within a distance of that of a set pixel.

    Exact on the sphere, over poles and across the antimeridian. Rows are read as far beyond these
    as the buffer reaches. The time grows with the buffer: a pixel is compared with one in each row
    that it reaches.

    Args:
        read: Returns the mask in rows of ``basemap``, ``(rows, cols)``.
        top: First row.
        bottom: The row after the last.
        basemap: The whole grid.
        buffer_m: Distance in metres; 0 returns the mask.

    Returns:
        ``(bottom - top, cols)``.
    """
    rows, cols = basemap.shape
    reach_rad = min(buffer_m / basemap.body.radius_m, math.pi)
    halo = math.floor(reach_rad * rows / math.pi + _SPARE)
    first, last = max(0, top - halo), min(rows, bottom + halo)
    mask = kernel_input(read(first, last))
    gaps, has_any = np.empty(mask.shape, np.int32), np.empty(last - first, np.bool_)
    in_strips(lambda *strip: _gaps(mask, gaps, has_any, strip), rows=last - first, cols=cols)
    out = mask[top - first : bottom - first].copy()
    limit, place = math.sin(reach_rad / 2) ** 2 * (1 + _SPARE), (top, first, rows, halo)
    in_strips(
        lambda *strip: _grow(gaps, has_any, out, place, limit, strip), rows=bottom - top, cols=cols
    )
    return out


@njit(cache=True, nogil=True)
def _grow(
    gaps: NDArray[np.int32],
    has_any: NDArray[np.bool_],
    out: NDArray[np.bool_],
    place: tuple[int, int, int, int],
    limit: float,
    strip: tuple[int, int],
) -> None:
    """Set the pixels of a strip of ``out`` that lie within reach; ``limit`` is sin^2(reach / 2).

    ``place`` holds the first row of ``out``, that of ``gaps``, the rows of the basemap and the rows
    that the buffer reaches.
    """
    top, first, rows, halo = place
    cols, cell = gaps.shape[1], math.pi / rows
    for i in range(strip[0], strip[1]):
        lat = math.pi / 2 - (top + i + 0.5) * cell
        for row in range(max(0, top + i - halo), min(rows, top + i + halo + 1)):
            if not has_any[row - first]:
                continue
            other = math.pi / 2 - (row + 0.5) * cell
            left = limit - math.sin((lat - other) / 2) ** 2
            if left < 0:
                continue
            # sin^2(c/2) = sin^2(dlat/2) + cos lat cos lat' sin^2(dlon/2)
            share = left / (math.cos(lat) * math.cos(other))
            turn = math.pi if share >= 1 else 2 * math.asin(math.sqrt(share))
            width = math.floor(turn / cell + 1e-7)
            for col in range(cols):
                if gaps[row - first, col] <= width:
                    out[i, col] = True


@njit(cache=True, nogil=True)
def _gaps(
    mask: NDArray[np.bool_],
    gaps: NDArray[np.int32],
    has_any: NDArray[np.bool_],
    strip: tuple[int, int],
) -> None:
    """Fill in the columns to the nearest set pixel of a row, going round; tell whether one is."""
    cols = mask.shape[1]
    for i in range(strip[0], strip[1]):
        line, gap = mask[i], gaps[i]
        since = 2 * cols
        for k in range(2 * cols):
            col = k % cols
            since = 0 if line[col] else since + 1
            gap[col] = since
        since = 2 * cols
        for k in range(2 * cols - 1, -1, -1):
            col = k % cols
            since = 0 if line[col] else since + 1
            gap[col] = min(gap[col], since)
        has_any[i] = gap[0] < cols
