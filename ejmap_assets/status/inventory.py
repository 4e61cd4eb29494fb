"""What a release freezes of a project, and what everything in the project was made of."""

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime

import dagster as dg

from ejmap_assets.lineage import stages
from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.provenance import Record, last_record
from ejmap_assets.lineage.recipes import RecipeBook, book_of
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.status.standing import ArtefactStanding, Standing, standings
from ejmap_project.errors import StepError
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS
from ejmap_project.pictures.picture_store import StoredPicture, stored_picture
from ejmap_project.release.made_artefact import MadeArtefact
from ejmap_project.release.make import Inventory
from ejmap_project.release_metadata.release_manifest import ArtefactNote, RunNote

# Artefacts upstream of the map whose files a release holds; of all others it holds the record.
FROZEN = frozenset(
    {
        *("crater_catalogue", "crater_candidates"),
        *("segmentation_mask", "basemap_mask", "promised_recall_mask"),
        *("crater_profile", "crater_pattern"),
    }
)
# Their pictures say how well probabilities come true.
PROMOTED = frozenset(f"promoted_{kind}" for kind in MODEL_KINDS)
# The only artefact of a crater whose pictures the report shows.
SHOWN_OF_CRATER = "crater_pattern"


def is_frozen(asset: str) -> bool:
    """Return whether a release holds the files of an asset: of the map and what is measured."""
    return asset in FROZEN or LINEAGE[asset].stage in (stages.MAP, stages.SCORES)


def take_stock(project: OpenProject, instance: dg.DagsterInstance) -> Inventory:
    """Return everything that a project holds, and what it was made of.

    Raises:
        StepError: If the promoted ensemble cannot be read.
    """
    book = book_of(project, instance).snapshot()
    book.fetch(filter(is_frozen, LINEAGE))
    found = standings(book)
    made = tuple(_made(book, one) for one in found if one.standing is not Standing.MISSING)
    return Inventory(
        made=made,
        runs=_runs(instance, {one.note.run_id for one in made} - {""}),
        missing=tuple(
            one.asset if one.partition is None else f"{one.asset} of {one.partition}"
            for one in found
            if one.standing is Standing.MISSING and is_frozen(one.asset)
        ),
        craters=Counter(state.value for state in crater_states(book).values()),
    )


def _runs(instance: dg.DagsterInstance, run_ids: Collection[str]) -> dict[str, RunNote]:
    """Return the runs that the history still knows."""
    found = instance.get_run_records(dg.RunsFilter(run_ids=list(run_ids))) if run_ids else []
    return {
        one.dagster_run.run_id: RunNote(
            job=one.dagster_run.job_name,
            started_utc=_utc(one.start_time),
            ended_utc=_utc(one.end_time),
        )
        for one in found
    }


def _utc(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat(timespec="seconds")


def _made(book: RecipeBook, one: ArtefactStanding) -> MadeArtefact:
    record = book.last(one.asset, one.partition)
    assert record is not None  # noqa: S101 - else it counts as missing
    frozen = is_frozen(one.asset)
    note = ArtefactNote(
        asset=one.asset,
        partition=one.partition,
        data_version=record.data_version,
        recipe=record.recipe,
        code_version=record.code_version,
        inputs=dict(record.inputs),
        run_id=record.run_id,
        made_utc=_utc(record.made_s),
        stale=one.why,
    )
    return MadeArtefact(
        note=note,
        settings=_settings(book, one),
        outputs=tuple(book.files(one.asset, one.partition).places) if frozen else (),
        pictures=_pictures(book, one, record) if frozen or one.asset in PROMOTED else {},
    )


def _settings(book: RecipeBook, one: ArtefactStanding) -> object:
    if one.is_pending:
        return None
    try:
        return book.recipe(one.asset, one.partition).settings
    except StepError:
        # What is up to date has a recipe; this is for a history that changes meanwhile.
        return None


def _pictures(book: RecipeBook, one: ArtefactStanding, record: Record) -> dict[str, StoredPicture]:
    """Return the pictures that the history names and that are still there."""
    told: Record | None = record
    if one.partition is not None:
        if one.asset != SHOWN_OF_CRATER:
            return {}
        # A snapshot of craters keeps no pictures.
        told = last_record(book.instance, one.asset, one.partition)
    texts = {
        name: value.value or ""
        for name, value in (told.metadata if told else {}).items()
        if isinstance(value, dg.MarkdownMetadataValue)
    }
    found = {name: stored_picture(book.project.paths, text) for name, text in texts.items()}
    return {name: picture for name, picture in found.items() if picture is not None}
