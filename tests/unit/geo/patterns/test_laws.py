"""Launch speeds, thickness and volume against published numbers and closed forms."""

import math

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY, MOON, Body
from ejmap_geo.patterns.ejecta_thickness import LAWS, continuous_ejecta_m
from ejmap_geo.patterns.launch_speed import launch_speed_m_s


@pytest.mark.parametrize(
    ("distance_m", "km_s"),
    [(200e3, 0.84), (1000e3, 1.76), (math.radians(52) * MERCURY.radius_m, 2.43)],
)
def test_launch_speeds_on_mercury_are_those_published(distance_m: float, km_s: float) -> None:
    """Speeds at 45 degrees for 200 km, 1000 km and the 52 degrees of Hokusai's curved ray."""
    assert launch_speed_m_s(MERCURY, distance_m) / 1000 == pytest.approx(km_s, abs=0.005)


def test_a_short_flight_is_that_over_a_plane() -> None:
    """Without curvature v^2 = g d / sin 2a."""
    found = launch_speed_m_s(MOON, 100.0, launch_deg=30)

    assert MOON.gravity_m_s2 is not None
    wanted = math.sqrt(MOON.gravity_m_s2 * 100 / math.sin(math.radians(60)))
    assert found == pytest.approx(wanted, rel=1e-4)


def test_a_body_of_unknown_gravity_has_no_launch_speeds() -> None:
    """Nothing is guessed, neither there nor beyond the antipode."""
    assert math.isnan(launch_speed_m_s(Body(name="Vesta", radius_m=262_700.0), 1000.0))
    assert math.isnan(launch_speed_m_s(MERCURY, 1.01 * MERCURY.half_circumference_m))


@pytest.mark.parametrize("name", LAWS)
def test_volume_is_the_integral_of_thickness(name: str) -> None:
    """Summed ring by ring out to 30 radii."""
    law, radius_m = LAWS[name], 25_000.0
    edges = radius_m * np.geomspace(1, 30, 20_001)
    middle = np.sqrt(edges[1:] * edges[:-1])
    thickness = np.array([law.thickness_m(one, radius_m=radius_m) for one in middle])
    rings_m2 = math.pi * np.diff(edges**2)

    found = law.volume_m3(radius_m=radius_m, to_m=30 * radius_m)

    assert found == pytest.approx(float(thickness @ rings_m2), rel=1e-6)
    assert law.volume_m3(radius_m=radius_m) > found


def test_cubic_laws_hold_two_pi_radius_squared_times_the_rim() -> None:
    """The volume to infinity of r^-3 laws is 2 pi R^2 T0."""
    law = LAWS["pike"]

    wanted = 2 * math.pi * 1000.0**2 * 33.0
    assert law.volume_m3(radius_m=1000.0) == pytest.approx(wanted)


def test_continuous_ejecta_of_mercury_are_shorter_than_on_the_moon() -> None:
    """Of a radius of 10 km: 2.348 x 10^1.006 km on the Moon, 0.65 of it on Mercury."""
    moon_m = continuous_ejecta_m(MOON, radius_m=10_000)

    assert moon_m == pytest.approx(23_807, rel=1e-4)
    assert continuous_ejecta_m(MERCURY, radius_m=10_000) == pytest.approx(0.65 * moon_m)
    assert math.isnan(continuous_ejecta_m(Body(name="Vesta", radius_m=262_700.0), radius_m=1e4))
