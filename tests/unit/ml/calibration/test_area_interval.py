"""Expected area and its interval: by closed form, and on craters whose cells err together."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.polar import PolarGrid
from ejmap_ml.calibration.area_interval import AreaEstimate, AreaInterval, estimate_area
from ejmap_ml.errors import SampleError

RADIUS_M = 20_000.0
GRID = PolarGrid(
    body=MERCURY, center=LonLat(0, 0), radius_m=RADIUS_M, rows=40, cols=72,
    inner_radii=0.9, outer_radii=20, offset_radii=3,
)  # fmt: skip
RIM_M2 = math.pi * RADIUS_M**2
NEAR_RAD, FAR_RAD = (radii * RADIUS_M / MERCURY.radius_m for radii in (0.9, 20))
ZONE_M2 = 2 * math.pi * MERCURY.radius_m**2 * (math.cos(NEAR_RAD) - math.cos(FAR_RAD))


def _estimate(probability: np.ndarray) -> AreaEstimate:
    said = np.broadcast_to(probability, GRID.shape)
    return estimate_area(said, cell_area_m2=GRID.cell_area_m2, radius_m=RADIUS_M)


def _craters(count: int, seed: int) -> tuple[list[AreaEstimate], list[float]]:
    """Craters whose cells are all wrong in the same direction, more where masks are blurred."""
    rng = np.random.default_rng(seed)
    expected = np.exp(rng.normal(2, 1, count)) * RIM_M2
    spread = rng.uniform(0.05, 0.4, count)
    true = (expected + RIM_M2) * np.exp(rng.standard_t(4, count) * (spread + 0.1)) - RIM_M2
    estimates = [AreaEstimate(*one, RIM_M2) for one in zip(expected, spread, strict=True)]
    return estimates, np.maximum(true, 0).tolist()


def test_the_expected_area_is_that_of_the_zone_times_the_probability() -> None:
    """A zone of the sphere has area 2 pi R^2 (cos a - cos b)."""
    found = _estimate(np.array(0.1))

    assert found.expected_m2 == pytest.approx(0.1 * ZONE_M2, rel=1e-6)
    assert found.spread == 0
    assert found.rim_m2 == RIM_M2


def test_masks_that_depend_on_their_threshold_spread() -> None:
    """A quarter of all azimuths is sure, and another one is half sure."""
    azimuths = np.repeat([0.9, 0.5, 0.0, 0.1], GRID.cols // 4)

    found = _estimate(azimuths)

    ratio = (ZONE_M2 / 2 + RIM_M2) / (ZONE_M2 / 4 + RIM_M2)
    assert found.spread == pytest.approx(math.log(ratio), rel=1e-6)
    assert found.expected_m2 == pytest.approx(1.5 / 4 * ZONE_M2, rel=1e-6)


def test_intervals_hold_the_truth_of_95_in_100_further_craters() -> None:
    """Mean over calibrations, though all cells of a crater err together."""
    further, true = _craters(1000, seed=999)
    covered = []
    for seed in range(20):
        interval = AreaInterval.of(*_craters(240, seed))
        ends = np.array([interval.around(one) for one in further])
        covered.append(np.mean((ends[:, 0] <= true) & (true <= ends[:, 1])))

    assert 0.94 < np.mean(covered) < 0.965


def test_intervals_are_wider_where_masks_are_blurred() -> None:
    """Relative to what is expected, and never below nothing."""
    interval = AreaInterval.of(*_craters(240, 0))

    sure, unsure = (
        interval.around(AreaEstimate(10 * RIM_M2, spread, RIM_M2)) for spread in (0.05, 0.4)
    )
    nothing = interval.around(AreaEstimate(0.0, 0.4, RIM_M2))

    assert unsure[0] < sure[0] < 10 * RIM_M2 < sure[1] < unsure[1]
    assert nothing[0] == 0


def test_of_few_craters_the_extremes_bound_the_interval() -> None:
    """Ten cannot tell what one in forty does; and none tells nothing."""
    estimates, true = _craters(10, 0)
    interval = AreaInterval.of(estimates, true)

    for estimate, area in zip(estimates, true, strict=True):
        low, high = interval.around(estimate)
        assert low <= area * (1 + 1e-9) + 1e-3
        assert area <= high * (1 + 1e-9) + 1e-3
    with pytest.raises(SampleError, match="got none"):
        AreaInterval.of([], [])


@pytest.mark.parametrize(
    "broken",
    [
        {"low": 1.0, "high": -1.0, "least_spread": 0.1, "craters": 9},
        {"low": -1.0, "high": 1.0, "least_spread": 0.0, "craters": 9},
        {"low": float("nan"), "high": 1.0, "least_spread": 0.1, "craters": 9},
    ],
)
def test_an_interval_from_anywhere_is_checked(broken) -> None:
    """Bundles may come from anybody."""
    with pytest.raises(ValidationError):
        AreaInterval(**broken)


def test_an_interval_of_masks_that_never_depend_on_their_threshold_is_finite() -> None:
    """Calibration craters of no spread make large residuals, which a spread then multiplies."""
    sure = [AreaEstimate(RIM_M2, 0.0, RIM_M2)] * 3
    interval = AreaInterval.of(sure, [8 * RIM_M2, 9 * RIM_M2, 10 * RIM_M2])

    low, high = interval.around(AreaEstimate(RIM_M2, 1.0, RIM_M2))

    assert 10 * RIM_M2 < low <= high < math.inf
