"""Agreement: counts and scores against scikit-learn and hand arithmetic."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.scores.agreement import (
    Confusion,
    confusion,
    confusion_by_group,
    origin_agreement,
    placed_confusion,
)

BASEMAP = BasemapGrid(body=MERCURY, width_px=16)
MASKS = arrays(np.bool_, BASEMAP.shape)


def test_scores_equal_those_of_scikit_learn() -> None:
    """F1, IoU, precision, recall and accuracy are the textbook ones."""
    rng = np.random.default_rng(1)
    actual, predicted = rng.random((2, 700, 3)) < 0.3

    counts = confusion(predicted, actual)

    truth, guess = actual.ravel(), predicted.ravel()
    for found, function in [
        (counts.f1, metrics.f1_score),
        (counts.iou, metrics.jaccard_score),
        (counts.precision, metrics.precision_score),
        (counts.recall, metrics.recall_score),
        (counts.accuracy, metrics.accuracy_score),
    ]:
        assert found == pytest.approx(function(truth, guess), rel=0, abs=1e-12)


def test_counts_of_parts_add_up_to_the_whole() -> None:
    """Pooling is addition, whether parts are slices or numbered groups."""
    rng = np.random.default_rng(2)
    actual, predicted = rng.random((2, 20, 30)) < 0.5
    groups = rng.integers(0, 5, actual.shape)

    parts = confusion_by_group(predicted, actual, groups)

    assert sum(parts, Confusion()) == confusion(predicted, actual)
    for number, part in enumerate(parts):
        assert part == confusion(predicted, actual, where=groups == number)


def test_pixels_of_a_negative_group_are_left_out() -> None:
    """A group of -1 marks what belongs to no part."""
    actual = np.array([True, True, False])

    parts = confusion_by_group(actual, actual, np.array([0, -1, 0]))

    assert parts == [Confusion(true_positive=1, true_negative=1)]


def test_scores_without_anything_to_judge_are_not_a_number() -> None:
    """An empty truth with an empty prediction has no F1, but perfect accuracy."""
    nothing = np.zeros((2, 2), np.bool_)

    counts = confusion(nothing, nothing)

    assert math.isnan(counts.f1)
    assert math.isnan(counts.iou)
    assert counts.accuracy == 1.0


def test_masks_of_different_shapes_are_refused() -> None:
    """Broadcasting would count pixels that are not there."""
    with pytest.raises(RasterError, match="one shape"):
        confusion(np.zeros((2, 2), np.bool_), np.zeros((2, 1), np.bool_))


@given(predicted=MASKS, actual=MASKS)
def test_placed_masks_count_like_whole_ones(predicted: np.ndarray, actual: np.ndarray) -> None:
    """Looking at the masks' windows only changes nothing, round the antimeridian too."""
    placed = [PlacedMask.from_full(mask, BASEMAP) for mask in (predicted, actual)]

    assert placed_confusion(*placed, basemap=BASEMAP) == confusion(predicted, actual)


@given(st.lists(MASKS, min_size=4, max_size=4))
def test_origin_is_judged_per_pixel_and_per_claim(masks: list[np.ndarray]) -> None:
    """Against the definition written out with whole arrays, for two craters (ids 0 and 7)."""
    predicted, actual = np.array(masks[:2]), np.array(masks[2:])
    places = [
        {key: PlacedMask.from_full(mask, BASEMAP) for key, mask in zip((0, 7), pair, strict=True)}
        for pair in (predicted, actual)
    ]

    found = origin_agreement(*places, basemap=BASEMAP)

    assert found.detected_px == (predicted.any(0) & actual.any(0)).sum()
    assert found.right_px == (predicted & actual).any(0).sum()
    assert found.claims == (predicted & actual.any(0)).sum()
    assert found.right_claims == (predicted & actual).sum()


def test_ejecta_given_to_the_wrong_crater_lower_the_origin_accuracy() -> None:
    """Of four detected pixels one names another crater: three quarters."""
    mask = np.zeros(BASEMAP.shape, np.bool_)
    mask[2, :4] = True
    three, one = mask.copy(), mask.copy()
    three[2, 3], one[2, :3] = False, False
    actual = {0: PlacedMask.from_full(mask, BASEMAP)}
    predicted = {
        0: PlacedMask.from_full(three, BASEMAP),
        9: PlacedMask.from_full(one, BASEMAP),
    }

    found = origin_agreement(predicted, actual, basemap=BASEMAP)

    assert found.origin_accuracy == 0.75
    assert (found + found).claim_precision == 0.75
