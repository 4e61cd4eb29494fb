"""Bodies: the spheres of the published data."""

import math
from pathlib import Path

import pytest
from pyproj import CRS

from ejmap_cli.command import BODIES as OFFERED
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


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_code_of_the_iau_is_of_the_body(body: Body) -> None:
    """Longitude and latitude on a sphere, and simple cylindrical ten numbers later."""
    degrees = CRS.from_user_input(f"IAU_2015:{body.iau_code}")
    flat = CRS.from_user_input(f"IAU_2015:{(body.iau_code or 0) + 10}")

    assert degrees.name.startswith(f"{body.name} (2015) - Sphere")
    assert flat.name.startswith(f"{degrees.name} / Equirectangular, clon = 0")


@pytest.mark.parametrize(
    ("name", "gm_km3_s2"),
    [
        *(("Mercury", 22031.87), ("Moon", 4902.80), ("Mars", 42828.37), ("Ceres", 62.629)),
        *(("Vesta", 17.288), ("Ganymede", 9887.83), ("Callisto", 7179.28), ("Europa", 3202.71)),
        *(("Dione", 73.116), ("Rhea", 153.942)),
    ],
)
def test_gravity_follows_from_mass_and_radius(name: str, gm_km3_s2: float) -> None:
    """GM of NAIF's kernel gm_de440 over the square of the radius."""
    body = body_named(name)

    gravity_m_s2 = gm_km3_s2 * 1e9 / body.radius_m**2
    assert body.gravity_m_s2 == pytest.approx(gravity_m_s2, rel=3e-4)


def test_another_radius_has_no_code_and_the_gravity_of_the_same_mass() -> None:
    """Mars on its mean sphere: weaker codes, stronger gravity by the square of the radii."""
    mars, mean = body_named("Mars"), body_named("mars:3389.5")

    assert (mean.radius_m, mean.authority, mean.cylindrical) == (3_389_500.0, None, None)
    assert mean.gravity_m_s2 == pytest.approx((mars.gravity_m_s2 or 0) * (3396.19 / 3389.5) ** 2)
    assert body_named("Mars:3396.19") is mars
    assert (mars.stated, mean.stated) == ("Mars", "Mars:3389.5")


@pytest.mark.parametrize("radius", ["3389500", "1737.4", "0", "-1", "nan", "inf", "", "3389 km"])
def test_a_radius_of_another_unit_or_body_is_refused(radius: str) -> None:
    """Metres, the Moon's, none, with a unit."""
    with pytest.raises(BodyError, match=r"radius of Mars (is 3396.19 km|must be a number of)"):
        body_named(f"Mars:{radius}")


def test_only_bodies_that_are_no_spheres_are_told() -> None:
    """Vesta's longest axis is 289 km on a sphere of 255 km, Ceres' poles are 5 % too high."""
    told = {name: body.doubt for name, body in BODIES.items() if body.doubt}

    assert {*told} == {"ceres", "vesta"}
    assert told["vesta"].endswith("mapped on a sphere of 255 km: distances are wrong by up to 13%")
    assert "by up to 5%" in told["ceres"]


def test_the_help_names_the_bodies_that_there_are() -> None:
    """The command line names them again, because importing them takes a second."""
    assert tuple(body.name for body in BODIES.values()) == OFFERED


def test_the_page_of_data_lists_the_bodies_as_they_are() -> None:
    """One row of the table a body, in the order of the code."""
    page = Path(__file__).parents[4] / "docs" / "data.md"
    text = page.read_text(encoding="utf-8")
    table = text.partition("<!-- bodies -->\n")[2].partition("<!-- /bodies -->")[0]

    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]
    ]
    assert rows == [
        [
            body.name,
            f"{body.radius_m / 1000:.10g}",
            body.authority,
            body.cylindrical or "",
            f"{body.gravity_m_s2:g}",
            "" if body.apex_lon_deg is None else f"{body.apex_lon_deg:g}",
        ]
        for body in BODIES.values()
    ]
