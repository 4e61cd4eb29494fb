"""Rays as lines on the planet: on their great circle, cut at the antimeridian and at poles."""

import numpy as np
import pytest
from pyproj import Geod

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.maps.ray_lines import ray_line

DEGREE_M = np.radians(1) * MERCURY.radius_m
GEOD = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)


def _ray(lon_deg: float, lat_deg: float, azimuth_deg: float, start_deg: float, end_deg: float):
    return ray_line(
        LonLat(lon_deg, lat_deg),
        azimuth_deg=azimuth_deg,
        start_m=start_deg * DEGREE_M,
        end_m=end_deg * DEGREE_M,
        body=MERCURY,
    )


def test_a_ray_lies_on_its_great_circle() -> None:
    """Every point is seen from the crater in one direction, from the begin to the end."""
    line = _ray(20, 40, 70, 3, 60)

    points = np.array(line.geoms[0].coords)
    start = np.broadcast_to([20.0, 40.0], points.shape)
    azimuth_deg, _, distance_m = GEOD.inv(*start.T, *points.T)
    assert len(line.geoms) == 1
    assert azimuth_deg == pytest.approx(70)
    assert distance_m[[0, -1]] == pytest.approx([3 * DEGREE_M, 60 * DEGREE_M])


@pytest.mark.parametrize(("lon_deg", "azimuth_deg"), [(175, 90), (-175, 270)])
def test_a_ray_across_the_antimeridian_is_cut_there(lon_deg: float, azimuth_deg: float) -> None:
    """Ten degrees along the equator, half of them on each side."""
    line = _ray(lon_deg, 0, azimuth_deg, 0, 10)

    assert sorted(part.length for part in line.geoms) == pytest.approx([5, 5])
    assert line.bounds == pytest.approx((-180, 0, 180, 0))


@pytest.mark.parametrize(("lat_deg", "azimuth_deg", "pole_deg"), [(80, 0, 90), (-80, 180, -90)])
def test_a_ray_over_a_pole_goes_on_at_the_opposite_longitude(
    lat_deg: float, azimuth_deg: float, pole_deg: float
) -> None:
    """From 5 degrees before the pole to 10 behind it; no line runs along the edge of the map."""
    line = _ray(30, lat_deg, azimuth_deg, 5, 20)

    ends = {
        tuple(np.round([part.bounds[0], part.bounds[2], part.length], 6)) for part in line.geoms
    }
    assert ends == {(30, 30, 5), (-150, -150, 10)}
    assert {pole_deg} <= {*np.round(line.bounds, 6)}
