"""Which tiles of a map a person should look at first: those where most ground is expected wrong."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import pixel_area_m2
from ejmap_geo.masks.probability_levels import LEVELS, probability_of
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
    levels: NDArray[np.uint8],
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
        levels: Levels of the probability of ejecta, ``(height, width)`` of the window.
        mask: The mask, in the same shape.
        window: Where both lie.
        basemap: Their grid.
        side_px: Side of a tile; those at the lower and right edge are cut off.
    """
    area_m2 = pixel_area_m2(basemap, window)
    # Of each tile what is wrong, and what is unsure.
    sums_m2 = np.zeros((2, *(-(-px // side_px) for px in window.shape)))
    seen, inside, tables = kernel_input(levels), kernel_input(mask), _tables()
    in_strips(
        lambda *rows: _add_pixels(seen, inside, tables, area_m2, sums_m2, (*rows, side_px)),
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


@cache
def _tables() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return how wrong a pixel of each level is beside and in the mask, and whether unsure."""
    sure = probability_of(LEVELS)
    wrong = np.stack([sure.astype(np.float64), 1 - sure.astype(np.float64)])
    return wrong, ((sure > LEAST_UNSURE) & (sure < MOST_UNSURE)).astype(np.int64)


@njit(cache=True, nogil=True)
def _add_pixels(
    levels: NDArray[np.uint8],
    mask: NDArray[np.bool_],
    tables: tuple[NDArray[np.float64], NDArray[np.int64]],
    area_m2: NDArray[np.float64],
    sums_m2: NDArray[np.float64],
    place: tuple[int, int, int],
) -> None:
    """Add what pixels of some rows have wrong, and where they are unsure, to the sums of tiles.

    ``place`` holds the first row, the one after the last, and the side of a tile.
    """
    is_wrong, is_unsure = tables
    first, stop, side_px = place
    for i in range(first, stop):
        for tile in range(sums_m2.shape[2]):
            wrong, unsure = 0.0, 0
            for j in range(tile * side_px, min((tile + 1) * side_px, levels.shape[1])):
                level = levels[i, j]
                wrong += is_wrong[np.int64(mask[i, j]), level]
                unsure += is_unsure[level]
            sums_m2[0, i // side_px, tile] += wrong * area_m2[i]
            sums_m2[1, i // side_px, tile] += unsure * area_m2[i]
