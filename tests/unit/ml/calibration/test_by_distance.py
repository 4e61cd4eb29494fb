"""Calibration by distance: what is fitted on some craters comes true on others."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.special import expit, logit

from ejmap_ml.calibration.by_distance import (
    BAND_EDGES_RADII,
    DistanceCalibration,
    Told,
    fit_calibration,
)
from ejmap_ml.errors import SampleError

RANGES = np.geomspace(1.01, 79, 160)


def _told(seed: int, *, slope: np.ndarray, offset: float, members: int = 1) -> Told:
    """Members whose true logits are slope x logit + offset, row by row; they agree."""
    rng = np.random.default_rng(seed)
    logits = logit(rng.uniform(0.02, 0.98, (160, 400)))
    chance = expit(slope[:, None] * logits + offset)
    truth = (rng.random(logits.shape) < chance).astype(np.float32)
    said = np.repeat(logits[None], members, axis=0).astype(np.float32)
    return Told(said, truth, np.ones_like(truth), RANGES)


def _calibrated(calibration: DistanceCalibration, told: Told) -> np.ndarray:
    slope, offset = calibration.of_rows(RANGES)
    return expit(slope[:, None] * told.logits + offset[:, None]).mean(axis=0)


def test_the_slope_of_every_band_is_found() -> None:
    """Too sure far out and not near; the truth is drawn by a coin of the true chance."""
    slope = np.where(RANGES < 10, 1.3, 0.5)

    found = fit_calibration([_told(seed, slope=slope, offset=0.4) for seed in range(3)])

    near = np.array(found.range_radii) < 10
    np.testing.assert_allclose(np.array(found.slope)[near], 1.3, atol=0.06)
    np.testing.assert_allclose(np.array(found.slope)[~near], 0.5, atol=0.06)
    np.testing.assert_allclose(found.offset, 0.4, atol=0.06)


def test_calibrated_probabilities_come_true_on_another_crater() -> None:
    """In ten bins, the share of ejecta is what was said."""
    slope = np.full(160, 0.6)
    calibration = fit_calibration([_told(0, slope=slope, offset=-0.5, members=2)])
    other = _told(1, slope=slope, offset=-0.5, members=2)

    said = _calibrated(calibration, other)

    for low in np.arange(0, 1, 0.1):
        chosen = (said >= low) & (said < low + 0.1)
        if chosen.sum() > 500:
            assert abs(said[chosen].mean() - other.truth[chosen].mean()) < 0.03


def test_members_that_disagree_are_calibrated_together() -> None:
    """Two members with noise of their own: their mean comes true, as none of them alone does."""
    rng = np.random.default_rng(5)
    known = _told(0, slope=np.ones(160), offset=0.0)
    noisy = (known.logits + rng.normal(0, 2, (2, *known.truth.shape))).astype(np.float32)

    calibration = fit_calibration([known._replace(logits=noisy)])

    said = _calibrated(calibration, known._replace(logits=noisy))
    for low in (0.2, 0.4, 0.6):
        chosen = (said >= low) & (said < low + 0.2)
        assert abs(said[chosen].mean() - known.truth[chosen].mean()) < 0.04


def test_cells_without_weight_do_not_count() -> None:
    """Wrong truths there change nothing."""
    told = _told(0, slope=np.ones(160), offset=0.0)
    is_out = np.random.default_rng(2).random(told.weight.shape) < 0.3
    holed = told._replace(
        weight=np.where(is_out, 0, told.weight), truth=np.where(is_out, 1 - told.truth, told.truth)
    )

    found = fit_calibration([holed])

    np.testing.assert_allclose(found.slope, 1, atol=0.1)


def test_a_band_without_cells_stays_as_it_is() -> None:
    """Craters of a small planet reach no farther than its antipode."""
    near = RANGES < 20
    told = _told(0, slope=np.full(160, 0.5), offset=0.0)
    short = Told(told.logits[:, near], told.truth[near], told.weight[near], RANGES[near])

    found = fit_calibration([short])

    assert found.slope[-1] == 1
    assert found.offset[-1] == 0
    assert len(found.slope) == len(BAND_EDGES_RADII) - 1


def test_nothing_to_fit_on_is_an_error() -> None:
    """In one sentence."""
    with pytest.raises(SampleError, match="at least one crater"):
        fit_calibration([])


@pytest.mark.parametrize(
    "broken",
    [
        {"range_radii": (1.0, 2.0), "slope": (1.0,), "offset": (0.0,)},
        {"range_radii": (2.0, 1.0), "slope": (1.0, 1.0), "offset": (0.0, 0.0)},
        {"range_radii": (1.0,), "slope": (float("nan"),), "offset": (0.0,)},
        {"range_radii": (1.0,), "slope": (-1.0,), "offset": (0.0,)},
        {"range_radii": (), "slope": (), "offset": ()},
    ],
)
def test_a_calibration_from_anywhere_is_checked(broken) -> None:
    """Bundles may come from anybody."""
    with pytest.raises(ValidationError):
        DistanceCalibration(**broken)


def test_the_border_is_the_probability_that_the_ensemble_had_there() -> None:
    """Cells at the border before are at the border after; one half is left out of the text."""
    calibration = DistanceCalibration(
        range_radii=(2, 20), slope=(0.5, 2.0), offset=(-1.0, 1.0), border=0.3
    )
    slope, offset = calibration.of_rows(RANGES)

    found = calibration.border_of_rows(RANGES)

    np.testing.assert_allclose((logit(found) - offset) / slope, logit(0.3))
    assert calibration.model_dump()["border"] == 0.3
    assert "border" not in calibration.model_copy(update={"border": 0.5}).model_dump()
    with pytest.raises(ValidationError):
        DistanceCalibration(range_radii=(2,), slope=(1,), offset=(0,), border=1.0)
