"""Agreement about a crater, by quarters and discs, against shapes that can be counted by hand."""

import math

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from ejmap_geo.errors import RasterError
from ejmap_geo.scores.crater_agreement import claimed_pixels

HALF = 40


def _xy() -> tuple[np.ndarray, np.ndarray]:
    row, col = np.indices((2 * HALF, 2 * HALF))
    return col - HALF + 0.5, HALF - row - 0.5


def test_quarters_are_read_like_a_page() -> None:
    """One pixel a quarter: mapped, missed, invented, both, from upper left to lower right."""
    predicted, actual = np.zeros((2, 4, 4), np.bool_)
    predicted[0, 0] = actual[0, 3] = predicted[3, 0] = predicted[3, 3] = actual[3, 3] = True

    found = claimed_pixels(predicted, actual).by_quarter

    counts = [(one.true_positive, one.false_positive, one.false_negative) for one in found]
    assert counts == [(0, 1, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)]


def test_empty_quarters_are_counted_too() -> None:
    """Nothing in the lower half: four quarters all the same."""
    mask = np.zeros((4, 4), np.bool_)
    mask[0, 0] = True

    found = claimed_pixels(mask, mask).by_quarter

    assert [one.true_positive for one in found] == [1, 0, 0, 0]


def test_concentric_discs_have_closed_forms() -> None:
    """A disc of 20 px mapped, one of 30 px true: precision 1, recall (20/30)^2, by distance too."""
    d = np.hypot(*_xy())

    pixels = claimed_pixels(d <= 20, d <= 30)

    assert pixels.whole.precision == 1
    assert pixels.whole.recall == pytest.approx((20 / 30) ** 2, rel=1e-2)
    assert pixels.within(20).f1 == 1
    assert pixels.actual_share_within(15) == pytest.approx(1 / 4, rel=2e-2)
    np.testing.assert_allclose(
        pixels.actual_quantiles_px([0.25, 1]), [30 * math.sqrt(0.25), 30], rtol=1e-2
    )


def test_scores_are_those_of_scikit_learn() -> None:
    """On random masks, whole and within a disc, to the last digit."""
    rng = np.random.default_rng(3)
    predicted, actual = rng.random((2, 2 * HALF, 2 * HALF)) < 0.3
    d = np.hypot(*_xy())

    pixels = claimed_pixels(predicted, actual)

    for found, where in ((pixels.whole, d < np.inf), (pixels.within(25), d <= 25)):
        wanted = precision_recall_fscore_support(actual[where], predicted[where], average="binary")
        assert (found.precision, found.recall, found.f1) == pytest.approx(wanted[:3], rel=1e-12)


def test_a_manual_map_without_ejecta_has_no_distances() -> None:
    """Neither shares nor quantiles of nothing."""
    empty = np.zeros((4, 4), np.bool_)

    pixels = claimed_pixels(empty, empty)

    assert math.isnan(pixels.actual_share_within(3))
    assert np.isnan(pixels.actual_quantiles_px([0.5])).all()


def test_masks_without_a_common_middle_are_refused() -> None:
    """An odd side has no corner in the middle."""
    with pytest.raises(RasterError, match="square with an even side"):
        claimed_pixels(np.zeros((5, 5), np.bool_), np.zeros((5, 5), np.bool_))
