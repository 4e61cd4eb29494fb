"""Own parts of rays: points by their geodesics from the crater."""

import math

import numpy as np
import pytest
from pyproj import Geod

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.patterns.own_rays import ALONG, RaySpan, own_end_m

GEOD = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
START_M, END_M = 200_000.0, 1_800_000.0


def _ray(azimuth_deg: float) -> RaySpan:
    return RaySpan(azimuth_deg, 4.0, START_M, END_M)


def _distance_m(center: LonLat, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    at = np.full(lon.size, center.lon_deg), np.full(lon.size, center.lat_deg)
    return np.asarray(GEOD.inv(*at, lon, lat)[2])


@pytest.mark.parametrize(
    "center", [LonLat(179, 10), LonLat(20, 80), LonLat(0, 0)], ids=["seam", "pole", "equator"]
)
def test_a_ray_ends_where_another_crater_is_more_probable(center: LonLat) -> None:
    """Own up to 900 km and again around 1300 km: it ends there, not where the mask does."""

    def is_own(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        d = _distance_m(center, lon, lat)
        return (d < 900_000) | (np.abs(d - 1_300_000) < 40_000)

    found = own_end_m(_ray(75.0), is_own, center=center, body=MERCURY)

    assert found == pytest.approx(1_340_000, abs=(END_M - START_M) / ALONG)


def test_a_ray_that_is_a_neighbours_has_no_end_and_one_alone_keeps_its_own() -> None:
    """Nothing is own: no number. All is own: the end of the ray, to the last bit."""
    nothing, everything = (
        own_end_m(
            _ray(10.0),
            lambda lon, _, value=value: np.full(lon.size, value),
            center=LonLat(0, 0),
            body=MERCURY,
        )
        for value in (False, True)
    )

    assert math.isnan(nothing)
    assert everything == END_M


def test_a_part_beside_the_middle_line_counts() -> None:
    """Rays bend: ejecta on the clockwise side only, a third of the width from the middle."""
    center = LonLat(0, 0)

    def is_own(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        at = np.zeros(lon.size), np.zeros(lon.size)
        return np.asarray(GEOD.inv(*at, lon, lat)[0]) > 91

    assert own_end_m(_ray(90.0), is_own, center=center, body=MERCURY) == END_M
