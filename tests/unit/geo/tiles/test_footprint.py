"""Footprints and inscribed squares against pyproj and exhaustive search."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.tiles.footprint import footprint, inscribed_square

BASEMAP = BasemapGrid(body=MERCURY, width_px=180)


def whole_planet(center: LonLat) -> AzimuthalGrid:
    """Return the azimuthal grid that reaches the antipode."""
    reach_m = MERCURY.half_circumference_m
    return AzimuthalGrid.reaching(
        MERCURY, center=center, resolution_m=BASEMAP.resolution_m, reach_m=reach_m
    )


TILES = {
    "ordinary": Window(row=30, col=60, height=11, width=14),
    "across-the-antimeridian": Window(row=40, col=172, height=12, width=20),
    "at-the-north-pole": Window(row=0, col=50, height=9, width=30),
    "all-around-the-south-pole": Window(row=80, col=0, height=10, width=180),
    "one-pixel": Window(row=44, col=90, height=1, width=1),
}


@pytest.mark.parametrize("tile", TILES.values(), ids=TILES.keys())
def test_footprint_holds_the_pixels_that_pyproj_finds(
    center: LonLat, tile: Window, basemap_positions: Callable
) -> None:
    """Every pixel whose centre lies in the rectangle, at poles and antimeridian too."""
    azimuthal = whole_planet(center)
    row, col = basemap_positions(azimuthal, BASEMAP)
    inside = (row >= tile.row) & (row < tile.row + tile.height)
    inside &= (col - tile.col) % 180 < tile.width
    pieces, _ = ndimage.label(inside)
    largest = pieces == np.argmax([0, *np.bincount(pieces[inside])[1:]])

    found = np.zeros(azimuthal.shape, np.bool_)
    footprint(tile, basemap=BASEMAP, azimuthal=azimuthal).paste_into(found)

    np.testing.assert_array_equal(found, largest & inside)


def test_footprint_of_the_antipode_is_a_ring(basemap_positions: Callable) -> None:
    """A rectangle about the antipode fills the outermost pixels in every direction."""
    azimuthal = whole_planet(LonLat(-150.013, 20.017))
    row, col = basemap_positions(azimuthal, BASEMAP)
    tile = Window(row=50, col=100, height=11, width=11)
    with np.errstate(invalid="ignore"):
        expected = (row >= 50) & (row < 61) & (col >= 100) & (col < 111)

    found = footprint(tile, basemap=BASEMAP, azimuthal=azimuthal)

    assert found.mask.shape == azimuthal.shape
    np.testing.assert_array_equal(found.mask, expected)


def test_footprint_next_to_the_antipode_is_not_clipped(
    basemap_positions: Callable,
) -> None:
    """A rectangle just beside the antipode is drawn out into an arc far beyond its corners."""
    azimuthal = whole_planet(LonLat(-150.013, 20.017))
    row, col = basemap_positions(azimuthal, BASEMAP)
    tile = Window(row=56, col=100, height=2, width=11)
    expected = (row >= 56) & (row < 58) & (col >= 100) & (col < 111)

    found = footprint(tile, basemap=BASEMAP, azimuthal=azimuthal)

    assert found.area_px == expected.sum() > 0


def test_a_rectangle_beyond_the_raster_has_no_footprint() -> None:
    """The other side of the planet is not on a raster that ends 500 km from its centre."""
    azimuthal = AzimuthalGrid.reaching(
        MERCURY, center=LonLat(0, 0), resolution_m=BASEMAP.resolution_m, reach_m=500_000
    )

    found = footprint(TILES["across-the-antimeridian"], basemap=BASEMAP, azimuthal=azimuthal)

    assert found.window is None


def test_a_footprint_that_the_raster_cuts_in_two_keeps_its_larger_piece() -> None:
    """A parallel near the edge of the raster appears in two corners only; one is larger."""
    azimuthal = AzimuthalGrid.reaching(
        MERCURY, center=LonLat(0.3, 60.2), resolution_m=BASEMAP.resolution_m, reach_m=1_500_000
    )
    # 4 rows at 40 N bend down between the corners of the raster, outside its lower edge.
    tile = Window(row=25, col=0, height=3, width=175)

    found = footprint(tile, basemap=BASEMAP, azimuthal=azimuthal)

    _, count = ndimage.label(found.mask)
    assert count == 1


def largest_square_by_search(mask: np.ndarray) -> int:
    """Return the side of the largest full square, trying every place and side."""
    sides = range(min(mask.shape), 0, -1)
    return next(
        (
            side
            for side in sides
            if np.lib.stride_tricks.sliding_window_view(mask, (side, side)).all((2, 3)).any()
        ),
        0,
    )


@given(arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.booleans()))
def test_the_inscribed_square_is_full_and_none_is_larger(mask: np.ndarray) -> None:
    """Against exhaustive search."""
    square = inscribed_square(mask, max_side_px=99)

    side = largest_square_by_search(mask)
    if side == 0:
        assert square is None
    else:
        assert square is not None
        assert square.shape == (side, side)
        assert mask[square.slices].all()
        assert mask[square.slices].shape == (side, side)


def test_the_limit_gives_the_square_in_the_middle() -> None:
    """Of all squares of side 3 in a 9 x 9 block, the central one lies at (3, 3)."""
    square = inscribed_square(np.ones((9, 9), np.bool_), max_side_px=3)

    assert square == Window(row=3, col=3, height=3, width=3)
