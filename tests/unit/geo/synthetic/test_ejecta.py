"""Ray systems of the synthetic planet."""

import math

import numpy as np
import pytest
from pyproj import Geod

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.synthetic.deposit import (
    RAY_COLUMNS,
    SPECK_COLUMNS,
    Deposit,
    Style,
    draw_deposit,
    reach_radii,
)
from ejmap_geo.synthetic.directions import cap_window, directions
from ejmap_geo.synthetic.ejecta import Place, intensity, polar_intensity

BASEMAP = BasemapGrid(body=MERCURY, width_px=512)
RADIUS_M = 50_000.0
SPHERE = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
PLAIN = Deposit(
    radius_rad=RADIUS_M / MERCURY.radius_m,
    blanket_radii=3.0,
    blanket_light=1.0,
    softness=0.4,
    decline=0.3,
    unevenness=0.5,
    lobing=0.2,
    collar_radii=0.0,
    collar_depth=0.0,
    streak_radii=4.0,
    streak_strength=0.5,
    streak_grain=11.0,
    shadow_rad=math.pi / 2,
    shadow_half_rad=0.0,
    shadow_softness=0.2,
    shadow_rim=1.0,
    halo=0.0,
    halo_power=1.0,
    ray_fade=0.4,
    ray_cover=0.0,
    rays=np.empty((0, RAY_COLUMNS)),
    specks=np.empty((0, SPECK_COLUMNS)),
    seed=7,
)


def _place(center: LonLat) -> Place:
    lat = math.radians(center.lat_deg)
    return math.sin(lat), math.cos(lat), math.radians(center.lon_deg)


def _laid(center: LonLat, deposit: Deposit) -> np.ndarray:
    at = directions(BASEMAP, Window.whole(BASEMAP.shape))
    return intensity(at, _place(center), deposit, reach_radii(deposit))


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
    laid = _laid(center, PLAIN)
    everywhere_radii, _ = _range_and_azimuth(center, np.ones(BASEMAP.shape, bool))

    np.testing.assert_array_equal((laid == 1).ravel(), everywhere_radii < 1)


@pytest.mark.parametrize("center", [LonLat(-150, 20), LonLat(170, -70)])
def test_a_ray_follows_a_great_circle_for_half_the_planet(center: LonLat) -> None:
    """Beyond the blanket everything lies within three widths of the geodesic of its azimuth."""
    azimuth_deg = 50.0
    ray = np.array([[math.radians(azimuth_deg), 1.0, 2.0, 70.0, 0.9, 0.0, 0.0, 0.7]])

    laid = _laid(center, PLAIN._replace(rays=ray))

    range_radii, found_deg = _range_and_azimuth(center, laid > 0)
    far = range_radii > 6
    range_rad = range_radii[far] * RADIUS_M / MERCURY.radius_m
    off = np.sin(range_rad) * np.sin(np.radians(found_deg[far] - azimuth_deg))
    assert np.abs(np.arcsin(off)).max() < 5 * RADIUS_M / MERCURY.radius_m
    assert 50 < range_radii.max() <= 70


def test_the_zone_of_avoidance_stays_free() -> None:
    """An oblique impact throws nothing to the side it came from, here the east."""
    center = LonLat(0, 0)
    laid = _laid(center, PLAIN._replace(shadow_half_rad=1.0))

    range_radii, azimuth_deg = _range_and_azimuth(center, np.ones(BASEMAP.shape, bool))
    values = laid.ravel()
    ring = (range_radii > 1.7) & (range_radii < 2.5)
    east = ring & (np.abs(azimuth_deg - 90) < 20)
    west = ring & (np.abs(azimuth_deg + 90) < 20)
    assert values[east].max() < 0.05
    assert values[west].mean() > 0.3


def test_a_system_on_the_antimeridian_is_the_same_in_a_wrapping_window() -> None:
    """The window changes what is computed, never the values."""
    center = LonLat(179.5, -30)
    reach = reach_radii(PLAIN)
    window = cap_window(BASEMAP, center=center, radius_rad=reach * PLAIN.radius_rad)

    part = intensity(directions(BASEMAP, window), _place(center), PLAIN, reach)

    whole = _laid(center, PLAIN)
    rows = slice(window.row, window.row + window.height)
    np.testing.assert_array_equal(part, whole[rows, window.columns(512)])
    assert np.count_nonzero(part) == np.count_nonzero(whole)


@pytest.mark.parametrize("style", list(Style))
def test_a_polar_view_shows_what_lies_on_the_planet(style: Style) -> None:
    """Cells at the places of pixels hold what those pixels hold."""
    center, pixel_radii = LonLat(-40, 25), 2 * math.pi / 512 / PLAIN.radius_rad
    deposit = draw_deposit(np.random.default_rng(3), radius_rad=PLAIN.radius_rad, style=style)
    laid = _laid(center, deposit)
    range_radii, azimuth_deg = _range_and_azimuth(center, np.ones(BASEMAP.shape, bool))
    chosen = np.abs(range_radii - 1) > 1e-3
    chosen &= range_radii < reach_radii(deposit) - 1e-3

    seen = polar_intensity(
        range_radii[chosen][:, None],
        np.radians(azimuth_deg)[chosen][:, None],
        np.full(chosen.sum(), pixel_radii),
        deposit,
    )

    np.testing.assert_allclose(seen[:, 0], laid.ravel()[chosen], atol=2e-3)


def test_a_collar_of_melt_is_dark_and_the_blanket_beyond_is_not() -> None:
    """As around Tycho: the brightest ring does not touch the rim."""
    center = LonLat(0, 0)
    deposit = PLAIN._replace(blanket_radii=6.0, collar_radii=2.4, collar_depth=1.0)
    laid = _laid(center, deposit)

    range_radii, _ = _range_and_azimuth(center, np.ones(BASEMAP.shape, bool))
    values = laid.ravel()
    assert values[(range_radii > 1) & (range_radii < 1.3)].max() < 0.1
    assert values[(range_radii > 3.0) & (range_radii < 3.4)].mean() > 0.3


def test_a_bent_ray_ends_beside_the_line_it_started_on() -> None:
    """By as many radii as it is said to be bent."""
    center = LonLat(10, -20)
    ray = np.array([[0.0, 0.6, 2.0, 30.0, 0.9, 0.0, 4.0, 0.7]])

    laid = _laid(center, PLAIN._replace(rays=ray, streak_radii=3.0))

    range_radii, azimuth_deg = _range_and_azimuth(center, laid > 0.1)
    off = np.sin(range_radii * PLAIN.radius_rad) * np.sin(np.radians(azimuth_deg))
    off /= PLAIN.radius_rad
    end, begin = range_radii > 26, (range_radii > 6) & (range_radii < 9)
    assert abs(off[end].mean() - 4.0 * (28 / 30) ** 2) < 0.6
    assert abs(off[begin].mean()) < 0.6
