"""What classifiers say of each entry of the catalogue: scores, and what follows from them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater, catalogue_from, craters_of
from ejmap_geo.craters.observed_share import observed_shares
from ejmap_geo.craters.tile_regions import FOLDS
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.artefact import Artefact, Facts, Picture, drawing, known_numbers
from ejmap_project.basemap import read_project_basemap
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.files.table_file import write_table_and_csv
from ejmap_project.open_project import OpenProject
from ejmap_project.pictures.picture_store import write_picture
from ejmap_project.settings.vetting import VettingSettings
from ejmap_project.vetting.gathering import place_of, why_not
from ejmap_project.vetting.vetting_choice import (
    classifier_version,
    light_words,
    require_known_names,
    required_vetting,
)
from ejmap_project.vetting.vetting_tiles import (
    ACCEPTED,
    CATALOGUE,
    DOUBTFUL,
    IS_CRATER,
    IS_LIKELY,
    IS_OTHER,
    NOT_JUDGED,
    STATUSES,
    VettingTiles,
)

if TYPE_CHECKING:
    from ejmap_ml.sgan.classifier import CraterClassifier
    from ejmap_ml.sgan.config import StretchConfig

NOT_IMAGED = "more than half of its tile was not imaged"
SHOWN = ["crater_id", "name", "score", "status", "reason", "radius_m", "lon_deg", "lat_deg"]
SHEET_TILES, SHEET_COLUMNS = 16, 4


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
        from ejmap_ml.calibration.reliability import calibration_error

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


def fold_name(number: int) -> str:
    """Return the folder, in that of a version, of the classifier that a region tests."""
    return f"fold_{number}"


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


def score_catalogue(project: OpenProject) -> Artefact:
    """Write how sure a classifier is that each entry of the catalogue is a crater.

    Raises:
        BundleError: If a classifier is missing, incomplete or was altered.
        StepError: If tiles are missing, or the catalogue is not vetted.
    """
    from ejmap_ml.sgan.classifier import CraterClassifier

    paths, vetting = project.paths, required_vetting(project)
    require_known_names(project)
    version, found = classifier_version(project), VettingTiles.load(paths)
    folder = paths.crater_classifier(version)
    members = [CraterClassifier.load(folder / fold_name(number)) for number in range(FOLDS)]
    said = held_out(members, found, any_light=vetting.any_light)
    raster, basemap = read_project_basemap(project)
    table = candidate_table(
        project.craters(),
        found,
        said,
        vetting=vetting,
        basemap=basemap,
        version=version,
    )
    table["observed_share"] = observed_shares(raster, basemap, craters_of(table))
    write_table_and_csv(table, paths.crater_candidates)
    picture = _least_sure(found, said, stretch=members[0].config.stretch)
    write_picture(paths.least_sure, picture)
    return Artefact(
        content=content_version(pd.DataFrame(table.drop(columns="geometry")).to_csv(index=False)),
        metadata={
            **_counted(table, vetting),
            "classifier": version,
            "test_accuracy": said.numbers["test_accuracy"],
            "learnt_from": _learnt_from(found),
            "light_azimuth_deg": light_words(project),
            "least_sure": pd.DataFrame(table[SHOWN]).sort_values("score", kind="stable"),
            "path": str(paths.crater_candidates),
            "picture": picture,
        },
        table=table,
    )


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
    scored = list(zip(entries, scores.tolist(), strict=True))
    light_deg = vetting.light_azimuth_deg
    return table.assign(
        score=scores,
        status=[_status(crater, score, vetting) for crater, score in scored],
        reason=[
            (why_not(place_of(crater, vetting), basemap) or NOT_IMAGED) if np.isnan(score) else ""
            for crater, score in scored
        ],
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
    words = [
        f"{number:04d} {name} ({score:.2f})".replace("  ", " ")
        for number, name, score in rows[["crater_id", "name", "score"]].itertuples(index=False)
    ]
    more = f", and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def _counted(table: pd.DataFrame, vetting: VettingSettings) -> Facts:
    counts = table["status"].value_counts()
    return {
        "entries": len(table),
        **{name.replace(" ", "_"): int(counts.get(name, 0)) for name in STATUSES},
        "doubtful_below": vetting.doubtful_below,
        "doubtful_entries": doubtful_words(table) or "none",
        "doubtful_are_held_back": vetting.hold_back,
        **known_numbers({"median_score": float(table["score"].median())}),
    }


def _learnt_from(found: VettingTiles) -> str:
    craters, others = (int((found.label == one).sum()) for one in (IS_CRATER, IS_OTHER))
    unlabelled = len(found.label) - craters - others
    return f"{craters} craters, {others} crater-free places, {unlabelled} tiles without a label"


@drawing
def _least_sure(found: VettingTiles, said: HeldOut, *, stretch: "StretchConfig") -> Picture:
    """Show the entries of the catalogue with the lowest scores, each over score and name."""
    from ejmap_ml.sgan.tile_sheet import contact_sheet

    is_entry = (found.table["kind"] == CATALOGUE).to_numpy()
    entries = found.table[is_entry]
    numbered = zip(entries["crater_id"], entries["name"], strict=True)
    rgb = contact_sheet(
        found.tiles.chosen(is_entry),
        said.scores[is_entry],
        [name or f"#{number}" for number, name in numbered],
        count=SHEET_TILES,
        columns=SHEET_COLUMNS,
        stretch=stretch,
    )
    return Picture(rgb, alt="the least sure entries of the catalogue")
