"""Distances against pyproj geodesics on the sphere."""

from collections.abc import Callable

import numpy as np
from pyproj import Geod

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.distance import angle_rad, azimuthal_distance_m, basemap_distance_m
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window

GEOD = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)


def test_basemap_distances_are_geodesics(center: LonLat, pixel_centers: Callable) -> None:
    """Over the whole planet, to the millimetre but next to the antipode."""
    basemap = BasemapGrid(body=MERCURY, width_px=90)
    window = Window(row=0, col=0, height=45, width=90)
    rows, cols = pixel_centers(basemap.shape)
    lon_deg, lat_deg = cols * 4 - 180, 90 - rows * 4

    distance_m = basemap_distance_m(basemap, window, origin=center)

    origin = np.full_like(lon_deg, center.lon_deg), np.full_like(lat_deg, center.lat_deg)
    _, _, expected_m = GEOD.inv(*origin, lon_deg, lat_deg)
    np.testing.assert_allclose(distance_m, expected_m, atol=1e-3)


def test_a_window_round_the_antimeridian_measures_on_both_sides() -> None:
    """Columns beyond the last one continue at the first."""
    basemap = BasemapGrid(body=MERCURY, width_px=36)
    origin = LonLat(178.0, 3.0)
    around = Window(row=4, col=30, height=3, width=12)
    whole = basemap_distance_m(basemap, Window(row=4, col=0, height=3, width=36), origin=origin)

    distance_m = basemap_distance_m(basemap, around, origin=origin)

    np.testing.assert_allclose(distance_m, whole[:, around.columns(36)], rtol=1e-12)


def test_azimuthal_distances_are_true_to_scale_up_to_the_antipode() -> None:
    """The middle is half a pixel diagonal away; no pixel is farther than half the circumference."""
    half_px = 10
    azimuthal = AzimuthalGrid(
        body=MERCURY,
        center=LonLat(5, 6),
        resolution_m=MERCURY.half_circumference_m / half_px,
        half_size_px=half_px,
    )

    distance_m = azimuthal_distance_m(azimuthal, Window(row=0, col=0, height=20, width=20))

    assert distance_m[10, 10] == np.sqrt(0.5) * azimuthal.resolution_m
    np.testing.assert_allclose(distance_m[9, 19], np.hypot(0.5, 9.5) * azimuthal.resolution_m)
    assert distance_m[0, 0] == MERCURY.half_circumference_m


def test_the_angle_between_two_points_is_that_of_their_geodesic(center: LonLat) -> None:
    """Next to each other, far apart, and at the antipode."""
    for away_m in (0.0, 10.0, 1e6, MERCURY.half_circumference_m):
        lon_deg, lat_deg, _ = GEOD.fwd(*center, 40.0, away_m)

        found_m = angle_rad(center, LonLat(lon_deg, lat_deg)) * MERCURY.radius_m

        np.testing.assert_allclose(found_m, away_m, atol=0.1)
