"""Azimuthal mosaics at a coarser size."""

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.resampling.shrink import coarser_grid, imaged_means


def _grid(half_px: int) -> AzimuthalGrid:
    return AzimuthalGrid(
        body=MERCURY, center=LonLat(3, 4), resolution_m=1000.0, half_size_px=half_px
    )


def test_a_small_mosaic_stays_as_it_is() -> None:
    """Nothing is copied and no grid changes."""
    grid, mosaic = _grid(8), np.ones((1, 16, 16), np.uint8)

    assert coarser_grid(grid, most_side_px=16) == grid
    assert imaged_means(mosaic, grid=grid, coarse=grid) is mosaic


@pytest.mark.parametrize(("half_px", "most_px", "factor"), [(9, 16, 2), (16, 8, 4), (17, 8, 8)])
def test_pixels_double_until_the_raster_is_small_enough(
    half_px: int, most_px: int, factor: int
) -> None:
    """It covers what it covered, with the crater where four pixels meet."""
    coarse = coarser_grid(_grid(half_px), most_side_px=most_px)

    assert coarse.resolution_m == 1000.0 * factor
    assert coarse.shape[0] <= most_px
    assert half_px <= coarse.half_size_px * factor < half_px + factor


def test_a_pixel_is_the_mean_of_what_was_imaged_in_it() -> None:
    """Zeros do not count; the frame that a coarser raster has around it holds none."""
    grid = _grid(9)
    coarse = coarser_grid(grid, most_side_px=10)
    rng = np.random.default_rng(1)
    mosaic = rng.integers(0, 4, (2, 18, 18), dtype=np.uint8) * 40

    found = imaged_means(mosaic, grid=grid, coarse=coarse)

    framed = np.pad(mosaic, ((0, 0), (1, 1), (1, 1)))
    parts = framed.reshape(2, 10, 2, 10, 2).swapaxes(2, 3).reshape(2, 10, 10, 4)
    expected = np.zeros((2, 10, 10))
    for place in np.ndindex(2, 10, 10):
        imaged = parts[place][parts[place] > 0]
        expected[place] = np.floor(imaged.mean() + 0.5) if imaged.size else 0
    np.testing.assert_array_equal(found, expected)


def test_the_antipode_is_no_farther_on_a_coarser_grid() -> None:
    """A whole planet whose half size is no multiple of the factor loses a part of its edge."""
    body_px = AzimuthalGrid.whole_planet_half_px(MERCURY, 1000.0)
    grid = _grid(body_px)
    coarse = coarser_grid(grid, most_side_px=2 * (body_px // 512))

    assert coarse.half_size_px <= AzimuthalGrid.whole_planet_half_px(MERCURY, coarse.resolution_m)
