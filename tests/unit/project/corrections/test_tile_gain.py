"""Tiles by expected gain: by hand, on two tiles at the equator."""

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.probability_levels import levels_of, probability_of
from ejmap_project.corrections.tile_gain import tile_gains


def test_the_tile_with_more_expected_wrong_area_comes_first() -> None:
    """Pixels are wrong with the probability of the other answer; sure tiles are left out."""
    basemap = BasemapGrid(body=MERCURY, width_px=64)
    # Two rows on both sides of the equator have pixels of equal area.
    window = Window(row=15, col=4, height=2, width=6)
    probability = np.array([[0.9, 0.9, 0.5, 0.4, 0, 0], [0.9, 0.9, 0.2, 0.0, 0, 0]], np.float32)
    mask = np.array([[1, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]], np.bool_)
    levels = levels_of(probability)

    found = tile_gains(levels, mask, window=window, basemap=basemap, side_px=2)

    said = probability_of(levels)
    pixel_m2 = 4 * np.pi * MERCURY.radius_m**2 / 64 * np.sin(np.pi / 32) / 2
    assert [(one.window.row, one.window.col) for one in found] == [(15, 4), (15, 6)]
    # 3 x 0.1 and 0.9 in the first tile; 0.5, 0.4, 0.2 and 0 in the second, as levels state them.
    often, half, less, rare = (float(said[at]) for at in ((0, 0), (0, 2), (0, 3), (1, 2)))
    assert [one.expected_wrong_m2 / pixel_m2 for one in found] == pytest.approx(
        [3 * (1 - often) + often, (1 - half) + less + rare], rel=1e-6
    )
    assert [one.uncertain_share for one in found] == pytest.approx([0.0, 0.5])
