"""Ring runs: the compiled loop that adds up a raster by distance from a crater, run by run.

The pixels of a row that lie in one ring are unbroken runs, one on either side of the crater. Where
they end is found; in between no distance is computed, and whole numbers are added up as such.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.resampling.overlaps import Piece

# Kinds of pixels; 0 has no data.
OUTSIDE, INSIDE = 1, 2


class Rings(NamedTuple):
    """Distances and areas in a window: sin^2 of half a distance is along + shrink * across.

    Attributes:
        chords: That number for the edges of the rings, ``(ring + 1,)``.
        along: ``(height,)``.
        shrink: ``(height,)``.
        across: ``(width,)``.
        area_m2: Area of a pixel by row, ``(height,)``.
    """

    chords: NDArray[np.float64]
    along: NDArray[np.float64]
    shrink: NDArray[np.float64]
    across: NDArray[np.float64]
    area_m2: NDArray[np.float64]


@njit(cache=True, nogil=True)
def add_rings(
    sums: NDArray[np.float64],
    raster: NDArray[np.generic],
    inside: NDArray[np.bool_],
    rings: Rings,
    place: tuple[Piece, float, int, NDArray[np.number]],
    rows: tuple[int, int],
) -> None:
    """Add areas and weighted bands of a piece's rows to the sums of their block of rows.

    ``place`` are the piece, the value that means no data, the rows of a block, and 0 in the type in
    which values are added up.
    """
    (top, left, first, stop), nodata, step, zero = place
    kinds = np.empty(stop - first, np.uint8)
    ends = np.full((2, rings.chords.size + 1), first)
    for i in range(rows[0], rows[1]):
        block, corner = sums[i // step], (top + i, left)
        is_filled, start, k = False, first, 0
        while start < stop:
            end, grows = _side(rings.across, start, stop)
            # Whole runs of pixels of one ring are added up: few distances have to be computed.
            while start < end:
                k = _ring_at(rings, i, start, k)
                run_end = _run_end(rings, i, k, (start, end, grows), ends)
                if 0 <= k < rings.chords.size - 1:
                    if not is_filled:
                        _fill_kinds(kinds, raster, corner, inside[i, first:stop], nodata)
                        is_filled = True
                    run = k, start - first, run_end - first
                    _add_run(block, raster, kinds, (corner, run), (rings.area_m2[i], zero))
                start = run_end


@njit(cache=True, nogil=True)
def _side(across: NDArray[np.float64], start: int, stop: int) -> tuple[int, bool]:
    """Return how far from a column on distances only grow, or only fall, and whether they grow."""
    end = start + 1
    while end < stop and across[end] == across[start]:
        end += 1
    grows = end == stop or across[end] > across[start]
    while end < stop:
        if across[end] != across[end - 1] and (across[end] > across[end - 1]) != grows:
            break
        end += 1
    return end, grows


@njit(cache=True, nogil=True)
def _ring_at(rings: Rings, row: int, col: int, near: int) -> int:
    """Return the ring of a pixel, looked for from one near by; -1 or their number for none."""
    chord = rings.along[row] + rings.shrink[row] * rings.across[col]
    k, count = near, rings.chords.size - 1
    while k >= 0 and chord < rings.chords[k]:
        k -= 1
    while k < count and chord >= rings.chords[k + 1]:
        k += 1
    return k


@njit(cache=True, nogil=True)
def _run_end(
    rings: Rings, row: int, ring: int, side: tuple[int, int, bool], ends: NDArray[np.int64]
) -> int:
    """Return the column after the last pixel of a ring on a side, ``(start, end, grows)``.

    ``ends`` keeps where runs ended in the row above: in this one they end near by.
    """
    start, end, grows = side
    # What bounds the run: the next edge, or the one behind where distances fall.
    bound = ring + 1 if grows else ring
    if not 0 <= bound < rings.chords.size:
        return end
    along, shrink, chord = rings.along[row], rings.shrink[row], rings.chords[bound]
    col = min(max(ends[int(grows), bound], start + 1), end)
    while col < end and (along + shrink * rings.across[col] < chord) == grows:
        col += 1
    while col > start + 1 and (along + shrink * rings.across[col - 1] < chord) != grows:
        col -= 1
    ends[int(grows), bound] = col
    return col


@njit(cache=True, nogil=True)
def _fill_kinds(
    kinds: NDArray[np.uint8],
    raster: NDArray[np.generic],
    corner: tuple[int, int],
    inside: NDArray[np.bool_],
    nodata: float,
) -> None:
    """Write of each pixel of a row whether it has no data, 0, or lies outside, 1, or inside, 2."""
    row, left = corner
    kinds[:] = 0
    for band in range(raster.shape[0]):
        # A slice of the last axis alone is known to be without gaps, so that the loop is compiled
        # to work on many pixels at once.
        line = raster[band, row, left : left + kinds.size]
        for j in range(kinds.size):
            kinds[j] |= line[j] != nodata
    for j in range(kinds.size):
        kinds[j] <<= inside[j]


@njit(cache=True, nogil=True)
def _add_run(
    block: NDArray[np.float64],
    raster: NDArray[np.generic],
    kinds: NDArray[np.uint8],
    place: tuple[tuple[int, int], tuple[int, int, int]],
    unit: tuple[float, NDArray[np.number]],
) -> None:
    """Add a run of pixels of a row to its ring.

    ``place`` are row and first column of the raster, and ring, first column and end of the run;
    ``unit`` the area of a pixel, and 0 in the type in which values are added up.
    """
    ((row, left), (ring, start, end)), (area_m2, zero) = place, unit
    here, other = kinds[start:end], block.shape[1] // 2 + ring
    outside_px, inside_px = 0, 0
    for j in range(here.size):
        outside_px += here[j] == OUTSIDE
    for j in range(here.size):
        inside_px += here[j] == INSIDE
    block[0, ring] += area_m2 * outside_px
    block[0, other] += area_m2 * inside_px
    for band in range(raster.shape[0]):
        line, nothing = raster[band, row, left + start : left + end], zero[0]
        beside, within = nothing, nothing
        if outside_px == here.size:
            for j in range(here.size):
                beside += line[j]
        else:
            for j in range(here.size):
                beside += line[j] if here[j] == OUTSIDE else nothing
            for j in range(here.size):
                within += line[j] if here[j] == INSIDE else nothing
        block[1 + band, ring] += area_m2 * beside
        block[1 + band, other] += area_m2 * within
