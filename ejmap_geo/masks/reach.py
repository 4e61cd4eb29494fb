"""How far ejecta reach from the centre of their crater."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.distance import haversine_parts
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.resampling.strips import in_strips, kernel_input

# Pixels that are looked at together.
RUN_PX = 64


def farthest_m(mask: NDArray[np.bool_], azimuthal: AzimuthalGrid) -> float:
    """Return the distance of the farthest pixel centre that is set, in metres; 0 if none is.

    Args:
        mask: ``(rows, cols)`` on ``azimuthal``.
        azimuthal: Grid of the mask; distances from its centre are true along great circles.

    Raises:
        RasterError: If the mask does not have the shape of its grid.
    """
    if mask.shape != azimuthal.shape:
        raise RasterError(f"mask is {mask.shape}, but its grid is {azimuthal.shape}")
    given, half_px = kernel_input(mask), azimuthal.half_size_px
    found = in_strips(
        lambda *rows: _largest_square(given, half_px, rows), rows=mask.shape[0], cols=mask.shape[1]
    )
    return math.sqrt(max(found)) * azimuthal.resolution_m


def farthest_on_basemap_m(placed: PlacedMask, *, basemap: BasemapGrid, origin: LonLat) -> float:
    """Return the great-circle distance of the farthest pixel centre that is set; 0 if none is."""
    if placed.window is None:
        return 0.0
    along, shrink, across = haversine_parts(basemap, placed.window, origin=origin)
    mask = kernel_input(placed.mask)
    found = in_strips(
        lambda *rows: _largest_chord(mask, along, shrink, across, rows),
        rows=mask.shape[0],
        cols=mask.shape[1],
    )
    return 2 * math.asin(math.sqrt(min(max(found), 1.0))) * basemap.body.radius_m


@njit(cache=True, nogil=True)
def _largest_square(mask: NDArray[np.bool_], half_px: int, rows: tuple[int, int]) -> float:
    """Return the largest square of a distance in pixels; only the outermost of a row can be it."""
    farthest, cols = 0.0, mask.shape[1]
    for i in range(rows[0], rows[1]):
        north, row = (i + 0.5 - half_px) ** 2, mask[i]
        # Only pixels to both sides of these columns are farther than the farthest so far.
        if north > farthest:
            west, east = cols, 0
        else:
            within = math.sqrt(farthest - north)
            west, east = min(int(half_px - within) + 1, cols), max(int(half_px + within) - 1, 0)
        for j in (_first_set(row, max(west, 0)), _last_set(row, min(east, cols))):
            if j >= 0:
                farthest = max(farthest, north + (j + 0.5 - half_px) ** 2)
    return farthest


@njit
def _first_set(row: NDArray[np.bool_], stop: int) -> int:
    """Return the first column that is set before another one; -1 if none is."""
    for first in range(0, stop, RUN_PX):
        if _is_any(row[first : first + RUN_PX]):
            for j in range(first, min(first + RUN_PX, stop)):
                if row[j]:
                    return j
    return -1


@njit
def _last_set(row: NDArray[np.bool_], start: int) -> int:
    """Return the last column that is set from another one on; -1 if none is."""
    for last in range(row.size, start, -RUN_PX):
        if _is_any(row[max(last - RUN_PX, 0) : last]):
            for j in range(last - 1, max(last - RUN_PX, start) - 1, -1):
                if row[j]:
                    return j
    return -1


@njit
def _is_any(run: NDArray[np.bool_]) -> bool:
    # Without a branch, so that many pixels are looked at together.
    found = False
    for j in range(run.size):
        found |= run[j]
    return found


@njit(cache=True, nogil=True)
def _largest_chord(
    mask: NDArray[np.bool_],
    along: NDArray[np.float64],
    shrink: NDArray[np.float64],
    across: NDArray[np.float64],
    rows: tuple[int, int],
) -> float:
    """Return the largest sin^2 of half a distance: along + shrink * across of row and column."""
    farthest = 0.0
    for i in range(rows[0], rows[1]):
        widest = -1.0
        for j in range(mask.shape[1]):
            if mask[i, j]:
                widest = max(widest, across[j])
        if widest >= 0:
            farthest = max(farthest, along[i] + shrink[i] * widest)
    return farthest
