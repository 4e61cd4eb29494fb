"""Ray systems of the synthetic planet."""

import math

import numpy as np
import pytest
from pyproj import Geod

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.synthetic.directions import cap_window, directions
from ejmap_geo.synthetic.ejecta import RaySystem, intensity, reach_radii

BASEMAP = BasemapGrid(body=MERCURY, width_px=512)
RADIUS_M = 50_000.0
SPHERE = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
NOTHING = np.empty((0, 5))


def _system(
    center: LonLat, *, rays: np.ndarray = NOTHING, shadow_half_rad: float = 0.0
) -> RaySystem:
    lat = math.radians(center.lat_deg)
    return RaySystem(
        sin_lat=math.sin(lat),
        cos_lat=math.cos(lat),
        lon_rad=math.radians(center.lon_deg),
        radius_rad=RADIUS_M / MERCURY.radius_m,
        blanket_radii=3.0,
        streak_radii=4.0,
        shadow_rad=math.pi / 2,
        shadow_half_rad=shadow_half_rad,
        rays=rays,
        specks=NOTHING,
        seed=7,
    )


def _laid(system: RaySystem) -> np.ndarray:
    at = directions(BASEMAP, Window.whole(BASEMAP.shape))
    return intensity(at, system, reach_radii(system))


def _range_and_azimuth(center: LonLat, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rows, cols = np.nonzero(chosen)
    lon = (cols + 0.5) / 512 * 360 - 180
    lat = 90 - (rows + 0.5) / 256 * 180
    start = np.full(rows.size, center.lon_deg), np.full(rows.size, center.lat_deg)
    azimuth_deg, _, range_m = SPHERE.inv(*start, lon, lat)
    return np.asarray(range_m) / RADIUS_M, np.asarray(azimuth_deg)


def test_only_the_cavity_is_wholly_covered() -> None:
    """Its distance is that of pyproj's geodesics."""
    center = LonLat(30, 40)
    laid = _laid(_system(center))
    everywhere_radii, _ = _range_and_azimuth(center, np.ones(BASEMAP.shape, bool))

    np.testing.assert_array_equal((laid == 1).ravel(), everywhere_radii < 1)


@pytest.mark.parametrize("center", [LonLat(-150, 20), LonLat(170, -70)])
def test_a_ray_follows_a_great_circle_for_half_the_planet(center: LonLat) -> None:
    """Beyond the blanket everything lies within three widths of the geodesic of its azimuth."""
    azimuth_deg = 50.0
    ray = np.array([[math.radians(azimuth_deg), 1.0, 2.0, 70.0, 0.9]])

    laid = _laid(_system(center, rays=ray))

    range_radii, found_deg = _range_and_azimuth(center, laid > 0)
    far = range_radii > 6
    range_rad = range_radii[far] * RADIUS_M / MERCURY.radius_m
    off = np.sin(range_rad) * np.sin(np.radians(found_deg[far] - azimuth_deg))
    assert np.abs(np.arcsin(off)).max() < 5 * RADIUS_M / MERCURY.radius_m
    assert 50 < range_radii.max() <= 70


def test_the_zone_of_avoidance_stays_free() -> None:
    """An oblique impact throws nothing to the side it came from, here the east."""
    center = LonLat(0, 0)
    laid = _laid(_system(center, shadow_half_rad=1.0))

    range_radii, azimuth_deg = _range_and_azimuth(center, np.ones(BASEMAP.shape, bool))
    values = laid.ravel()
    ring = (range_radii > 1.7) & (range_radii < 2.5)
    east = ring & (np.abs(azimuth_deg - 90) < 20)
    west = ring & (np.abs(azimuth_deg + 90) < 20)
    assert values[east].max() < 0.05
    assert values[west].mean() > 0.3


def test_a_system_on_the_antimeridian_is_the_same_in_a_wrapping_window() -> None:
    """The window changes what is computed, never the values."""
    system = _system(LonLat(179.5, -30))
    window = cap_window(
        BASEMAP,
        center=LonLat(179.5, -30),
        radius_rad=reach_radii(system) * system.radius_rad,
    )

    part = intensity(directions(BASEMAP, window), system, reach_radii(system))

    whole = _laid(system)
    rows = slice(window.row, window.row + window.height)
    np.testing.assert_array_equal(part, whole[rows, window.columns(512)])
    assert np.count_nonzero(part) == np.count_nonzero(whole)
