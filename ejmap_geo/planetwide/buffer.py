"""Buffers on the sphere: all ground within a great-circle distance of what a mask sets."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.resampling.strips import in_strips, kernel_input

# Distances are compared with this much to spare, so that equal ones count as within.
_SPARE = 1e-9


def buffered(
    mask: NDArray[np.bool_], *, basemap: BasemapGrid, buffer_m: float
) -> NDArray[np.bool_]:
    """Return the pixels whose centre lies within a distance of that of a pixel that is set.

    Exact on the sphere, over poles and across the antimeridian. The time grows with the buffer:
    a pixel is compared with one in each row that the buffer reaches.

    Args:
        mask: ``(rows, cols)`` of ``basemap``.
        basemap: The whole grid.
        buffer_m: Distance in metres; 0 returns the mask.
    """
    rows, cols = basemap.shape
    reach_rad = min(buffer_m / basemap.body.radius_m, math.pi)
    halo = math.floor(reach_rad * rows / math.pi + _SPARE)
    out = mask.copy()
    given, limit = kernel_input(mask), math.sin(reach_rad / 2) ** 2 * (1 + _SPARE)
    in_strips(lambda *strip: _grow(given, out, halo, limit, strip), rows=rows, cols=cols)
    return out


@njit(cache=True, nogil=True)
def _grow(
    mask: NDArray[np.bool_],
    out: NDArray[np.bool_],
    halo: int,
    limit: float,
    strip: tuple[int, int],
) -> None:
    """Set the pixels of a strip of rows that lie within reach; ``limit`` is sin^2(reach / 2)."""
    rows, cols = mask.shape
    first, last = max(0, strip[0] - halo), min(rows, strip[1] + halo)
    gap = np.empty((last - first, cols), np.int32)
    has_any = np.empty(last - first, np.bool_)
    for row in range(first, last):
        has_any[row - first] = _gaps(mask[row], gap[row - first])
    cell = math.pi / rows
    for i in range(strip[0], strip[1]):
        lat = math.pi / 2 - (i + 0.5) * cell
        for row in range(max(0, i - halo), min(rows, i + halo + 1)):
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
                if gap[row - first, col] <= width:
                    out[i, col] = True


@njit(cache=True, nogil=True)
def _gaps(line: NDArray[np.bool_], gap: NDArray[np.int32]) -> bool:
    """Fill in the columns to the nearest pixel that is set, going round; tell whether one is."""
    cols = line.size
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
    return bool(gap[0] < cols)
