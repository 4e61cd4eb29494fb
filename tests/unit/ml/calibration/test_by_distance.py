"""Calibration by distance: what is fitted on some craters comes true on others."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.special import expit, logit

from ejmap_ml.calibration.by_distance import (
    KNOTS,
    RANGES_RADII,
    DistanceCalibration,
    Told,
    fit_calibration,
    intervals,
    platt_scaling,
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
    slopes, offset = calibration.of_rows(RANGES)
    parts = [np.clip(told.logits, *ends) - np.clip(0, *ends) for ends in intervals(KNOTS)]
    bent = sum(slopes[:, [number]] * part for number, part in enumerate(parts))
    return expit(bent + offset[:, None]).mean(axis=0)


# Logits of the drawn cells lie between -4 and 4: so many intervals hold some.
SEEN = slice(2, 6)


def test_the_slope_at_every_distance_is_found() -> None:
    """Too sure far out and not near; the truth is drawn by a coin of the true chance."""
    slope = np.where(RANGES < 9, 1.3, 0.5)

    found = fit_calibration([_told(seed, slope=slope, offset=0.4) for seed in range(3)])

    slopes, ranges = np.array(found.slopes)[:, SEEN], np.array(found.range_radii)
    np.testing.assert_allclose(slopes[ranges < 7], 1.3, atol=0.15)
    np.testing.assert_allclose(slopes[ranges > 11], 0.5, atol=0.15)
    np.testing.assert_allclose(found.offset, 0.4, atol=0.15)


def test_an_ensemble_may_be_too_sure_of_no_and_right_of_yes() -> None:
    """One slope cannot do both, and its probabilities do not come true at either end."""
    rng = np.random.default_rng(7)
    told = _told(0, slope=np.ones(160), offset=0.0)
    bent = np.where(told.logits[0] < 0, 0.4, 1.0) * told.logits[0]
    told = told._replace(truth=(rng.random(bent.shape) < expit(bent)).astype(np.float32))

    found = fit_calibration([told])

    said = _calibrated(found, told)
    for low in np.arange(0.2, 0.95, 0.15):
        chosen = (said >= low) & (said < low + 0.15)
        assert abs(said[chosen].mean() - told.truth[chosen].mean()) < 0.02
    slope, offset = platt_scaling(
        told.logits.reshape(1, -1), told.truth.ravel(), told.weight.ravel()
    )
    straight = expit(slope * told.logits[0] + offset)
    low = straight < 0.3
    assert abs(straight[low].mean() - told.truth[low].mean()) > 0.02


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

    np.testing.assert_allclose(np.array(found.slopes)[:, SEEN], 1, atol=0.25)
    said = _calibrated(found, told)
    assert np.abs(said - expit(told.logits[0])).mean() < 0.02


def test_a_distance_without_cells_stays_as_it_is() -> None:
    """Craters of a small planet reach no farther than its antipode."""
    near = RANGES < 20
    told = _told(0, slope=np.full(160, 0.5), offset=0.0)
    short = Told(told.logits[:, near], told.truth[near], told.weight[near], RANGES[near])

    found = fit_calibration([short])

    assert found.slopes[-1] == (1.0,) * (len(KNOTS) + 1)
    assert found.offset[-1] == 0
    assert found.range_radii == RANGES_RADII


def test_nothing_to_fit_on_is_an_error() -> None:
    """In one sentence."""
    with pytest.raises(SampleError, match="at least one crater"):
        fit_calibration([])


@pytest.mark.parametrize(
    "broken",
    [
        {"range_radii": (1.0, 2.0), "knots": (), "slopes": ((1.0,),), "offset": (0.0,)},
        {"range_radii": (2.0, 1.0), "knots": (), "slopes": ((1.0,),) * 2, "offset": (0.0, 0.0)},
        {"range_radii": (1.0,), "knots": (0.0,), "slopes": ((1.0,),), "offset": (0.0,)},
        {"range_radii": (1.0,), "knots": (1.0, 0.0), "slopes": ((1.0,) * 3,), "offset": (0.0,)},
        {"range_radii": (1.0,), "knots": (), "slopes": ((float("nan"),),), "offset": (0.0,)},
        {"range_radii": (1.0,), "knots": (), "slopes": ((-1.0,),), "offset": (0.0,)},
        {"range_radii": (), "knots": (), "slopes": (), "offset": ()},
    ],
)
def test_a_calibration_from_anywhere_is_checked(broken) -> None:
    """Bundles may come from anybody."""
    with pytest.raises(ValidationError):
        DistanceCalibration(**broken)


def test_the_border_is_the_probability_that_the_ensemble_had_there() -> None:
    """Cells at the border before are at the border after; one half is left out of the text."""
    calibration = DistanceCalibration(
        range_radii=(2, 20),
        knots=(-0.5,),
        slopes=((0.5, 1.0), (2.0, 3.0)),
        offset=(-1.0, 1.0),
        border=0.3,
    )

    found = calibration.border_of_rows(np.array([2.0, 20.0]))

    beyond = logit(0.3) + 0.5
    expected = [-1 - 0.5 * 1.0 + 0.5 * beyond, 1 - 0.5 * 3.0 + 2.0 * beyond]
    np.testing.assert_allclose(logit(found), expected)
    assert calibration.model_dump()["border"] == 0.3
    assert "border" not in calibration.model_copy(update={"border": 0.5}).model_dump()
    with pytest.raises(ValidationError):
        DistanceCalibration(range_radii=(2,), knots=(), slopes=((1,),), offset=(0,), border=1.0)
