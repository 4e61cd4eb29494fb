"""Every quantity of a crater against the closed form of a disc, a ray on it, or a sector of it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.analysis.crater_measures import Measured, measure
from ejmap_project.analysis.quantities import MEMBERS, OF_CRATER
from ejmap_project.analysis.surroundings import Mapped, Surroundings, surroundings
from ejmap_project.basemap import Basemap
from tests.unit.project.analysis.conftest import RADIUS_M, RESOLUTION_M

Plane = tuple[np.ndarray, np.ndarray]
# Value and relative tolerance.
Forms = dict[str, tuple[float, float]]
R, RIM_PX, DISC_PX, RAY_PX, RAY_WIDTH_PX = MERCURY.radius_m, 20, 120, 400, 12
RIM_KM, DISC_KM, RAY_KM = (one * RESOLUTION_M / 1000 for one in (RIM_PX, DISC_PX, RAY_PX))
EXACT, PIXEL = 1e-3, 1e-2
GAP_DEG = 90.0
# Laws of the thickness at the rim in metres and the power with which it falls.
LAWS = {
    "mcgetchin": (0.14 * RADIUS_M**0.74, 3.0),
    "pike": (0.033 * RADIUS_M, 3.0),
    "housen": (0.0078 * RADIUS_M, 2.61),
}


def _zone_km2(from_px: float, to_px: float) -> float:
    near, far = (math.cos(one * RESOLUTION_M / R) for one in (from_px, to_px))
    return 2 * math.pi * R**2 * (near - far) / 1e6


def _quantile_km(share: float) -> float:
    """Return the distance within which a share of the area of the disc beyond the rim lies."""
    near, far = (math.cos(one * 1000 / R) for one in (RIM_KM, DISC_KM))
    return math.acos(near - share * (near - far)) * R / 1000


def _thickness(blanket_km: float) -> Forms:
    forms: Forms = {}
    volumes = []
    for name, (rim_m, power) in LAWS.items():
        volume_km3 = 2 * math.pi * RADIUS_M**2 * rim_m / (power - 2) / 1e9
        volumes.append(volume_km3)
        forms[f"{name}_rim_m"] = (rim_m, 1e-9)
        forms[f"{name}_edge_m"] = (rim_m * (blanket_km / RIM_KM) ** -power, 1e-9)
        forms[f"{name}_volume_km3"] = (volume_km3, 1e-9)
    return forms | {"volume_spread": (max(volumes) / min(volumes), 1e-9)}


def _of_disc(found: Measured) -> Forms:
    area_km2, blanket_km = _zone_km2(RIM_PX, DISC_PX), found.blanket_px * RESOLUTION_M / 1000
    continuous_km = 0.65 * 2.348 * RIM_KM**1.006
    reach = {percent: _quantile_km(percent / 100) for percent in (99, 95, 90, 75, 50, 25)}
    return {
        "radius_km": (RIM_KM, 1e-9),
        "imaged_share": (1, EXACT),
        "ejecta_km2": (area_km2, EXACT),
        "inside_rim_km2": (_zone_km2(0, RIM_PX), PIXEL),
        "ejecta_rim_areas": (area_km2 / (math.pi * RIM_KM**2), EXACT),
        "ejecta_share_of_planet": (area_km2 / (4 * math.pi * R**2 / 1e6), EXACT),
        "coverage_radius_km": (DISC_KM, 5e-3),
        "coverage_radius_radii": (DISC_KM / RIM_KM, 5e-3),
        # From 1 to 0 over a tenth of the distance on either side.
        "coverage_slope": (-1 / math.log(1.1 / 0.9), EXACT),
        # Rings of four pixels.
        "optical_blanket_km": (DISC_KM, 4 / DISC_PX),
        "optical_blanket_radii": (blanket_km / RIM_KM, 1e-9),
        "continuous_ejecta_km": (continuous_km, 1e-9),
        "optical_to_continuous": (blanket_km / continuous_km, 1e-9),
        "reach_max_km": (DISC_KM, 5e-3),
        "reach_max_radii": (DISC_KM / RIM_KM, 5e-3),
        "reach_max_deg": (math.degrees(DISC_KM * 1000 / R), 5e-3),
        **{f"reach_{percent}_km": (one, 3e-3) for percent, one in reach.items()},
        "reach_99_radii": (reach[99] / RIM_KM, 3e-3),
        "reach_50_radii": (reach[50] / RIM_KM, 3e-3),
        "launch_speed_max_km_s": (_launch_km_s(DISC_KM), 3e-3),
        "longest_empty_deg": (0, 0),
        "blanket_brightness": (100, EXACT),
        **_thickness(blanket_km),
    }


def _launch_km_s(distance_km: float) -> float:
    z = math.tan(distance_km * 1000 / (2 * R))
    assert MERCURY.gravity_m_s2 is not None
    return math.sqrt(MERCURY.gravity_m_s2 * R * z / (0.5 + 0.5 * z)) / 1000


def _of_ray(found: Measured, ejecta: np.ndarray, xy: Plane) -> Forms:
    x, y = xy
    d = np.hypot(x, y)
    arc = d * RESOLUTION_M / R
    weight = (np.sin(arc) / arc) * (ejecta & (d > RIM_PX))
    turned = (x + 1j * y) / d
    mean = (weight * (x + 1j * y)).sum() / weight.sum() * RESOLUTION_M
    blanket_km = found.blanket_px * RESOLUTION_M / 1000
    length_km = RAY_KM - blanket_km
    beyond = d * RESOLUTION_M / 1000 > blanket_km
    rays_km2 = (weight * beyond).sum() * RESOLUTION_M**2 / 1e6
    blanket_km2 = (weight * ~beyond).sum() * RESOLUTION_M**2 / 1e6
    return {
        "blanket_km2": (blanket_km2, EXACT),
        "rays_km2": (rays_km2, EXACT),
        "offset_km": (abs(mean) / 1000, EXACT),
        "offset_azimuth_deg": (90, EXACT),
        "area_dipole": (abs((weight * turned).sum() / weight.sum()), 2e-3),
        "area_quadrupole": (abs((weight * turned**2).sum() / weight.sum()), 2e-3),
        "ray_count": (1, 0),
        "longest_ray_km": (RAY_KM, 5e-3),
        "longest_ray_radii": (RAY_KM / RIM_KM, 5e-3),
        "longest_ray_deg": (math.degrees(RAY_KM * 1000 / R), 5e-3),
        "longest_ray_azimuth_deg": (90, EXACT),
        **{f"ray_length_{one}_km": (length_km, 2e-2) for one in (99, 95, 90, 50)},
        "total_ray_length_km": (length_km, 2e-2),
        # Edges that are parallel on the raster come closer on the sphere.
        "mean_ray_width_km": (rays_km2 / length_km, 5e-2),
        "mean_ray_contrast": (50, 2e-2),
        "mean_ray_straightness": (1, 5e-3),
        "rays_brightness": (150, 2e-2),
    }


def _of_gap() -> Forms:
    """Return harmonics of a step: 1 over three quarters of the azimuths, 0 in the north."""
    width = math.radians(GAP_DEG)
    return {
        "near_dipole": (2 * math.sin(width / 2) / (2 * math.pi - width), PIXEL),
        "near_dipole_deg": (180, PIXEL),
        "near_quadrupole": (math.sin(width) / (2 * math.pi - width), PIXEL),
        "near_quadrupole_axis_deg": (90, PIXEL),
        "longest_empty_deg": (GAP_DEG, 5 * PIXEL),
        "avoidance_width_deg": (GAP_DEG, 2 * PIXEL),
        "gap_explained": (1, 5e-2),
        "downrange_deg": (180, PIXEL),
    }


def _of_zone() -> Forms:
    """Return a step over azimuth in probability, to a third, and in light."""
    return {"joint_explained": (1, 5e-2), "joint_left": (1 / 3, PIXEL)}


@pytest.fixture(scope="module")
def disc(bare: Surroundings, xy: Plane) -> Measured:
    """Measure a disc of 6 radii."""
    return measure(bare.with_mask(np.hypot(*xy) <= DISC_PX))


@pytest.fixture(scope="module")
def ejecta(xy: Plane) -> np.ndarray:
    """Give the disc with one ray to the east."""
    x, y = xy
    ray = (x > 0) & (np.abs(y) < RAY_WIDTH_PX / 2) & (np.hypot(x, y) <= RAY_PX)
    return (np.hypot(x, y) <= DISC_PX) | ray


@pytest.fixture(scope="module")
def rayed(bare: Surroundings, ejecta: np.ndarray, xy: Plane) -> Measured:
    """Measure it, its ray 50 grey levels brighter than disc and ground."""
    bright = np.where(ejecta & (np.hypot(*xy) > DISC_PX), 150, 100).astype(np.uint8)
    return measure(replace(bare, mask=ejecta, mosaic=np.stack([bright] * 3)))


@pytest.fixture(scope="module")
def sector(bare: Surroundings, xy: Plane) -> Measured:
    """Measure a disc without its northern quarter."""
    x, y = xy
    is_north = np.abs(np.degrees(np.arctan2(x, y))) < GAP_DEG / 2
    return measure(bare.with_mask((np.hypot(x, y) <= 9 * RIM_PX) & ~is_north))


@pytest.fixture(scope="module")
def dim(bare: Surroundings, xy: Plane) -> Measured:
    """Measure a disc whose northern half is darker and a third as probable."""
    x, y = xy
    ground = np.where(y > 0, 60, 100).astype(np.uint8)
    disc = np.hypot(x, y) <= DISC_PX
    probability = np.where(disc, np.where(y > 0, 0.3, 0.9), 0).astype(np.float32)
    return measure(replace(bare, mask=disc, mosaic=np.stack([ground] * 3), probability=probability))


def _check(found: Measured, forms: Forms) -> None:
    wrong = {
        name: (float(found.quantities[name]), value)
        for name, (value, tolerance) in forms.items()
        if float(found.quantities[name]) != pytest.approx(value, rel=tolerance, abs=1e-9)
    }
    assert wrong == {}


def test_a_disc_has_the_closed_form_of_each_quantity(disc: Measured) -> None:
    """Areas of zones of the sphere, quantiles by area, laws of thickness at its blanket."""
    _check(disc, _of_disc(disc))


def test_a_ray_has_the_closed_form_of_each_quantity(
    rayed: Measured, ejecta: np.ndarray, xy: Plane
) -> None:
    """Sums over pixels by hand, and a ray from the blanket to its end."""
    _check(rayed, _of_ray(rayed, ejecta, xy))
    assert float(rayed.quantities["off_centre_share"]) < 0.05


def test_a_missing_quarter_has_the_closed_form_of_each_quantity(sector: Measured) -> None:
    """First and second harmonic of a step, and a zone of avoidance in the north."""
    _check(sector, _of_gap())
    azimuth_deg = float(sector.quantities["avoidance_azimuth_deg"])
    assert math.cos(math.radians(azimuth_deg)) == pytest.approx(1, abs=1e-3)
    assert float(sector.quantities["gap_left"]) < 0.1
    assert sector.quantities["impact_class"] == "zone of avoidance, below 25 degrees"


def test_a_dark_and_unlikely_half_is_a_zone(dim: Measured) -> None:
    """A step over azimuth, with the impactor from the north."""
    _check(dim, _of_zone())
    assert float(dim.quantities["downrange_deg"]) == pytest.approx(180, abs=2)


def test_every_quantity_is_held_by_a_closed_form(
    disc: Measured, rayed: Measured, ejecta: np.ndarray, xy: Plane
) -> None:
    """Whoever adds a quantity adds its closed form; members and expected areas have their own."""
    held = {*_of_disc(disc), *_of_ray(rayed, ejecta, xy), *_of_gap(), *_of_zone()}
    held |= {"off_centre_share", "avoidance_azimuth_deg", "gap_left", "impact_class"}
    elsewhere = {one.name for one in MEMBERS}
    elsewhere |= {f"expected_{end}km2" for end in ("", "low_", "high_")}

    assert {one.name for one in OF_CRATER} - elsewhere - held == set()


@pytest.mark.parametrize("azimuth_deg", [0, 17, 45, 225])
def test_a_ray_is_as_long_in_every_direction(
    bare: Surroundings, xy: Plane, azimuth_deg: float
) -> None:
    """What is cut out about ejecta holds a circle about them: no corner of a square is left out."""
    x, y = xy
    azimuth = math.radians(azimuth_deg)
    along = x * math.sin(azimuth) + y * math.cos(azimuth)
    across = x * math.cos(azimuth) - y * math.sin(azimuth)
    distance_px = np.hypot(x, y)
    mask = distance_px < 60
    mask |= (along > 0) & (along < RAY_PX) & (np.abs(across) < RAY_WIDTH_PX / 2)
    ground = BasemapGrid(body=MERCURY, width_px=512)
    basemap = Basemap(np.full((1, *ground.shape), 100, np.uint8), ground)

    around = surroundings(
        Mapped(mask, None), basemap=basemap, crater=bare.crater, grid=bare.grid, rim=None
    )
    found = measure(around).quantities

    c = distance_px * RESOLUTION_M / R
    pixel_km2 = RESOLUTION_M**2 * np.sin(c) / c / 1e6
    area_km2 = pixel_km2[mask & (distance_px >= RIM_PX)].sum()
    assert found["ejecta_km2"] == pytest.approx(area_km2, rel=EXACT)
    farthest_km = distance_px[mask].max() * RESOLUTION_M / 1000
    assert found["reach_max_km"] == pytest.approx(farthest_km, rel=1e-9)
    assert found["longest_ray_km"] == pytest.approx(RAY_KM, rel=2 * PIXEL)
    assert found["reach_99_km"] <= found["reach_max_km"]
