"""Areas, reach and moments of shapes on the sphere with closed forms."""

import math

import numpy as np
import pytest

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from tests.unit.geo.patterns.conftest import HALF_PX, RADIUS_PX, RESOLUTION_M, Scene

R = MERCURY.radius_m


def _zone_m2(from_px: float, to_px: float) -> float:
    near, far = (math.cos(one * RESOLUTION_M / R) for one in (from_px, to_px))
    return 2 * math.pi * R**2 * (near - far)


def test_a_disc_has_the_area_of_a_zone_of_the_sphere(scene: Scene) -> None:
    """A disc of 1600 km covers 2 pi R^2 (1 - cos c), three per cent less than on a plane."""
    sums = scene.ring_sums(scene.d <= 400)

    assert sums.area_m2() == pytest.approx(_zone_m2(RADIUS_PX, 400), rel=1e-3)
    assert sums.inside_m2 == pytest.approx(_zone_m2(0, RADIUS_PX), rel=1e-2)
    assert sums.area_m2(0, 200 * RESOLUTION_M) == pytest.approx(_zone_m2(RADIUS_PX, 200), rel=1e-3)
    assert sums.area_m2(200 * RESOLUTION_M) == pytest.approx(_zone_m2(200, 400), rel=1e-3)


def test_reach_divides_the_area_of_an_annulus(scene: Scene) -> None:
    """Half of the area of a zone lies within the mean of the cosines of its edges."""
    sums = scene.ring_sums((scene.d > 200) & (scene.d <= 500))

    half_m = sums.reach_m([0.5])[0]

    cosines = [math.cos(one * RESOLUTION_M / R) for one in (200, 500)]
    assert half_m == pytest.approx(R * math.acos(sum(cosines) / 2), rel=1e-3)
    assert sums.farthest_m == pytest.approx(500 * RESOLUTION_M, rel=1e-3)


def test_half_a_disc_has_a_dipole_of_two_over_pi(scene: Scene) -> None:
    """The eastern half: mean of exp(i a) is 2/pi at 90 degrees, and no quadrupole."""
    sums = scene.ring_sums((scene.d <= 400) & (scene.x > 0))

    assert sums.moment(1) == pytest.approx(2j / math.pi, abs=1e-4)
    assert sums.moment(2) == pytest.approx(0, abs=1e-3)
    assert sums.offset_m().real == pytest.approx(0, abs=1)
    assert sums.offset_m().imag > 0


def test_two_opposite_quarters_have_a_quadrupole(scene: Scene) -> None:
    """Quarters about east and west: mean of exp(2 i a) is -2/pi, of exp(i a) 0."""
    sums = scene.ring_sums((scene.d <= 400) & (np.abs(scene.x) > np.abs(scene.y)))

    assert sums.moment(2) == pytest.approx(-2 / math.pi, abs=2e-3)
    assert sums.moment(1) == pytest.approx(0, abs=1e-4)


def test_an_empty_mask_has_no_reach(scene: Scene) -> None:
    """Areas and moments are 0, distances unknown."""
    sums = scene.ring_sums(np.zeros(scene.grid.shape, np.bool_))

    assert (sums.area_m2(), sums.farthest_m) == (0, 0)
    assert all(np.isnan(one) for one in (sums.moment(1), sums.moment(2), sums.offset_m()))
    assert np.isnan(sums.reach_m([0.5])).all()


def test_unimaged_pixels_are_no_ground_but_ejecta_always_are(scene: Scene) -> None:
    """Ejecta that were mapped where nothing was imaged count in both."""
    mask = (scene.d > 100) & (scene.d < 200) & (scene.y > 0)

    sums = scene.ring_sums(mask, imaged=scene.x > 0)

    ring = slice(120, 180)
    share = sums.ejecta_px[ring] / sums.imaged_px[ring]
    np.testing.assert_allclose(share, 2 / 3, atol=0.01)


def test_a_mask_of_another_raster_is_refused(scene: Scene) -> None:
    """Rows and columns have to be those of the grid."""
    with pytest.raises(RasterError, match="shape of their grid"):
        scene.ring_sums(np.zeros((HALF_PX, HALF_PX), np.bool_))
