"""Whether probabilities come true."""

import numpy as np
import pytest

from ejmap_ml.calibration.reliability import calibration_error, error_of, reliability


def test_what_was_said_stands_beside_what_came_true() -> None:
    """Bins without samples are left out; a certain one falls into the last."""
    table = reliability(np.array([0.31, 0.39, 1.0]), np.array([False, True, True]))

    assert table.to_numpy().tolist() == [[0.35, 0.5, 2, 2], [1, 1, 1, 1]]


def test_the_error_is_that_of_ten_bins_by_hand() -> None:
    """Two tiles at .95 of which one is a crater, two at .05 of which none is."""
    probability = np.array([0.95, 0.95, 0.05, 0.05])

    error = calibration_error(probability, np.array([True, False, False, False]))

    assert error == pytest.approx((0.45 * 2 + 0.05 * 2) / 4)
    assert calibration_error(np.array([1.0]), np.array([True])) == 0


def test_of_nothing_nothing_is_wrong() -> None:
    """A planet of which no ejecta are known."""
    assert calibration_error(np.zeros(0), np.zeros(0, np.bool_)) == 0


def test_samples_count_by_their_weight_and_only_within_the_bins() -> None:
    """Three parts of .3 that half came true, one of .5 that did not; a certain one is left out."""
    said, true = np.array([0.3, 0.5, 0.99]), np.array([0.5, 0.0, 0.0])

    table = reliability(said, true, weight=np.array([3, 1, 9]), bins=1, within=(0.05, 0.95))

    assert table.to_numpy().tolist() == [[0.35, 0.375, 2, 4]]
    assert error_of(table) == pytest.approx(0.025)
