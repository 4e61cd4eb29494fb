"""The table of calibration by distance, on coins whose chances are known."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from ejmap_ml.calibration.band_reliability import Stated, band_reliability, summary_table
from ejmap_ml.calibration.by_distance import Told

RANGES = np.geomspace(1.01, 79, 160)


def _told(slope: np.ndarray) -> Told:
    rng = np.random.default_rng(0)
    said = logit(rng.uniform(0.01, 0.99, (160, 600)))
    truth = (rng.random(said.shape) < expit(slope[:, None] * said)).astype(np.float32)
    return Told(said[None].astype(np.float32), truth, np.ones_like(truth), RANGES)


def _table(told: Told) -> pd.DataFrame:
    return summary_table(band_reliability([Stated.of(told)]))


def test_what_comes_true_has_slope_one_and_no_error() -> None:
    """In every band."""
    table = _table(_told(np.ones(160)))

    np.testing.assert_allclose(table["slope"], 1, atol=0.06)
    assert table["calibration_error"].max() < 0.02
    for band in band_reliability([Stated.of(_told(np.ones(160)))]):
        said, true = np.array([(one.mean_probability, one.share_true) for one in band.bins]).T
        np.testing.assert_allclose(said, true, atol=0.06)
        assert sum(one.area_share for one in band.bins) == pytest.approx(1)


def test_an_ensemble_that_is_too_sure_far_out_shows_there_only() -> None:
    """True logits are half of those stated beyond ten radii."""
    table = _table(_told(np.where(RANGES < 10, 1.0, 0.5)))

    far = table["near_radii"] >= 10
    np.testing.assert_allclose(table["slope"][far], 0.5, atol=0.06)
    np.testing.assert_allclose(table["slope"][~far], 1, atol=0.06)
    assert table["calibration_error"][far].min() > 0.05 > table["calibration_error"][~far].max()


def test_certain_cells_do_not_count() -> None:
    """However many there are, and right or wrong."""
    told = _told(np.ones(160))
    certain = np.full((1, 160, 300), -12.0, np.float32)
    wrong = np.ones((160, 300), np.float32)
    padded = Told(
        np.concatenate([told.logits, certain], axis=2),
        np.concatenate([told.truth, wrong], axis=1),
        np.ones((160, 900), np.float32),
        RANGES,
    )

    found, expected = _table(padded), _table(told)

    np.testing.assert_allclose(found.to_numpy(), expected.to_numpy())


def test_a_band_without_uncertain_cells_has_no_scores() -> None:
    """NaN, not 0, which would be perfect."""
    told = _told(np.ones(160))._replace(logits=np.full((1, 160, 600), 9.0, np.float32))

    table = _table(told)

    assert table["slope"].isna().all()
    assert (table["cells"] == 0).all()
