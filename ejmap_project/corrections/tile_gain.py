"""Which tiles of a map a person should look at first: those where most ground is expected wrong."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import pixel_area_m2


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


UNCERTAIN = (0.25, 0.75)
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
    sure = np.nan_to_num(probability.astype(np.float64))
    area_m2 = pixel_area_m2(basemap, window)[:, None]
    wrong_m2 = np.where(mask, 1 - sure, sure) * area_m2
    unsure = (sure > UNCERTAIN[0]) & (sure < UNCERTAIN[1])
    found: list[TileGain] = []
    for row in range(0, window.height, side_px):
        for col in range(0, window.width, side_px):
            part = np.s_[row : row + side_px, col : col + side_px]
            gain_m2 = float(wrong_m2[part].sum())
            if gain_m2 == 0:
                continue
            height, width = wrong_m2[part].shape
            place = Window(row=window.row + row, col=window.col + col, height=height, width=width)
            part_m2 = area_m2[part[0]]
            share = float((unsure[part] * part_m2).sum() / (width * part_m2.sum()))
            found.append(
                TileGain(window=place, expected_wrong_m2=gain_m2, uncertain_share=min(share, 1.0))
            )
    return sorted(found, key=lambda one: -one.expected_wrong_m2)
