"""Quantities of shapes with closed forms: disc, annulus, disc with one ray, nothing."""

import math

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.patterns.ejecta_thickness import LAWS
from ejmap_geo.patterns.published_pattern import COLUMNS
from ejmap_project.analysis.crater_measures import Measured, measure
from ejmap_project.analysis.map_quantities import OF_RAY
from ejmap_project.analysis.quantities import AREAS, MEMBERS, OF_CRATER
from ejmap_project.analysis.surroundings import Surroundings
from tests.unit.project.analysis.conftest import HALF_PX, RADIUS_M, RESOLUTION_M

Plane = tuple[np.ndarray, np.ndarray]
R = MERCURY.radius_m
DISC_PX = 120


def _zone_km2(from_px: float, to_px: float) -> float:
    near, far = (math.cos(one * RESOLUTION_M / R) for one in (from_px, to_px))
    return 2 * math.pi * R**2 * (near - far) / 1e6


def _number(found: Measured, name: str) -> float:
    return float(found.quantities[name])


@pytest.fixture(scope="module")
def disc(bare: Surroundings, xy: Plane) -> Measured:
    """Measure a disc of 6 radii."""
    return measure(bare.with_mask(np.hypot(*xy) <= DISC_PX))


@pytest.fixture(scope="module")
def rayed(bare: Surroundings, xy: Plane) -> Measured:
    """Measure the disc with one ray to the east, 12 pixels wide, out to 400."""
    x, y = xy
    ray = (x > 0) & (np.abs(y) < 6) & (np.hypot(x, y) <= 400)
    return measure(bare.with_mask((np.hypot(x, y) <= DISC_PX) | ray))


@pytest.fixture(scope="module")
def nothing(bare: Surroundings) -> Measured:
    """Measure a crater without ejecta."""
    return measure(bare)


def test_every_declared_quantity_is_measured(disc: Measured) -> None:
    """Those of the members and the expected area come from elsewhere; no other name is missing."""
    elsewhere = {one.name for one in MEMBERS} | {
        one.name for one in AREAS if one.name.startswith("expected")
    }

    assert {*disc.quantities} == {one.name for one in OF_CRATER} - elsewhere
    assert len(OF_CRATER) >= 40


def test_a_disc_has_its_closed_forms(disc: Measured) -> None:
    """Areas, reach and coverage to a thousandth; the blanket to a ring of 4 pixels."""
    area_km2 = _zone_km2(20, DISC_PX)
    cosines = [math.cos(one * RESOLUTION_M / R) for one in (20, DISC_PX)]
    half_m = math.acos(sum(cosines) / 2) * R

    assert _number(disc, "ejecta_km2") == pytest.approx(area_km2, rel=2e-3)
    assert _number(disc, "ejecta_share_of_planet") == pytest.approx(
        area_km2 / (4 * math.pi * R**2 / 1e6), rel=2e-3
    )
    assert _number(disc, "reach_50_km") == pytest.approx(half_m / 1000, rel=2e-3)
    assert _number(disc, "reach_max_radii") == pytest.approx(6, rel=2e-3)
    assert _number(disc, "coverage_radius_radii") == pytest.approx(6, rel=2e-3)
    assert _number(disc, "optical_blanket_radii") == pytest.approx(6, abs=4 / 20)
    assert _number(disc, "ray_count") == 0
    assert _number(disc, "area_dipole") == pytest.approx(0, abs=1e-6)
    assert disc.quantities["impact_class"] == "no asymmetry found"


def test_blanket_and_rays_are_all_ejecta(rayed: Measured) -> None:
    """Nothing is counted twice or lost."""
    parts = _number(rayed, "blanket_km2") + _number(rayed, "rays_km2")

    assert parts == pytest.approx(_number(rayed, "ejecta_km2"))
    assert rayed.published["blanket_area"] + rayed.published["rays_area"] == rayed.published["area"]


def test_one_ray_has_its_closed_forms(rayed: Measured) -> None:
    """End, azimuth, length and launch speed of the one ray; the farthest ejecta are its end."""
    end_m = 400 * RESOLUTION_M
    z = math.tan(end_m / (2 * R))
    assert MERCURY.gravity_m_s2 is not None
    speed_m_s = math.sqrt(MERCURY.gravity_m_s2 * R * z / (0.5 + 0.5 * z))

    assert _number(rayed, "ray_count") == 1
    assert _number(rayed, "longest_ray_km") == pytest.approx(end_m / 1000, rel=5e-3)
    assert _number(rayed, "longest_ray_azimuth_deg") == pytest.approx(90, abs=0.1)
    assert _number(rayed, "launch_speed_max_km_s") == pytest.approx(speed_m_s / 1000, rel=1e-3)
    assert _number(rayed, "off_centre_share") < 0.05
    assert _number(rayed, "offset_azimuth_deg") == pytest.approx(90, abs=0.1)


