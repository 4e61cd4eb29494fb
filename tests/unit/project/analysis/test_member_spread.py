"""Spread of the members of an ensemble: discs of several sizes."""

import math

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.polar import PolarGrid
from ejmap_project.analysis.member_spread import member_spread
from ejmap_project.analysis.quantities import MEMBERS

POLAR = PolarGrid(
    body=MERCURY,
    center=LonLat(10, 20),
    radius_m=30_000.0,
    rows=600,
    cols=64,
    inner_radii=0.5,
    outer_radii=40.0,
)


def _disc(radii: float) -> np.ndarray:
    inside = POLAR.range_radii <= radii
    return np.where(inside[:, None], 0.9, 0.1).repeat(POLAR.cols, axis=1).astype(np.float32)


def test_the_spread_is_that_of_the_smallest_and_largest_disc() -> None:
    """Members that see 3, 4 and 5 radii: areas of zones from the rim to there."""
    found = member_spread(
        [_disc(one) for one in (4, 3, 5)], polar=POLAR, reach_m=1_000_000
    ).quantities

    def zone_km2(radii: float) -> float:
        near, far = (math.cos(one * POLAR.radius_m / MERCURY.radius_m) for one in (1, radii))
        return 2 * math.pi * MERCURY.radius_m**2 * (near - far) / 1e6

    assert {*found} == {one.name for one in MEMBERS}
    assert found["ejecta_km2_low"] == pytest.approx(zone_km2(3), rel=0.02)
    assert found["ejecta_km2_high"] == pytest.approx(zone_km2(5), rel=0.02)
    assert found["coverage_radius_km_low"] == pytest.approx(90, rel=0.01)
    assert found["coverage_radius_km_high"] == pytest.approx(150, rel=0.01)
    for end, radii in (("low", 3), ("high", 5)):
        rim, edge = (one * POLAR.radius_m / MERCURY.radius_m for one in (1, radii))
        for percent in (50, 99):
            within = math.cos(rim) - percent / 100 * (math.cos(rim) - math.cos(edge))
            wanted_km = math.acos(within) * MERCURY.radius_m / 1000
            assert found[f"reach_{percent}_km_{end}"] == pytest.approx(wanted_km, rel=0.01)
    assert found["reach_max_km_high"] == pytest.approx(150, rel=0.01)


def test_members_without_ejecta_have_no_distances() -> None:
    """Their area is 0; the distances are those of the others, or unknown."""
    none = np.zeros(POLAR.shape, np.float32)

    alone = member_spread([none], polar=POLAR, reach_m=1_000_000).quantities
    mixed = member_spread([none, _disc(3)], polar=POLAR, reach_m=1_000_000).quantities

    assert alone["ejecta_km2_low"] == alone["ejecta_km2_high"] == 0
    assert math.isnan(alone["reach_max_km_low"])
    assert mixed["ejecta_km2_low"] == 0
    assert mixed["reach_max_km_low"] == pytest.approx(90, rel=0.01)


def test_nothing_beyond_the_reach_counts() -> None:
    """Ejecta are looked for no farther than that."""
    found = member_spread([_disc(30)], polar=POLAR, reach_m=5 * POLAR.radius_m).quantities

    assert found["reach_max_km_high"] == pytest.approx(150, rel=0.01)


def test_the_band_of_coverage_lies_between_the_members() -> None:
    """Everybody sees ejecta up to 3 radii, somebody up to 5, nobody beyond."""
    found = member_spread([_disc(3), _disc(5)], polar=POLAR, reach_m=1_000_000)

    r = found.range_radii
    np.testing.assert_array_equal(found.lowest, r <= 3)
    np.testing.assert_array_equal(found.highest, r <= 5)
