"""Inputs on disk: compared with their record before a step reads them."""

from collections.abc import Iterable
from logging import Logger

from ejmap_assets.lineage.provenance import Ingredient
from ejmap_assets.lineage.recipes import RecipeBook
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.partitions import Partitioning
from ejmap_project.errors import StepError
from ejmap_project.manifests.manifest_store import ArtefactFiles, Finding
from ejmap_project.manifests.stored_files import Recorded, fetch_missing


def require_intact(book: RecipeBook, inputs: Iterable[Ingredient]) -> None:
    """Fetch inputs from the bucket, and refuse those whose files are not what was recorded.

    A missing file passes: the step that reads it says what is missing. The history has no digest of
    an artefact of EJMAP 0.1, so its manifest is taken here.

    Raises:
        ObjectStoreError: If an input lies in the bucket alone, and that cannot be used.
        StepError: If a file of an input differs from its record.
    """
    compared = [one for one in inputs if not LINEAGE[one.asset].is_checked_by_readers]
    fetch_missing(Recorded(book.files(one.asset, one.partition), one.files) for one in compared)
    for one in compared:
        found = book.files(one.asset, one.partition).compare(one.files, adopts=True)
        if found.is_unusable:
            raise StepError(
                f"{one.label} is not what was recorded: {found.fault}; `ejmap run` makes it again"
            )


def set_damaged_craters_aside(book: RecipeBook, asset: str, log: Logger) -> None:
    """Move damaged files of craters away before an artefact of all craters is made.

    Such an artefact leaves out craters without a file, so it does not read the damaged ones.
    """
    if LINEAGE[asset].partitioning is not Partitioning.NONE:
        return
    for name in book.inputs(asset):
        if LINEAGE[name].partitioning is Partitioning.CRATERS:
            for key, made in book.records(name).items():
                files = book.files(name, key)
                set_aside_if_damaged(files, files.compare(made.files), log)


def set_aside_if_damaged(files: ArtefactFiles, found: Finding, log: Logger) -> None:
    """Move the files of an artefact away if they are not those that were recorded."""
    if found.is_unusable:
        folder = files.set_aside()
        which = f"{files.asset} {files.partition}".strip()
        log.warning(
            "%s is not what was recorded: %s; moved to %s, to be made again",
            *(which, found.fault, folder),
        )
