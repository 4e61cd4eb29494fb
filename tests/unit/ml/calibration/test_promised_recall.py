"""A promised recall is kept on craters that nobody has seen, by the highest threshold that can."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import norm

from ejmap_ml.calibration.promised_recall import THRESHOLDS, RecallCurve, recall_by_threshold
from ejmap_ml.errors import ConfigError, SampleError


def _craters(count: int, seed: int) -> list[np.ndarray]:
    """Craters whose probabilities of true pixels are drawn around a level of their own."""
    rng = np.random.default_rng(seed)
    levels = rng.uniform(0.05, 0.9, count)
    return [np.clip(rng.normal(level, 0.1, 300), 0, 1) for level in levels]


def _curve(craters: list[np.ndarray]) -> RecallCurve:
    return RecallCurve.of([recall_by_threshold(one, np.ones(len(one))) for one in craters])


def test_recall_is_the_share_of_area_above_the_threshold() -> None:
    """By hand: areas of 1 and 3; a probability equal to a threshold is not above it."""
    at = THRESHOLDS[70]

    recall = recall_by_threshold(np.array([0.99, at]), np.array([1.0, 3.0]))

    assert recall[69] == 1
    assert recall[70] == 0.25
    assert recall[THRESHOLDS < 0.98].min() == 0.25


@pytest.mark.parametrize("promised", [0.6, 0.8, 0.9])
def test_the_promise_is_kept_in_the_mean_over_many_calibrations(promised: float) -> None:
    """Expected recall of a further crater is at least what was promised, and hardly more."""
    levels = np.linspace(0.05, 0.9, 1000)
    thresholds = [_curve(_craters(60, seed)).threshold(promised) for seed in range(100)]

    # Of all craters there may be, by the normal distribution.
    recalls = [norm.sf((one - levels) / 0.1).mean() for one in thresholds]

    # The mean over 100 calibrations is known to .006; of 60 craters it is at most 2/61 too careful.
    assert promised - 0.018 < np.mean(recalls) < promised + 2 / 61 + 0.018


def test_few_craters_promise_little() -> None:
    """Nine that are all found cannot promise .95: the tenth may be missed altogether."""
    curve = _curve([np.full(5, 0.999)] * 9)

    assert curve.threshold(0.9) == THRESHOLDS[-1]
    with pytest.raises(ConfigError, match=r"recall of 0\.95: .* 9 calibration craters .* 0\.900"):
        curve.threshold(0.95)


def test_no_crater_promises_nothing() -> None:
    """In one sentence."""
    with pytest.raises(SampleError, match="got none"):
        RecallCurve.of([])


@pytest.mark.parametrize(
    "broken",
    [
        {"thresholds": (0.2, 0.1), "mean_recall": (0.9, 0.8), "craters": 3},
        {"thresholds": (0.1, 0.2), "mean_recall": (0.8, 0.9), "craters": 3},
        {"thresholds": (0.1, 1.0), "mean_recall": (0.9, 0.8), "craters": 3},
        {"thresholds": (0.1,), "mean_recall": (0.9, 0.8), "craters": 3},
        {"thresholds": (0.1,), "mean_recall": (1.2,), "craters": 3},
        {"thresholds": (0.1,), "mean_recall": (0.9,), "craters": 0},
    ],
)
def test_a_curve_from_anywhere_is_checked(broken) -> None:
    """Bundles may come from anybody."""
    with pytest.raises(ValidationError):
        RecallCurve(**broken)
