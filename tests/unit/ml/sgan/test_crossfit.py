"""Scores of tiles by classifiers that did not learn from them."""

import numpy as np
import pytest

from ejmap_geo.craters.tile_regions import RegionFold
from ejmap_ml.errors import SampleError
from ejmap_ml.sgan.crossfit import fit_crosswise
from ejmap_ml.sgan.fit import fit_classifier


@pytest.fixture
def folds() -> list[RegionFold]:
    """Return two halves, without two tiles between them."""
    every = np.arange(60)
    return [RegionFold(every[32:], every[:30]), RegionFold(every[:28], every[30:])]


def test_every_tile_is_scored_by_a_stranger(small_config, discs, folds) -> None:
    """The log-odds are those of classifiers trained on the other half alone."""
    tiles, label = discs

    cross = fit_crosswise(small_config(), tiles, label, folds=folds, seed=1)

    stranger = fit_classifier(
        small_config(), tiles.chosen(np.arange(32, 60)), label[32:], seed=1
    ).classifier
    np.testing.assert_array_equal(
        cross.log_odds[:30], stranger.log_odds(tiles.chosen(np.arange(30)))
    )
    assert cross.calibration.tiles == 60
    assert cross.classifier.meaning.calibration == cross.calibration
    assert cross.classifier.provenance.samples == 60
    np.testing.assert_array_equal(
        cross.members[1].scores(tiles.chosen(folds[1].tests)), cross.scores[folds[1].tests]
    )
    assert cross.history["epoch"].tolist() == [0, 1]
    assert ((cross.scores > 0.5) == (label == 1)).mean() > 0.85


def test_a_wrong_label_is_found(small_config, discs, folds) -> None:
    """A tile of noise that the catalogue calls a crater scores lower than the true ones."""
    tiles, label = discs
    wrong = label.copy()
    wrong[4] = 1

    cross = fit_crosswise(small_config(), tiles, wrong, folds=folds, seed=1)

    true_scores = cross.scores[(label == 1)]
    assert cross.scores[4] < np.quantile(true_scores, 0.1)


def test_folds_must_test_every_tile_once(small_config, discs, folds) -> None:
    """Here one half is never tested."""
    with pytest.raises(SampleError, match="test every tile once"):
        fit_crosswise(small_config(), *discs, folds=folds[:1], seed=1)


def test_a_region_that_nobody_outside_can_judge_is_named_at_once(
    small_config, discs, folds
) -> None:
    """All craters lie in the first one."""
    tiles, label = discs
    crowded = np.where(np.arange(len(label)) < len(folds[0].tests), label, 0)

    with pytest.raises(SampleError, match="outside of region 1 of 2 there are 0 labelled craters"):
        fit_crosswise(small_config(), tiles, crowded, folds=folds, seed=1)
