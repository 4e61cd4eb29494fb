"""Which masks of a release people corrected by hand: as its own files say."""

from collections.abc import Iterator
from pathlib import Path

from ejmap_geo.craters.catalogue import Crater
from ejmap_project.files.raster_tags import MODEL, crater_words, tags_of
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths
from ejmap_project.release_metadata.release_manifest import CorrectionNote
from ejmap_project.sources.corrected_masks import (
    Correction,
    ImportNote,
    LabelChange,
    correction_in,
    import_notes,
    read_import_note,
)


def released_corrections(project: OpenProject, folder: Path) -> tuple[CorrectionNote, ...]:
    """Return the masks in a release that are corrected ones, by crater.

    The tag of the released mask decides: one that is older than an import, and was frozen as it is,
    is still that of the model.

    Args:
        project: The project.
        folder: The release, whose masks and notes of imports are there.

    Raises:
        SourceError: If the note of an import was changed into something else.
    """
    paths = ProjectPaths(folder)
    notes = {
        place.relative_to(folder).as_posix(): read_import_note(place)
        for place in import_notes(paths)
    }
    found: list[CorrectionNote] = []
    for key, crater in sorted(project.craters().items()):
        told = correction_in(tags_of(paths.basemap_mask(key)).get(MODEL, ""))
        if told is not None:
            found.append(_note(key, crater, told, notes))
    return tuple(found)


def _note(
    key: str, crater: Crater, told: Correction, notes: dict[str, ImportNote]
) -> CorrectionNote:
    known = CorrectionNote(
        key=key, crater=crater_words(crater), by=told.by, imported_utc=told.imported_utc
    )
    for file, note, change in _changes(crater, notes):
        if note.imported_utc == told.imported_utc:
            more = {
                "note": note.note,
                "added_km2": change.added_km2,
                "removed_km2": change.removed_km2,
                "file": file,
            }
            return known.model_copy(update=more)
    return known


def _changes(
    crater: Crater, notes: dict[str, ImportNote]
) -> Iterator[tuple[str, ImportNote, LabelChange]]:
    for file, note in notes.items():
        for change in note.changes:
            if change.crater_id == crater.crater_id:
                yield file, note, change
