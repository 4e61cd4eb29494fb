"""Which tiles of a map a person should look at first: those where most ground is expected wrong."""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import pixel_area_m2
from ejmap_geo.resampling.strips import in_strips, kernel_input


@dataclass(frozen=True, slots=True, kw_only=True)
class TileGain:
    """A tile around a crater and what a person would change in it.

    Attributes:
        window: The tile on the basemap.
        expected_wrong_m2: Area that the mask has wrong, on average, if probabilities are true.
        uncertain_share: Share of its area with a probability between 0.25 and 0.75.
    """

    window: Window
    expected_wrong_m2: float
    uncertain_share: float


LEAST_UNSURE, MOST_UNSURE = 0.25, 0.75
TILES_ACROSS = 24


def side_px_of(window: Window) -> int:
    """Return the side of tiles of which 24 lie across the longer side of a window."""
    return -(-max(window.shape) // TILES_ACROSS)


def tile_gains(
    probability: NDArray[np.float32],
    mask: NDArray[np.bool_],
    *,
    window: Window,
    basemap: BasemapGrid,
    side_px: int,
) -> list[TileGain]:
    """Return the tiles of a window, the largest expected gain first.

    A pixel in the mask is wrong with one minus its probability, another with its probability. Their
    sum over a tile, weighted by area, is the area that a person who draws the truth would change.
    Tiles in which nothing is expected to change are left out.

    Args:
        probability: Probability of ejecta, ``(height, width)`` of the window; NaN counts as 0.
        mask: The mask, in the same shape.
        window: Where both lie.
        basemap: Their grid.
        side_px: Side of a tile; those at the lower and right edge are cut off.
    """
    area_m2 = pixel_area_m2(basemap, window)
    # Of each tile what is wrong, and what is unsure.
    sums_m2 = np.zeros((2, *(-(-px // side_px) for px in window.shape)))
    seen, inside = kernel_input(probability), kernel_input(mask)
    in_strips(
        lambda *rows: _add_pixels(seen, inside, area_m2, side_px, sums_m2, rows),
        rows=window.height,
        cols=window.width,
        step=side_px,
    )
    wrong_m2, unsure_m2 = sums_m2
    found: list[TileGain] = []
    for i, j in zip(*np.nonzero(wrong_m2), strict=True):
        row, col = int(i) * side_px, int(j) * side_px
        height, width = min(side_px, window.height - row), min(side_px, window.width - col)
        share = unsure_m2[i, j] / (width * area_m2[row : row + height].sum())
        place = Window(row=window.row + row, col=window.col + col, height=height, width=width)
        gain_m2 = float(wrong_m2[i, j])
        found.append(
            TileGain(window=place, expected_wrong_m2=gain_m2, uncertain_share=min(share, 1.0))
        )
    return sorted(found, key=lambda one: -one.expected_wrong_m2)


@njit(cache=True, nogil=True)
def _add_pixels(
    probability: NDArray[np.float32],
    mask: NDArray[np.bool_],
    area_m2: NDArray[np.float64],
    side_px: int,
    sums_m2: NDArray[np.float64],
    rows: tuple[int, int],
) -> None:
    """Add what pixels of some rows have wrong, and where they are unsure, to the sums of tiles."""
    for i in range(rows[0], rows[1]):
        for tile in range(sums_m2.shape[2]):
            wrong, unsure = 0.0, 0
            for j in range(tile * side_px, min((tile + 1) * side_px, probability.shape[1])):
                sure = probability[i, j]
                if math.isnan(sure):
                    sure = np.float32(0)
                wrong += 1 - sure if mask[i, j] else sure
                unsure += LEAST_UNSURE < sure < MOST_UNSURE
            sums_m2[0, i // side_px, tile] += wrong * area_m2[i]
            sums_m2[1, i // side_px, tile] += unsure * area_m2[i]
