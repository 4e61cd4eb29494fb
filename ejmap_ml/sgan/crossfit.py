"""Scores of every tile by a classifier that did not learn from it, and their calibration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.local_tiles import LocalTiles
from ejmap_geo.craters.tile_regions import RegionFold
from ejmap_ml.errors import SampleError
from ejmap_ml.sgan.calibration import Calibration
from ejmap_ml.sgan.classifier import CraterClassifier
from ejmap_ml.sgan.config import CraterClassifierConfig
from ejmap_ml.sgan.data import UNLABELLED
from ejmap_ml.sgan.fit import PictureSink, fit_classifier
from ejmap_ml.training.progress import Report


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrossFit:
    """What classifiers say of tiles that they did not learn from.

    Attributes:
        log_odds: ``(tile,)`` log-odds of a crater.
        calibration: Found on the labelled ones of them.
        members: The classifier of each fold, which gave the log-odds of what the fold tests; with
            that calibration.
        classifier: Learnt from all tiles, with that calibration: for tiles of other ground.
        history: Losses of its training, one row an epoch.
    """

    log_odds: NDArray[np.float64]
    calibration: Calibration
    members: tuple[CraterClassifier, ...]
    classifier: CraterClassifier
    history: pd.DataFrame

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
    inputs: Mapping[str, str] | None = None,
    on_picture: PictureSink | None = None,
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
        inputs: Name and data version of what the tiles come from, for the provenance.
        on_picture: Receives what is generated in the training on all tiles, every epoch.
        report: Receives a line every epoch.

    Raises:
        SampleError: A tile is tested never or twice, a fold trains without one of the classes, or
            no calibration can be found.
    """
    tested = np.concatenate([np.zeros(0, np.intp), *(fold.tests for fold in folds)])
    if not np.array_equal(np.sort(tested), np.arange(len(tiles.values))):
        raise SampleError("folds must test every tile once; make them with region_folds")
    for number, fold in enumerate(folds, start=1):
        _check_teaches(label[fold.trains], number=number, count=len(folds))
    log_odds = np.full(len(tiles.values), np.nan)
    members: list[CraterClassifier] = []
    fitted_on = partial(fit_classifier, config, seed=seed, inputs=inputs, report=report)
    for fold in folds:
        fitted = fitted_on(tiles.chosen(fold.trains), label[fold.trains])
        log_odds[fold.tests] = fitted.classifier.log_odds(tiles.chosen(fold.tests))
        members.append(fitted.classifier)
    known = label != UNLABELLED
    calibration = Calibration.fit(log_odds[known], label[known] == 1)
    whole = fitted_on(tiles, label, on_picture=on_picture)
    return CrossFit(
        log_odds=log_odds,
        calibration=calibration,
        members=tuple(member.calibrated(calibration) for member in members),
        classifier=whole.classifier.calibrated(calibration),
        history=whole.history,
    )


def _check_teaches(label: NDArray[np.integer], *, number: int, count: int) -> None:
    """Refuse a fold from which nothing can be learnt, before any of them is trained."""
    craters, others = int((label == 1).sum()), int((label == 0).sum())
    if not craters or not others:
        raise SampleError(
            f"outside of region {number} of {count} there are {craters} labelled craters and "
            f"{others} other places, and both are needed to judge it; the list that teaches must "
            "reach over more than 60 degrees of longitude: name a longer one"
        )
