"""Coordinates: longitude conventions and impossible points."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_geo.errors import GridError
from ejmap_geo.grids.coords import LonLat, checked, normalize_lon


@pytest.mark.parametrize(
    ("lon_deg", "expected"),
    [
        (0, 0),
        (179.5, 179.5),
        (180, -180),
        (-180, -180),
        (270, -90),
        (360, 0),
        (-190, 170),
        (725, 5),
        (math.nextafter(-180, -math.inf), -180),
    ],
)
def test_longitudes_of_any_convention_become_east_positive(lon_deg: float, expected: float) -> None:
    """0..360, several turns and a hair too far west come to [-180, 180)."""
    assert normalize_lon(lon_deg) == expected


@given(st.floats(-1e6, 1e6))
def test_normalising_keeps_the_meridian(lon_deg: float) -> None:
    """In range, and on the same great half circle."""
    normal_deg = normalize_lon(lon_deg)

    assert -180 <= normal_deg < 180
    assert math.cos(math.radians(normal_deg - lon_deg)) == pytest.approx(1, abs=1e-9)


@given(st.floats(-180, 180, exclude_max=True))
def test_a_longitude_in_range_keeps_every_digit(lon_deg: float) -> None:
    """A modulo would change the last ones."""
    assert normalize_lon(lon_deg) == lon_deg


@pytest.mark.parametrize(
    ("point", "message"),
    [
        (LonLat(0, 90.0001), "latitude must lie"),
        (LonLat(0, -91), "latitude must lie"),
        (LonLat(math.nan, 0), "must be finite"),
        (LonLat(0, math.inf), "must be finite"),
    ],
)
def test_points_that_are_nowhere_are_refused(point: LonLat, message: str) -> None:
    """Beyond a pole or not a number."""
    with pytest.raises(GridError, match=message):
        checked(point)
