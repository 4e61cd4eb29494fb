"""Ejecta against ground at equal distance: trends cancel, intervals come from sectors."""

import numpy as np
import pytest

from ejmap_geo.patterns.equal_distance import (
    SECTORS,
    AtEqualDistance,
    at_equal_distance,
    sector_sums,
)
from ejmap_geo.patterns.polar_mask import PolarMask
from tests.unit.geo.patterns.conftest import RESOLUTION_M, Scene

HEIGHT = 12.0


def _wedges(scene: Scene) -> PolarMask:
    """Return ejecta in every other eleven degrees, the same in each sector."""
    return scene.polar(((scene.a + 360) % 22.5 < 11.25) & (scene.d < 200))


def _compared(polar: PolarMask, values: np.ndarray) -> AtEqualDistance:
    sums = sector_sums(values, polar.is_ejecta, ~polar.is_ejecta, cells=polar)
    return at_equal_distance(sums, slice(0, polar.first_row(190 * RESOLUTION_M)))


def test_a_trend_with_distance_cancels(scene: Scene) -> None:
    """On ground that rises with distance, ejecta that add 12 are 12 above what lies beside them."""
    polar = _wedges(scene)
    trend = np.broadcast_to(3.0 * polar.distance_m[:, None] / scene.radius_m, polar.shape)

    found = _compared(polar, trend + HEIGHT * polar.is_ejecta)

    assert found.difference == pytest.approx(HEIGHT)
    assert found.low == pytest.approx(HEIGHT)
    assert found.high == pytest.approx(HEIGHT)
    assert found.ejecta - found.beside == pytest.approx(found.difference)


def test_the_interval_is_that_of_the_mean_over_sectors(scene: Scene) -> None:
    """Of sectors of equal weight, delete-one jackknife is the standard error of their mean."""
    polar = _wedges(scene)
    height = np.array([3.0, 8, 5, 9, 1, 4, 6, 2])
    values = polar.is_ejecta * np.repeat(height, polar.cols // SECTORS)

    found = _compared(polar, values)

    error = height.std(ddof=1) / np.sqrt(SECTORS)
    # Two-sided 95 % of Student's t with seven degrees of freedom.
    assert found.difference == pytest.approx(height.mean(), rel=0.01)
    assert found.high - found.difference == pytest.approx(2.3646 * error, rel=0.02)


def test_cells_without_a_number_count_nowhere(scene: Scene) -> None:
    """Half of the ejecta and half of the ground were not measured; the rest tells the same."""
    polar = _wedges(scene)
    values = HEIGHT * polar.is_ejecta
    values[::2] = np.nan

    found = _compared(polar, values)

    assert found.difference == pytest.approx(HEIGHT)
    assert found.area_m2 < _compared(polar, HEIGHT * polar.is_ejecta).area_m2


def test_ejecta_all_around_cannot_be_compared(scene: Scene) -> None:
    """A disc leaves no ground at equal distance: no number and no area."""
    polar = scene.polar(scene.d < 200)

    found = _compared(polar, np.ones(polar.shape))

    assert np.isnan(found.difference)
    assert found.area_m2 == 0


def test_ejecta_in_two_sectors_have_no_interval(scene: Scene) -> None:
    """Two sectors say nothing about how much sectors differ."""
    polar = scene.polar((scene.a > 0) & (scene.a < 80) & (scene.d < 200))

    found = _compared(polar, HEIGHT * polar.is_ejecta)

    assert found.difference == pytest.approx(HEIGHT)
    assert np.isnan(found.low)
    assert np.isnan(found.high)
