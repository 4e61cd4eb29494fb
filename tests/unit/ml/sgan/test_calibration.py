"""Calibration against scikit-learn and against data of known odds."""

import numpy as np
import pytest
from sklearn.calibration import _SigmoidCalibration

from ejmap_ml.calibration.reliability import calibration_error
from ejmap_ml.errors import SampleError
from ejmap_ml.sgan.calibration import Calibration


def _overconfident(count: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return log-odds three times too large, and labels drawn from the true ones."""
    rng = np.random.default_rng(seed)
    true_log_odds = rng.normal(0.2, 1.5, count)
    is_crater = rng.random(count) < 1 / (1 + np.exp(-true_log_odds))
    return 3 * true_log_odds + 1, is_crater


def test_true_odds_are_found_again() -> None:
    """Log-odds were tripled and shifted by one: a third, and minus a third, take it back."""
    log_odds, is_crater = _overconfident(40_000, seed=0)

    calibration = Calibration.fit(log_odds, is_crater)

    assert calibration.slope == pytest.approx(1 / 3, rel=0.05)
    assert calibration.offset == pytest.approx(-1 / 3, abs=0.05)
    assert calibration.tiles == 40_000


def test_it_is_the_calibration_of_scikit_learn() -> None:
    """The same softened labels, so the same probabilities."""
    log_odds, is_crater = _overconfident(60, seed=1)

    calibration = Calibration.fit(log_odds, is_crater)

    reference = _SigmoidCalibration().fit(log_odds, is_crater).predict(log_odds)
    np.testing.assert_allclose(calibration.probability(log_odds), reference, atol=1e-3)


def test_calibration_lowers_the_error() -> None:
    """On other tiles than those it was found on."""
    found_on, others = _overconfident(2000, seed=2), _overconfident(2000, seed=3)
    calibration = Calibration.fit(*found_on)
    raw = 1 / (1 + np.exp(-others[0]))

    before = calibration_error(raw, others[1])
    after = calibration_error(calibration.probability(others[0]), others[1])

    assert before > 0.1
    assert after < 0.04


def test_a_few_clean_tiles_make_nothing_certain() -> None:
    """Five craters and five others, told apart perfectly: at most 6/7, at least 1/7, nearly."""
    log_odds = np.array([-9.0, -8, -7, -6, -5, 5, 6, 7, 8, 9])

    probability = Calibration.fit(log_odds, log_odds > 0).probability(log_odds)

    assert probability.max() < 0.95
    assert probability.min() > 0.05


def test_too_few_tiles_of_a_class_are_refused() -> None:
    """Eight craters and four others."""
    with pytest.raises(SampleError, match="got 8 craters and 4 others"):
        Calibration.fit(np.arange(12.0), np.arange(12) < 8)


def test_scores_that_point_the_wrong_way_are_refused() -> None:
    """The six highest are no craters."""
    with pytest.raises(SampleError, match="no higher scores"):
        Calibration.fit(np.repeat([0.0, 5.0], 6), np.arange(12) < 6)
