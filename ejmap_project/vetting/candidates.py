"""What classifiers say of each entry of the catalogue: scores, and what follows from them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater, catalogue_from
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.errors import StepError
from ejmap_project.settings.vetting import VettingSettings
from ejmap_project.vetting.gathering import place_of, why_not
from ejmap_project.vetting.vetting_tables import ACCEPTED, DOUBTFUL, IS_LIKELY, NOT_JUDGED
from ejmap_project.vetting.vetting_tiles import CATALOGUE, IS_CRATER, VettingTiles

if TYPE_CHECKING:
    from ejmap_ml.sgan.classifier import CraterClassifier

NOT_IMAGED = "more than half of its tile was not imaged"


class HeldOut(NamedTuple):
    """What classifiers say of tiles that they did not learn from.

    Attributes:
        scores: ``(tile,)`` calibrated probabilities of a crater.
        label: ``(tile,)`` 1 crater, 0 other ground, -1 not known.
        fold: ``(tile,)`` the classifier that said so.
    """

    scores: NDArray[np.float64]
    label: NDArray[np.int64]
    fold: NDArray[np.int64]

    @property
    def numbers(self) -> dict[str, float]:
        """Accuracy and calibration error on labelled tiles, of all and of each classifier."""
        from ejmap_ml.bundles.reliability import calibration_error

        known = self.label >= 0
        is_crater = self.label == IS_CRATER
        is_right = (self.scores > 0.5) == is_crater
        found = {
            "test_accuracy": float(is_right[known].mean()),
            "test_recall": float(is_right[known & is_crater].mean()),
            "test_specificity": float(is_right[known & ~is_crater].mean()),
            "calibration_error": calibration_error(self.scores[known], is_crater[known]),
        }
        for number in np.unique(self.fold[known]).tolist():
            part = known & (self.fold == number)
            found[f"test_accuracy_{number}"] = float(is_right[part].mean())
        return found


def held_out(
    members: "Sequence[CraterClassifier]", found: VettingTiles, *, any_light: bool = False
) -> HeldOut:
    """Score every tile by the classifier of its region, which learnt from others.

    Raises:
        SampleError: If tiles have another size or light than those that were learnt from.
        StepError: If there is not a classifier for every region.
    """
    folds = found.folds
    if len(members) != len(folds):
        raise StepError(
            f"{len(members)} classifiers are there for {len(folds)} regions; materialise "
            "crater_classifier again"
        )
    fold = found.table["fold"].to_numpy(np.int64)
    scores = np.full(len(fold), np.nan)
    for member, part in zip(members, folds, strict=True):
        scores[part.tests] = member.scores(found.tiles.chosen(part.tests), any_light=any_light)
    return HeldOut(scores, found.label, fold)


def candidate_table(
    craters: Mapping[str, Crater],
    found: VettingTiles,
    said: HeldOut,
    *,
    vetting: VettingSettings,
    basemap: BasemapGrid,
    version: str,
) -> gpd.GeoDataFrame:
    """Return the catalogue with a score for each entry that can be judged."""
    is_entry = (found.table["kind"] == CATALOGUE).to_numpy()
    by_id = pd.DataFrame(
        {"score": said.scores, "fold": said.fold, "teaches": said.label == IS_CRATER}
    )[is_entry].set_index(found.table.loc[is_entry, "crater_id"])
    table = catalogue_from(craters.values(), basemap.body)
    judged = by_id.reindex(table["crater_id"])
    entries = sorted(craters.values(), key=lambda crater: crater.crater_id)
    scores = judged["score"].to_numpy(np.float64)
    is_unseen = np.isnan(scores)
    reasons = [
        (why_not(place_of(crater, vetting), basemap) or NOT_IMAGED) if unseen else ""
        for crater, unseen in zip(entries, is_unseen.tolist(), strict=True)
    ]
    light_deg = vetting.light_azimuth_deg
    return table.assign(
        score=scores,
        status=[
            _status(crater, score, vetting)
            for crater, score in zip(entries, scores.tolist(), strict=True)
        ],
        reason=reasons,
        teaches=(judged["teaches"] == True).to_numpy(np.bool_),  # noqa: E712 - missing is not true
        fold=judged["fold"].fillna(-1).to_numpy(np.int64),
        light_azimuth_deg=np.nan if light_deg is None else light_deg,
        classifier=version,
    )


def _status(crater: Crater, score: float, vetting: VettingSettings) -> str:
    if np.isnan(score):
        return NOT_JUDGED
    if score >= vetting.doubtful_below:
        return IS_LIKELY
    is_accepted = vetting.accepts(crater_id=crater.crater_id, name=crater.name)
    return ACCEPTED if is_accepted else DOUBTFUL


def doubtful_words(table: pd.DataFrame, *, most: int = 20) -> str:
    """Return id, name and score of the doubtful entries, the least sure first."""
    rows = table[table["status"] == DOUBTFUL].sort_values("score", kind="stable")
    columns = zip(rows["crater_id"], rows["name"], rows["score"], strict=True)
    words = [
        f"{number:04d} {name} ({score:.2f})".replace("  ", " ") for number, name, score in columns
    ]
    more = f", and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more
