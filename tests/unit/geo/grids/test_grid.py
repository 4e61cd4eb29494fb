"""Grids against pyproj, hand arithmetic and the published numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from ejmap_geo.errors import GridError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat, RowCol
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid

PUBLISHED = BasemapGrid(body=MERCURY, width_px=23040)


def test_the_published_basemap_has_its_published_resolution() -> None:
    """665.24315271 m, 64 pixels a degree, 23040 x 11520."""
    assert PUBLISHED.shape == (11520, 23040)
    assert PUBLISHED.resolution_m == pytest.approx(665.24315271, abs=5e-9)
    assert PUBLISHED.position(LonLat(1, -1)) == (91 * 64, 181 * 64)


@given(st.floats(-180, 179.999), st.floats(-90, 90))
def test_basemap_positions_are_those_of_pyproj(lon_deg: float, lat_deg: float) -> None:
    """Through the CRS and the transform of the grid; and back to the point."""
    to_metres = Transformer.from_crs(geographic_crs(MERCURY), PUBLISHED.crs, always_xy=True)
    x, y = to_metres.transform(lon_deg, lat_deg)
    col, row = ~PUBLISHED.transform @ (x, y)

    position = PUBLISHED.position(LonLat(lon_deg, lat_deg))

    np.testing.assert_allclose(position, (row, col), atol=1e-6)
    np.testing.assert_allclose(PUBLISHED.point(position), (lon_deg, lat_deg), atol=1e-9)


def test_corners_of_the_basemap_are_the_poles_and_the_antimeridian() -> None:
    """Exactly pi R and pi R / 2, without the overshoot of the published files."""
    half_m = MERCURY.half_circumference_m

    assert PUBLISHED.transform @ (0, 0) == (-half_m, half_m / 2)
    np.testing.assert_allclose(PUBLISHED.transform @ (23040, 11520), (half_m, -half_m / 2))
    assert PUBLISHED.point(RowCol(11520, 23040)) == (180, -90)


@pytest.mark.parametrize("lon_deg", [181.5, -178.5, 541.5])
def test_positions_accept_longitudes_of_any_convention(lon_deg: float) -> None:
    """181.5 east is 1.5 degrees beyond the antimeridian."""
    assert PUBLISHED.position(LonLat(lon_deg, 0)).col == pytest.approx(1.5 * 64)


@pytest.mark.parametrize("width_px", [0, -2, 101])
def test_a_basemap_that_is_not_twice_as_wide_as_high_is_refused(width_px: int) -> None:
    """Odd widths have no whole number of rows."""
    with pytest.raises(GridError, match="even number"):
        BasemapGrid(body=MERCURY, width_px=width_px)


def test_the_whole_planet_takes_11520_pixels_and_not_11519() -> None:
    """Pi R / 665.24315271 is 11519.99999992: truncated, the outermost ring would be lost."""
    resolution_m = 665.24315271

    grid = AzimuthalGrid.reaching(
        MERCURY, center=LonLat(0, 0), resolution_m=resolution_m, reach_m=1e9
    )

    assert int(MERCURY.half_circumference_m / resolution_m) == 11519
    assert grid.half_size_px == 11520
    assert grid.shape == (23040, 23040)


@pytest.mark.parametrize(
    ("reach_m", "half_px"), [(1.0, 1), (10_000.0, 10), (10_000.1, 11), (300_000.0, 300)]
)
def test_a_grid_is_the_smallest_that_holds_its_reach(reach_m: float, half_px: int) -> None:
    """Whole kilometres on pixels of one kilometre gain no pixel by rounding."""
    grid = AzimuthalGrid.reaching(
        MERCURY, center=LonLat(350, 80), resolution_m=1000.0, reach_m=reach_m
    )

    assert grid.half_size_px == half_px
    assert grid.center == LonLat(-10, 80)


def test_the_centre_is_the_corner_of_the_four_middle_pixels() -> None:
    """X grows east with columns, y north against rows."""
    grid = AzimuthalGrid(body=MERCURY, center=LonLat(0, 0), resolution_m=500, half_size_px=8)

    assert grid.transform @ (8, 8) == (0, 0)
    assert grid.transform @ (16, 0) == (4000, 4000)


@pytest.mark.parametrize(
    ("resolution_m", "half_size_px", "message"),
    [
        (0.0, 5, "positive metres"),
        (math.nan, 5, "positive metres"),
        (1000.0, 0, "1 to 7664 px"),
        (1000.0, 7665, "1 to 7664 px"),
    ],
)
def test_an_azimuthal_grid_that_cannot_be_is_refused(
    resolution_m: float, half_size_px: int, message: str
) -> None:
    """No resolution, no pixels, or more than half way round the planet."""
    with pytest.raises(GridError, match=message):
        AzimuthalGrid(
            body=MERCURY,
            center=LonLat(0, 0),
            resolution_m=resolution_m,
            half_size_px=half_size_px,
        )
