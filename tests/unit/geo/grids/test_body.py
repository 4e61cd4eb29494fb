"""Bodies: the spheres of the published data."""

import math

import pytest
from pyproj import CRS

from ejmap_geo.errors import BodyError
from ejmap_geo.grids.body import BODIES, MERCURY, Body, body_named


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_body_is_the_sphere_of_its_registered_crs(body: Body) -> None:
    """The radius is the one that the authority gives for the code."""
    ellipsoid = CRS.from_user_input(body.authority).ellipsoid

    assert ellipsoid is not None
    assert ellipsoid.semi_major_metre == ellipsoid.semi_minor_metre == body.radius_m


def test_half_of_the_circumference_of_mercury() -> None:
    """Pi times 2439.4 km."""
    assert MERCURY.half_circumference_m == pytest.approx(7_663_601.11, abs=0.01)


def test_a_body_is_found_by_name_in_any_case() -> None:
    """Settings may write Mercury or mercury."""
    assert body_named("mErCuRy") is MERCURY


def test_an_unknown_body_is_refused_with_the_known_ones() -> None:
    """The message says what can be asked for."""
    with pytest.raises(BodyError, match="unknown body 'Vulcan'; known bodies are Mercury, Moon"):
        body_named("Vulcan")


@pytest.mark.parametrize("radius_m", [0.0, -1.0, math.nan, math.inf])
def test_a_radius_that_cannot_be_is_refused(radius_m: float) -> None:
    """Zero, negative and not finite."""
    with pytest.raises(BodyError, match="positive metres"):
        Body(name="Nowhere", radius_m=radius_m)
