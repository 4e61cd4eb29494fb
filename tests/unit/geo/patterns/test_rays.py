"""Rays, their directions and the polar view they are found in, on drawn shapes."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.patterns.orientation import off_centre_share, orientation
from ejmap_geo.patterns.polar_mask import polar_mask
from ejmap_geo.patterns.rays import Ray, find_rays
from tests.unit.geo.patterns.conftest import RESOLUTION_M, Scene

BLANKET_PX = 100


def _rays(scene: Scene, mask: np.ndarray, mosaic: np.ndarray | None = None) -> list[Ray]:
    polar = scene.polar(mask | (scene.d <= BLANKET_PX), mosaic)
    return find_rays(
        polar,
        orientation(polar),
        radius_m=scene.radius_m,
        from_m=BLANKET_PX * RESOLUTION_M,
    )


def _bar(scene: Scene, azimuth_deg: float, *, half_px: float, end_px: float) -> np.ndarray:
    """Return a bar that points away from the centre."""
    turn = math.radians(azimuth_deg)
    along = scene.x * math.sin(turn) + scene.y * math.cos(turn)
    across = scene.x * math.cos(turn) - scene.y * math.sin(turn)
    return (along > 0) & (np.abs(across) < half_px) & (scene.d < end_px)


def test_one_ray_has_the_measures_it_was_drawn_with(scene: Scene) -> None:
    """A bar at 30 degrees, 10 px wide, out to 500 px, 40 levels brighter than the ground."""
    mask = _bar(scene, 30, half_px=5, end_px=500)
    mosaic = np.where(mask, 140, 100).astype(np.uint8)[None]

    (ray,) = _rays(scene, mask, mosaic)

    assert ray.azimuth_deg == pytest.approx(30, abs=0.1)
    assert ray.start_m == pytest.approx(BLANKET_PX * RESOLUTION_M, rel=5e-3)
    assert ray.end_m == pytest.approx(500 * RESOLUTION_M, rel=5e-3)
    assert ray.contrast == pytest.approx(40)
    assert ray.straightness > 0.999
    assert ray.aligned_share > 0.95
    # On the sphere a strip of constant width in azimuthal view narrows as sin c / c.
    c = np.linspace(BLANKET_PX, 500, 999) * RESOLUTION_M / MERCURY.radius_m
    width_m = 10 * RESOLUTION_M * float(np.mean(np.sin(c) / c))
    assert ray.width_m == pytest.approx(width_m, rel=0.02)


def test_rays_are_counted_across_north(scene: Scene) -> None:
    """Seven rays, one of them astride column 0."""
    azimuths = [0, 40, 95, 160, 201, 250, 330]
    mask = np.any([_bar(scene, one, half_px=4, end_px=400) for one in azimuths], axis=0)

    found = [ray.azimuth_deg for ray in _rays(scene, mask)]

    turned = np.sort((np.array(found) + 5) % 360)
    np.testing.assert_allclose(turned, np.add(azimuths, 5), atol=0.2)


def test_a_broken_ray_is_one_ray(scene: Scene) -> None:
    """Pieces in one direction are the same ray; gaps do not count as width."""
    mask = _bar(scene, 120, half_px=5, end_px=500) & (scene.d % 80 < 50)

    (ray,) = _rays(scene, mask)

    assert ray.length_m == pytest.approx(400 * RESOLUTION_M, rel=0.1)
    assert ray.width_m == pytest.approx(9.3 * RESOLUTION_M, rel=0.05)


def test_a_ring_is_no_ray(scene: Scene) -> None:
    """Ejecta of the same extent all around have no peak; neither have none at all."""
    annulus = (scene.d > 200) & (scene.d < 300)

    assert _rays(scene, annulus) == []
    assert _rays(scene, np.zeros(scene.grid.shape, np.bool_)) == []


@pytest.mark.parametrize(
    ("turned_deg", "share"), [(0.0, 0.0), (10.0, 0.0), (25.0, 1.0), (-40.0, 1.0)]
)
def test_a_spiral_is_turned_by_its_angle(scene: Scene, turned_deg: float, share: float) -> None:
    """A logarithmic spiral cuts all directions away from the centre at one angle.

    In the conformal view of the sphere the radius is tan(c / 2).
    """
    c = scene.d * RESOLUTION_M / MERCURY.radius_m
    azimuth = np.degrees(np.log(np.tan(c / 2)) * math.tan(math.radians(turned_deg)))
    mask = np.abs((scene.a - azimuth + 180) % 360 - 180) < 4
    polar = scene.polar(mask)

    found = orientation(polar)

    rows = slice(polar.first_row(200 * RESOLUTION_M), polar.first_row(500 * RESOLUTION_M))
    directed = found.turned_deg[rows][found.is_directed[rows]]
    assert np.median(directed) == pytest.approx(turned_deg, abs=1)
    off = off_centre_share(found, polar, from_m=200 * RESOLUTION_M)
    assert off == pytest.approx(share, abs=0.1)


def test_a_curved_ray_is_less_straight(scene: Scene) -> None:
    """A ray whose azimuth drifts lies aside of the great circle through its middle."""
    drift = np.abs(scene.a - scene.d / 10) < 3
    straight = np.abs(scene.a - 30) < 3

    (curved,), (plain,) = (_rays(scene, one & (scene.d < 500)) for one in (drift, straight))

    assert curved.straightness < 0.95 < plain.straightness
    assert curved.aligned_share < plain.aligned_share


def test_cells_of_a_polar_view_cover_the_sphere(
    scene_at: Callable[[LonLat], Scene], center: LonLat
) -> None:
    """The area of a disc summed over cells is that of the zone, at every place of a planet."""
    scene = scene_at(center)
    polar = scene.polar(scene.d <= 400)

    area_m2 = float(polar.is_ejecta.sum(axis=1) @ polar.cell_m2)

    c0, c1 = (one * RESOLUTION_M / MERCURY.radius_m for one in (20, 400))
    zone_m2 = 2 * math.pi * MERCURY.radius_m**2 * (math.cos(c0) - math.cos(c1))
    assert area_m2 == pytest.approx(zone_m2, rel=6e-3)


def test_a_raster_within_the_rim_has_no_polar_view(scene: Scene) -> None:
    """There is nothing to look at."""
    with pytest.raises(RasterError, match="does not reach beyond a rim"):
        polar_mask(
            np.zeros(scene.grid.shape, np.bool_),
            np.zeros((1, *scene.grid.shape), np.uint8),
            azimuthal=scene.grid,
            radius_m=2_500_000,
        )


def test_specks_do_not_make_a_ray_longer(scene: Scene) -> None:
    """A ray out to 300 px, and a spot of 6 px, a third of a crater radius, in line with it."""
    spot = (np.abs(scene.x) < 3) & (np.abs(scene.y - 450) < 3)

    (ray,) = _rays(scene, _bar(scene, 0, half_px=5, end_px=300) | spot)

    assert ray.end_m == pytest.approx(300 * RESOLUTION_M, rel=5e-3)


def test_what_is_likelier_no_ejecta_is_no_ray(scene: Scene) -> None:
    """Two bars of a mask that is drawn at a lower border: the one of probability .45 is none."""
    sure, unsure = (_bar(scene, one, half_px=5, end_px=500) for one in (30, 200))
    blanket = scene.d <= BLANKET_PX
    polar = polar_mask(
        sure | unsure | blanket,
        np.full((1, *scene.grid.shape), 100, np.uint8),
        azimuthal=scene.grid,
        radius_m=scene.radius_m,
        probability=np.where(sure | blanket, 0.8, np.where(unsure, 0.45, 0)).astype(np.float32),
    )

    (ray,) = find_rays(
        polar, orientation(polar), radius_m=scene.radius_m, from_m=BLANKET_PX * RESOLUTION_M
    )

    assert ray.azimuth_deg == pytest.approx(30, abs=0.1)
