"""Scores of every tile by a classifier that did not learn from it, and their calibration."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.local_tiles import LocalTiles
from ejmap_geo.tile_regions import RegionFold
from ejmap_ml.errors import SampleError
from ejmap_ml.progress import Report
from ejmap_ml.sgan.calibration import Calibration
from ejmap_ml.sgan.classifier import CraterClassifier
from ejmap_ml.sgan.config import CraterClassifierConfig
from ejmap_ml.sgan.data import UNLABELLED
from ejmap_ml.sgan.fit import fit_classifier


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrossFit:
    """What classifiers say of tiles that they did not learn from.

    Attributes:
        log_odds: ``(tile,)`` log-odds of a crater.
        calibration: Found on the labelled ones of them.
        classifier: Learnt from all tiles, with that calibration: for tiles that come later.
    """

    log_odds: NDArray[np.float64]
    calibration: Calibration
    classifier: CraterClassifier

    @property
    def scores(self) -> NDArray[np.float64]:
        """Calibrated probabilities of a crater, ``(tile,)``."""
        return self.calibration.probability(self.log_odds)


def fit_crosswise(
    config: CraterClassifierConfig,
    tiles: LocalTiles,
    label: NDArray[np.integer],
    *,
    folds: Sequence[RegionFold],
    seed: int,
    report: Report | None = None,
) -> CrossFit:
    """Train a classifier a fold and one on all tiles.

    A classifier that has seen a catalogue believes its mistakes: an entry is to be judged by one
    that was trained on other regions.

    Args:
        config: The classifier.
        tiles: All tiles.
        label: ``(tile,)`` 0 other, 1 crater, -1 not known.
        folds: What tests and trains; every tile must be tested once.
        seed: Of all trainings.
        report: Receives a line every epoch.

    Raises:
        SampleError: A tile is tested never or twice, a fold trains without one of the classes, or
            no calibration can be found.
    """
    tested = np.concatenate([np.zeros(0, np.intp), *(fold.tests for fold in folds)])
    if not np.array_equal(np.sort(tested), np.arange(len(tiles.values))):
        raise SampleError("folds must test every tile once; make them with region_folds")
    log_odds = np.full(len(tiles.values), np.nan)
    for fold in folds:
        fitted = fit_classifier(
            config, tiles.chosen(fold.trains), label[fold.trains], seed=seed, report=report
        )
        log_odds[fold.tests] = fitted.classifier.log_odds(tiles.chosen(fold.tests))
    known = label != UNLABELLED
    calibration = Calibration.fit(log_odds[known], label[known] == 1)
    whole = fit_classifier(config, tiles, label, seed=seed, report=report)
    return CrossFit(
        log_odds=log_odds,
        calibration=calibration,
        classifier=whole.classifier.calibrated(calibration),
    )
