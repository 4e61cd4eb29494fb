"""The report of a release: one HTML file with map, craters, scores and provenance."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ejmap_ml.bundles.bundle_files import WEIGHTS
from ejmap_project.files.table_file import read_table
from ejmap_project.models.promotion_record import Promotion, promotions
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS, iteration_name
from ejmap_project.release.crater_pages import SHOWN_GROUPS, crater_pages
from ejmap_project.release.embedded import EmbeddedPicture, embedded_file
from ejmap_project.release.made_artefact import MadeArtefact
from ejmap_project.release.page import (
    NOTHING,
    Table,
    column_words,
    number_words,
    rendered,
    table_of,
)
from ejmap_project.release_metadata.release_manifest import ReleaseManifest
from ejmap_project.scoring.map_agreement import POOLED

MAP_PX, PICTURE_PX = 1600, 640
MOST_ROWS = 24
# Tables that a section shows beside its pictures; the others are files of the release.
SHOWN_TABLES = frozenset({"evaluation", "map_scores", "superposition", "overlaps"})
TITLES = {
    "crater_patterns": "Patterns of all craters",
    "ejecta_contrast": "Brightness of the ejecta against their surroundings",
    "evaluation": "Agreement with known ejecta",
    "exclusion_mask": "Where not to count craters",
    "manual_comparison": "Agreement with whole manual maps",
    "map_scores": "Scores in labelled tiles",
    "member_map_scores": "Maps of single members",
    "model_ages": "Ages from counted craters",
    "model_comparison": "Trained members",
    "overlaps": "Ground that several craters claim",
    "planet_statistics": "Shares and densities over the planet",
    "raster_summaries": "Other rasters on ejecta and beside them",
    "superposition": "Who lies on top",
    "tile_scores": "Scores tile by tile",
    "uncertainty": "Where the map may be wrong",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What a report shows of an artefact of the whole map.

    Attributes:
        title: Its title.
        stale: Why it was not up to date; empty if it was.
        pictures: Its pictures.
        table: Its table; None where it has none, or one that is too long for a page.
    """

    title: str
    stale: str
    pictures: Sequence[EmbeddedPicture]
    table: Table | None


def write_report(
    path: Path,
    manifest: ReleaseManifest,
    project: OpenProject,
    made: Sequence[MadeArtefact],
) -> None:
    """Write the report of a release.

    Args:
        path: The file.
        manifest: What the release holds.
        project: The project, its paths those of the release.
        made: What the release holds, with pictures.
    """
    whole = {one.note.asset: one for one in made if one.note.partition is None}
    craters = list(crater_pages(project, made, manifest.corrections))
    preview = embedded_file(
        project.paths.preview, alt="ejecta of all craters over the mosaic", width_px=MAP_PX
    )
    text = rendered(
        "report.html",
        manifest=manifest,
        preview=preview,
        page=manifest.map_page,
        facts=list(_facts(manifest, len(craters))),
        craters=craters,
        corrections=_corrections(manifest),
        sections=list(_sections(whole)),
        gates=list(_gates(project, whole)),
        members=_members(manifest),
        artefacts=_artefacts(manifest),
        quantities=SHOWN_GROUPS,
    )
    path.write_text(text, encoding="utf-8")


def _facts(manifest: ReleaseManifest, craters: int) -> Iterator[tuple[str, str]]:
    states = ", ".join(f"{count} {state}" for state, count in manifest.craters.items())
    yield "made", manifest.made_utc
    yield "planet", manifest.body
    yield "craters", f"{craters} ({states})" if states else str(craters)
    if manifest.corrections:
        people = dict.fromkeys(one.by for one in manifest.corrections)
        count = len(manifest.corrections)
        yield "corrected by hand", f"{count} crater(s), by {', '.join(people)}"
    for kind, model in manifest.models.items():
        yield f"model {kind}", f"{model.version}, digest {model.digest}"
    yield "mosaic", f"{manifest.mosaic.words}, digest {manifest.mosaic.data_version}"
    yield "catalogue", f"digest {manifest.data_version('crater_catalogue') or NOTHING}"
    yield "software", ", ".join(f"{name} {found}" for name, found in manifest.packages.items())


def _corrections(manifest: ReleaseManifest) -> Table | None:
    rows = [
        [
            one.crater,
            one.by,
            one.imported_utc,
            number_words(one.added_km2),
            number_words(one.removed_km2),
            one.note,
        ]
        for one in manifest.corrections
    ]
    columns = ("crater", "corrected_by", "imported", "added_km2", "removed_km2", "note")
    caption = "Masks that people corrected by hand; the map shows them as they were drawn"
    return Table(caption, [*map(column_words, columns)], rows) if rows else None


