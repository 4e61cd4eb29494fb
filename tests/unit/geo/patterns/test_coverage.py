"""Coverage: where half of a circle stops being ejecta."""

import math

import numpy as np
import pytest

from ejmap_geo.patterns.coverage import coverage, coverage_curve
from tests.unit.geo.patterns.conftest import RESOLUTION_M, Scene


def test_a_disc_is_covered_out_to_its_edge(scene: Scene) -> None:
    """The coverage steps from 1 to 0 at the edge, to a thousandth of the distance."""
    found = coverage(scene.ring_sums(scene.d <= 400))

    assert found.radius_m == pytest.approx(400 * RESOLUTION_M, rel=1e-3)
    assert found.slope < -4


def test_a_share_that_falls_with_distance_is_half_where_it_should(scene: Scene) -> None:
    """A share of 1 - d / 500 px: one half at 250 px, where it falls by d / 500 each e-folding."""
    mask = np.abs(scene.a) < 180 * (1 - scene.d / 500)

    sums = scene.ring_sums(mask)
    found = coverage(sums)

    assert found.radius_m == pytest.approx(250 * RESOLUTION_M, rel=5e-3)
    assert found.slope == pytest.approx(-0.5, rel=0.03)
    np.testing.assert_allclose(coverage_curve(sums)[100], 0.8, atol=0.01)


def test_few_ejecta_have_no_radius_of_coverage(scene: Scene) -> None:
    """A quarter all the way is nowhere one half."""
    found = coverage(scene.ring_sums(np.abs(scene.a) < 45))

    assert math.isnan(found.radius_m)
    assert math.isnan(found.slope)


def test_ejecta_to_the_edge_of_the_raster_have_no_slope(scene: Scene) -> None:
    """What lies beyond is not known."""
    found = coverage(scene.ring_sums(np.ones(scene.grid.shape, np.bool_)))

    assert found.radius_m == pytest.approx(600 * RESOLUTION_M)
    assert math.isnan(found.slope)
