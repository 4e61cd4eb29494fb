"""Azimuthal mosaics at a coarser size: means of what was imaged."""

from dataclasses import replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.resampling.strips import in_strips, kernel_input


def coarser_grid(grid: AzimuthalGrid, *, most_side_px: int) -> AzimuthalGrid:
    """Return the grid of the same place whose pixels are 1, 2, 4, ... times as wide.

    Args:
        grid: Any grid.
        most_side_px: Largest side of the result, at least 2.
    """
    factor = 1
    while 2 * -(-grid.half_size_px // factor) > most_side_px:
        factor *= 2
    resolution_m = grid.resolution_m * factor
    whole_px = grid.whole_planet_half_px(grid.body, resolution_m)
    half_px = min(-(-grid.half_size_px // factor), whole_px)
    return replace(grid, resolution_m=resolution_m, half_size_px=half_px)


def imaged_means(
    mosaic: NDArray[np.uint8], *, grid: AzimuthalGrid, coarse: AzimuthalGrid
) -> NDArray[np.uint8]:
    """Return the mean of the imaged pixels in each coarser one, rounded; 0 where none was imaged.

    Args:
        mosaic: ``(band, rows, cols)`` on ``grid``; 0 is not imaged.
        grid: Grid of the mosaic.
        coarse: Grid of the result, from :func:`coarser_grid`.

    Returns:
        ``(band, rows, cols)`` on ``coarse``; the mosaic itself if both grids are one.
    """
    factor = round(coarse.resolution_m / grid.resolution_m)
    if factor == 1:
        return mosaic
    out = np.empty((len(mosaic), *coarse.shape), np.uint8)
    first = grid.half_size_px - coarse.half_size_px * factor
    for band, means in zip(kernel_input(mosaic), out, strict=True):
        in_strips(
            lambda *rows, band=band, means=means: _fill_means(band, means, factor, first, rows),
            rows=out.shape[1],
            cols=out.shape[2],
        )
    return out


def is_imaged(mosaic: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return the pixels that are not 0 in all bands of ``(band, rows, cols)``."""
    given, out = kernel_input(mosaic), np.empty(mosaic.shape[1:], np.bool_)
    in_strips(
        lambda *rows: _fill_imaged(given, out, rows), rows=mosaic.shape[1], cols=mosaic.shape[2]
    )
    return out


@njit(cache=True, nogil=True)
def _fill_imaged(mosaic: NDArray[np.uint8], out: NDArray[np.bool_], rows: tuple[int, int]) -> None:
    for i in range(rows[0], rows[1]):
        line = out[i]
        line[:] = False
        for band in range(mosaic.shape[0]):
            values = mosaic[band, i]
            for j in range(line.size):
                line[j] |= values[j] > 0


@njit(cache=True, nogil=True)
def _fill_means(
    band: NDArray[np.uint8],
    means: NDArray[np.uint8],
    factor: int,
    first: int,
    rows: tuple[int, int],
) -> None:
    """Fill rows of ``means``; its first pixel begins at pixel ``first``, which may be negative."""
    size = band.shape[0]
    # Line after line of the band is added up: that is done for many pixels at a time.
    totals, counts = np.empty(size, np.uint32), np.empty(size, np.uint32)
    for i in range(rows[0], rows[1]):
        totals[:], counts[:] = 0, 0
        for row in range(max(first + i * factor, 0), min(first + (i + 1) * factor, size)):
            line = band[row]
            for j in range(line.size):
                totals[j] += line[j]
                counts[j] += line[j] > 0
        for j in range(means.shape[1]):
            left, right = max(first + j * factor, 0), min(first + (j + 1) * factor, size)
            total, count = np.uint32(0), np.uint32(0)
            for col in range(left, right):
                total += totals[np.uint64(col)]
                count += counts[np.uint64(col)]
            means[i, j] = (2 * total + count) // (2 * count) if count else 0