def _sections(whole: Mapping[str, MadeArtefact]) -> Iterator[Section]:
    for asset, one in whole.items():
        # The map has its own place, and so has the table of craters.
        if asset in {"global_map", "crater_catalogue"} or not one.outputs:
            continue
        pictures = [
            embedded_file(picture.path, alt=picture.alt, width_px=PICTURE_PX)
            for picture in one.pictures.values()
        ]
        table = _table(one) if asset in SHOWN_TABLES else None
        if pictures or table is not None:
            title = TITLES.get(asset, asset.replace("_", " ").capitalize())
            yield Section(title=title, stale=one.note.stale, pictures=pictures, table=table)


def _table(one: MadeArtefact) -> Table | None:
    path = next((path for path in one.outputs if path.suffix == ".parquet"), None)
    if path is None or not path.is_file():
        return None
    frame = _pooled_first(read_table(path))
    if frame.empty:
        # Such as the scores of a planet of which no ejecta are known.
        return None
    return table_of(frame, caption=f"The first rows of {path.name}", most_rows=MOST_ROWS)


def _pooled_first(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the rows of all craters together before those of single ones."""
    if "scope" in frame:
        is_single = frame["crater_id"].notna()
    elif "method" in frame:
        is_single = frame["crater"] != POOLED
    else:
        return frame
    return frame.loc[is_single.sort_values(kind="stable").index]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """How the ensembles of a model were decided on.

    Attributes:
        kind: Which of the two models.
        decisions: Its record.
        pictures: How well its probabilities come true, where it says so.
    """

    kind: str
    decisions: Table
    pictures: Sequence[EmbeddedPicture]


def _gates(project: OpenProject, whole: Mapping[str, MadeArtefact]) -> Iterator[Gate]:
    for kind in MODEL_KINDS:
        decided = promotions(project.paths, kind)
        if not decided:
            continue
        asset = whole.get(f"promoted_{kind}")
        columns = (
            *("decided", "decision", "maps the craters", "candidate", "test F1"),
            *("ray recall", "blanket recall", "false area", "reason"),
        )
        rows = [_decision(one) for one in reversed(decided)]
        caption = f"Decisions on {kind.upper()}, the newest first; scores are the candidate's"
        yield Gate(
            kind=kind.upper(),
            decisions=Table(caption, columns, rows),
            pictures=[
                embedded_file(picture.path, alt=picture.alt, width_px=PICTURE_PX)
                for picture in (asset.pictures if asset else {}).values()
            ],
        )


def _decision(one: Promotion) -> list[str]:
    note, scores = one.candidate, one.candidate.reference
    found = (
        (None, None, None) if scores is None else (scores.ray, scores.blanket, scores.false_area)
    )
    return [
        one.decided_utc,
        one.decision.value,
        f"{one.current.version} ({one.current.digest})",
        f"{note.version} ({note.digest})",
        number_words(note.score),
        *map(number_words, found),
        one.reason,
    ]


def _members(manifest: ReleaseManifest) -> Table:
    rows = [
        [f"{kind} member {number}", model.version, version, _weights(kind, number, manifest)]
        for kind, model in manifest.models.items()
        for number, version in enumerate(model.members)
    ]
    columns = ("member", "version of the model", "data version", "SHA-256 of its weights")
    return Table("Members of the ensembles that mapped the craters", columns, rows)


def _weights(kind: str, number: int, manifest: ReleaseManifest) -> str:
    inside, name = f"/models/{kind}/", f"/{iteration_name(number)}/{WEIGHTS}"
    found = (one.sha256 for one in manifest.files if inside in one.path and name in one.path)
    return next(found, NOTHING)


def _artefacts(manifest: ReleaseManifest) -> Table:
    rows = [
        [
            one.asset,
            one.partition or "",
            one.data_version,
            one.recipe,
            one.code_version,
            one.run_id[:8],
            one.made_utc,
            one.stale or "up to date",
        ]
        for one in manifest.artefacts
        if one.partition is None or not one.partition.isdigit()
    ]
    columns = ("artefact", "partition", "data version", "recipe", "code", "run", "made", "state")
    caption = "What the release was made from; craters are in release.json"
    return Table(caption, columns, rows)