def test_an_annulus_has_no_blanket(bare: Surroundings, xy: Plane) -> None:
    """Between 300 and 400 pixels: all of it is beyond the blanket, which there is none of."""
    d = np.hypot(*xy)

    found = measure(bare.with_mask((d > 300) & (d <= 400)))

    assert _number(found, "blanket_km2") == 0
    assert _number(found, "rays_km2") == pytest.approx(_zone_km2(300, 400), rel=1e-3)
    assert _number(found, "ray_count") == 0


def test_a_crater_without_ejecta_has_no_distances(nothing: Measured) -> None:
    """Areas and counts are 0, distances and directions unknown; laws hold without a map."""
    for name in (
        "ejecta_km2",
        "rays_km2",
        "ray_count",
        "optical_blanket_km",
        "total_ray_length_km",
    ):
        assert _number(nothing, name) == 0
    for name in ("reach_max_km", "reach_50_km", "coverage_radius_km", "longest_ray_km"):
        assert math.isnan(_number(nothing, name))
    assert _number(nothing, "longest_empty_deg") == 360
    assert _number(nothing, "pike_rim_m") == pytest.approx(0.033 * RADIUS_M)
    assert _number(nothing, "volume_spread") > 3


# What is 0 without ejecta is an amount; the rest does not need a map, or says what it saw.
AMOUNTS = {
    *("ejecta_km2", "inside_rim_km2", "blanket_km2", "rays_km2", "ejecta_rim_areas"),
    *("ejecta_share_of_planet", "optical_blanket_km", "optical_blanket_radii"),
    *("optical_to_continuous", "ray_count", "total_ray_length_km"),
}
WITHOUT_MASK = {
    *("radius_km", "imaged_share", "continuous_ejecta_km", "longest_empty_deg", "impact_class"),
    *(f"{law}_{what}" for law in LAWS for what in ("rim_m", "volume_km3")),
    "volume_spread",
}


def test_nothing_has_amounts_and_no_properties(nothing: Measured) -> None:
    """No direction, shape or distance of ejecta that do not exist, whichever is measured next."""
    given = {
        name: value
        for name, value in nothing.quantities.items()
        if name not in WITHOUT_MASK and not math.isnan(float(value))
    }

    assert given == dict.fromkeys(AMOUNTS, 0)


def test_what_is_even_all_around_has_no_direction(disc: Measured) -> None:
    """Harmonics of a disc are rounding errors, and so would be their azimuths."""
    for name in ("near_dipole_deg", "near_quadrupole_axis_deg"):
        assert math.isnan(_number(disc, name))
    assert _number(disc, "near_dipole") == pytest.approx(0, abs=1e-9)


def test_brightness_is_that_of_the_part(bare: Surroundings, xy: Plane) -> None:
    """Blanket of 150 levels, ground of 100."""
    disc = np.hypot(*xy) <= DISC_PX
    mosaic = np.where(disc, 150, 100).astype(np.uint8)[None]
    around = Surroundings(
        crater=bare.crater, grid=bare.grid, mask=disc, mosaic=mosaic, rim=bare.rim
    )

    found = measure(around)

    assert _number(found, "blanket_brightness") == pytest.approx(150)


def test_what_was_not_imaged_is_told(bare: Surroundings, xy: Plane) -> None:
    """A mosaic of the eastern half: a share of one half."""
    mosaic = np.where(xy[0] > 0, 100, 0).astype(np.uint8)[None]
    around = Surroundings(
        crater=bare.crater, grid=bare.grid, mask=bare.mask, mosaic=mosaic, rim=bare.rim
    )

    assert _number(measure(around), "imaged_share") == pytest.approx(0.5, abs=2e-3)


def test_published_columns_are_complete(disc: Measured) -> None:
    """All columns but the one that needs the clean row."""
    assert {*disc.published} == {*COLUMNS} - {"invalid"}
    assert len(OF_RAY) == 13
    assert disc.polar.is_ejecta.shape[0] < HALF_PX * 4
