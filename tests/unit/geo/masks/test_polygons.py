"""Polygons on grids against point-in-polygon by shapely and distances by pyproj."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import MultiPolygon, Polygon, box

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.masks.polygons import rasterized, rasterized_on_planet

BASEMAP = BasemapGrid(body=MERCURY, width_px=360)
GEOD = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)


def rim(center: LonLat, radius_m: float) -> Polygon:
    """Return 720 points at one distance from a point, by pyproj, in degrees."""
    azimuth_deg = np.arange(0, 360, 0.5) + 0.1
    lon_deg, lat_deg, _ = GEOD.fwd(
        np.full_like(azimuth_deg, center.lon_deg),
        np.full_like(azimuth_deg, center.lat_deg),
        azimuth_deg,
        np.full_like(azimuth_deg, radius_m),
    )
    return Polygon(np.stack([lon_deg, lat_deg], axis=1))


def on_planet(polygon: Polygon | MultiPolygon) -> np.ndarray:
    """Return a polygon as a mask of the whole basemap."""
    mask = np.zeros(BASEMAP.shape, np.bool_)
    rasterized_on_planet(polygon, basemap=BASEMAP).paste_into(mask)
    return mask


def test_a_rim_fills_its_disc(center: LonLat, pixel_centers: Callable) -> None:
    """Around a pole and across the antimeridian too; only pixels on the very rim may differ."""
    radius_m = 700_000.0
    rows, cols = pixel_centers(BASEMAP.shape)
    origin = np.full_like(rows, center.lon_deg), np.full_like(rows, center.lat_deg)
    _, _, distance_m = GEOD.inv(*origin, cols - 180, 90 - rows)

    mask = on_planet(rim(center, radius_m))

    is_on_rim = np.abs(distance_m - radius_m) < 2_000
    np.testing.assert_array_equal(mask[~is_on_rim], (distance_m < radius_m)[~is_on_rim])


def test_an_azimuthal_polygon_takes_the_pixels_whose_centre_is_inside() -> None:
    """Against shapely, on a grid in metres."""
    grid = AzimuthalGrid(body=MERCURY, center=LonLat(3, 4), resolution_m=1000, half_size_px=20)
    star = Polygon([(-9_000, -8_100), (300, 15_700), (11_300, -7_900), (200, -1_300)])
    cols, rows = np.meshgrid(np.arange(40) + 0.5, np.arange(40) + 0.5)
    x, y = grid.transform @ (cols, rows)

    mask = rasterized(star, grid=grid)

    np.testing.assert_array_equal(mask, shapely.contains_xy(star, x, y))


def test_longitudes_that_jump_and_longitudes_that_go_on_mean_the_same() -> None:
    """170 to -170 and 170 to 190 both are 20 degrees across the antimeridian."""
    jumping = Polygon([(170, -5), (-170, -5), (-170, 5), (170, 5)])

    mask = on_planet(jumping)

    np.testing.assert_array_equal(mask, on_planet(box(170, -5, 190, 5)))
    np.testing.assert_array_equal(np.flatnonzero(mask.any(0)), [*range(10), *range(350, 360)])
    np.testing.assert_array_equal(np.flatnonzero(mask.any(1)), np.arange(85, 95))


def test_a_hole_across_the_antimeridian_stays_open() -> None:
    """Shell and hole may be written on different sides of the antimeridian."""
    hole = [(-178, -2), (-176, -2), (-176, 2), (-178, 2)]
    shell = Polygon([(170, -5), (190, -5), (190, 5), (170, 5)], holes=[hole])

    mask = on_planet(shell)

    assert mask.sum() == 20 * 10 - 2 * 4
    assert not mask[88:92, 2:4].any()


def test_parts_of_a_multipolygon_are_joined() -> None:
    """Two far islands in one mask."""
    mask = on_planet(MultiPolygon([box(0, 0, 3, 2), box(100, -40, 101, -38)]))

    assert mask.sum() == 6 + 2


def test_an_empty_polygon_sets_nothing() -> None:
    """On either kind of grid."""
    assert not on_planet(Polygon()).any()
    assert not rasterized(Polygon(), grid=BASEMAP).any()


def test_metres_for_degrees_are_refused() -> None:
    """A rim in projected metres has latitudes beyond the pole."""
    with pytest.raises(RasterError, match="degrees"):
        on_planet(box(0, 0, 5000, 5000))
