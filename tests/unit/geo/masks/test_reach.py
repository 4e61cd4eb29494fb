"""The reach of masks against hand arithmetic."""

import math
from dataclasses import replace

import numpy as np
import pytest

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.distance import basemap_distance_m
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.reach import farthest_m, farthest_on_basemap_m

GRID = AzimuthalGrid(body=MERCURY, center=LonLat(0, 0), resolution_m=1000.0, half_size_px=4)


def test_the_farthest_set_pixel_counts_from_its_centre() -> None:
    """Pixel (0, 7) of an 8 px raster lies 3.5 px north and 3.5 px east of the centre."""
    mask = np.zeros(GRID.shape, np.bool_)
    mask[0, 7] = mask[4, 4] = True

    assert farthest_m(mask, GRID) == pytest.approx(1000 * math.hypot(3.5, 3.5))


@pytest.mark.parametrize("share", [1e-4, 1e-3, 0.01, 0.5])
@pytest.mark.parametrize("half_size_px", [5, 64, 131])
def test_the_reach_is_the_largest_of_all_distances(share: float, half_size_px: int) -> None:
    """Of pixels anywhere, whether a row is looked through in one run of pixels or in several."""
    grid = replace(GRID, half_size_px=half_size_px)
    offset = np.arange(2 * half_size_px) + 0.5 - half_size_px
    distance_px = np.sqrt(offset[:, None] ** 2 + offset**2)
    rng = np.random.default_rng(3)
    for within in (0.1, 0.7, 2.0):
        mask = (rng.random(grid.shape) < share) & (distance_px < within * half_size_px)

        expected_m = 1000 * distance_px[mask].max(initial=0)

        assert farthest_m(mask, grid) == pytest.approx(expected_m, rel=1e-15)


def test_an_empty_mask_reaches_nowhere() -> None:
    """No ejecta is an ordinary answer."""
    assert farthest_m(np.zeros(GRID.shape, np.bool_), GRID) == 0


def test_a_mask_of_another_grid_is_refused() -> None:
    """A crop would be measured from the wrong centre."""
    with pytest.raises(RasterError, match="mask is"):
        farthest_m(np.zeros((4, 8), np.bool_), GRID)


def test_the_farthest_pixel_of_the_basemap_is_found_everywhere(center: LonLat) -> None:
    """The largest of all distances to set pixels, across the antimeridian and over poles."""
    basemap = BasemapGrid(body=MERCURY, width_px=60)
    rng = np.random.default_rng(7)
    for window in (
        Window(row=0, col=50, height=9, width=25),
        Window(row=25, col=3, height=5, width=4),
        Window(row=0, col=0, height=30, width=60),
    ):
        mask = rng.random(window.shape) < 0.2
        placed = PlacedMask(mask=mask, window=window)
        distance_m = basemap_distance_m(basemap, window, origin=center)

        found_m = farthest_on_basemap_m(placed, basemap=basemap, origin=center)

        assert found_m == pytest.approx(distance_m[mask].max())
    assert farthest_on_basemap_m(PlacedMask.empty(), basemap=basemap, origin=center) == 0
