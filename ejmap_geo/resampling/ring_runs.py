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
        block, values = sums[i // step], raster[:, top + i, left : left + stop - first]
        is_filled, start, k = False, first, 0
        while start < stop:
            end, grows = _side(rings.across, start, stop)
            # Whole runs of pixels of one ring are added up: few distances have to be computed.
            while start < end:
                k = _ring_at(rings, i, start, k)
                run_end = _run_end(rings, i, k, (start, end, grows), ends)
                if 0 <= k < rings.chords.size - 1:
                    if not is_filled:
                        _fill_kinds(kinds, values, inside[i, first:stop], nodata)
                        is_filled = True
                    run = k, start - first, run_end - first
                    _add_run(block, values, kinds, run, rings.area_m2[i], zero)
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
    values: NDArray[np.generic],
    inside: NDArray[np.bool_],
    nodata: float,
) -> None:
    """Write of each pixel of a row whether it has no data, 0, or lies outside, 1, or inside, 2."""
    kinds[:] = 0
    for band in range(values.shape[0]):
        line = values[band]
        for j in range(line.size):
            kinds[j] |= line[j] != nodata
    for j in range(kinds.size):
        kinds[j] <<= inside[j]


@njit(cache=True, nogil=True)
def _add_run(
    block: NDArray[np.float64],
    values: NDArray[np.generic],
    kinds: NDArray[np.uint8],
    run: tuple[int, int, int],
    area_m2: float,
    zero: NDArray[np.number],
) -> None:
    """Add a run of pixels of a row, ``values`` being ``(band, col)``: ring, first column, end."""
    ring, start, end = run
    here = kinds[start:end]
    outside_px = 0
    for j in range(here.size):
        outside_px += here[j] == OUTSIDE
    block[0, ring] += area_m2 * outside_px
    if outside_px == here.size:
        for band in range(values.shape[0]):
            line, total = values[band, start:end], zero[0]
            for j in range(line.size):
                total += line[j]
            block[1 + band, ring] += area_m2 * total
        return
    other = block.shape[1] // 2 + ring
    for j in range(here.size):
        block[0, other] += area_m2 * (here[j] == INSIDE)
    for band in range(values.shape[0]):
        line, beside, within = values[band, start:end], zero[0], zero[0]
        for j in range(line.size):
            if here[j] == OUTSIDE:
                beside += line[j]
            elif here[j] == INSIDE:
                within += line[j]
        block[1 + band, ring] += area_m2 * beside
        block[1 + band, other] += area_m2 * within
