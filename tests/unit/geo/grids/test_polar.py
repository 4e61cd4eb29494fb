"""Polar views: areas, ranges and azimuths by geometry on the sphere."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_geo.errors import GridError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.polar import PolarGrid

RADIUS_M = 50_000.0


def polar(**changes: float) -> PolarGrid:
    """Return a view from 1 to 16 radii with some values changed."""
    values = {
        "radius_m": RADIUS_M,
        "rows": 4,
        "cols": 8,
        "inner_radii": 1.0,
        "outer_radii": 16.0,
    } | changes
    return PolarGrid(body=MERCURY, center=LonLat(10, 20), **values)


@given(
    rows=st.integers(1, 50),
    cols=st.integers(1, 50),
    inner=st.floats(0.5, 5),
    span=st.floats(1.1, 100),
    offset=st.floats(0, 10),
)
def test_cells_share_out_the_zone_between_inner_and_outer_range(
    rows: int, cols: int, inner: float, span: float, offset: float
) -> None:
    """All cells together have the area 2 pi R^2 (cos a - cos b) of the zone, up to the antipode."""
    grid = polar(
        rows=rows, cols=cols, inner_radii=inner, outer_radii=inner * span, offset_radii=offset
    )
    near, far = (
        min(radii * RADIUS_M / MERCURY.radius_m, math.pi) for radii in (inner, inner * span)
    )

    total_m2 = grid.cell_area_m2.sum() * cols

    zone_m2 = 2 * math.pi * MERCURY.radius_m**2 * (math.cos(near) - math.cos(far))
    assert total_m2 == pytest.approx(zone_m2, rel=1e-9, abs=1)


def test_rows_grow_by_a_constant_factor() -> None:
    """1, 2, 4, 8, 16 radii: the middles are at sqrt(2) times 1, 2, 4, 8."""
    np.testing.assert_allclose(polar().range_radii, math.sqrt(2) * np.array([1, 2, 4, 8]))
    assert polar().log_step == pytest.approx(math.log(2))


def test_an_offset_spends_fewer_rows_close_to_the_rim() -> None:
    """With offset 2, range + 2 grows from 3 to 18 by 6^(1/4) a row; the first middle is at 1.75."""
    first = polar(offset_radii=2.0).range_radii[0]

    assert first == pytest.approx(3 * 6 ** (1 / 8) - 2)
    assert first > polar().range_radii[0]


def test_azimuth_grows_clockwise_from_north() -> None:
    """Eight columns of 45 degrees, the first one centred on 22.5."""
    azimuth_deg = np.degrees(polar().azimuth_rad)

    np.testing.assert_allclose(azimuth_deg, np.arange(8) * 45 + 22.5)


def test_cells_beyond_the_antipode_are_no_part_of_the_planet() -> None:
    """The antipode lies 153.3 radii of 50 km away: beyond it rows have neither place nor area."""
    grid = polar(rows=100, outer_radii=400.0)

    beyond = grid.range_radii > MERCURY.half_circumference_m / RADIUS_M
    np.testing.assert_array_equal(grid.is_on_planet, ~beyond)
    assert beyond.any()
    assert (grid.cell_area_m2[beyond][1:] == 0).all()
    assert grid.cell_area_m2.sum() < 4 * math.pi * MERCURY.radius_m**2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": 0}, "0x8"),
        ({"inner_radii": 0.0}, "0 < inner < outer"),
        ({"inner_radii": 20.0}, "0 < inner < outer"),
        ({"offset_radii": -0.1}, "must not be negative"),
        ({"radius_m": 0.0}, "must be metres on Mercury"),
        ({"radius_m": 8e6}, "must be metres on Mercury"),
    ],
)
def test_a_view_that_cannot_be_is_refused(changes: dict, message: str) -> None:
    """No rows, ranges in the wrong order, or a crater larger than its planet."""
    with pytest.raises(GridError, match=message):
        polar(**changes)
