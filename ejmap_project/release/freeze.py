"""Freezing: files of artefacts become read-only files of a release, where possible by link."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from ejmap_geo.whole_file import link_or_copy
from ejmap_project.digest import file_sha256
from ejmap_project.models.promotion_record import mapping_ensemble
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS
from ejmap_project.release.made_artefact import MadeArtefact
from ejmap_project.release.release_folder import files_below
from ejmap_project.release_metadata.release_manifest import FileNote, ModelNote
from ejmap_project.sources.corrected_masks import import_notes

# What people and their programs write in place: editors, QGIS, GDAL. A link would let them change
# the release. Everything else is written by EJMAP alone, which replaces files and never alters one.
COPIED = frozenset({".gpkg", ".json", ".jsonl", ".qgs", ".qml", ".xml", ".yaml"})
READ_ONLY = 0o444


def frozen_files(project: OpenProject, made: Iterable[MadeArtefact]) -> Iterator[Path]:
    """Yield the files that a release holds: settings, models, notes of imports, artefacts.

    Args:
        project: The project.
        made: Its artefacts.
    """
    paths = project.paths
    yield paths.settings
    yield from sorted(paths.own_models.glob("*.yaml"))
    for kind in MODEL_KINDS:
        note = mapping_ensemble(project, kind)
        if note is not None:
            yield paths.promotions(kind)
            yield from files_below(paths.stored_ensemble(kind, note.digest))
    yield from import_notes(paths)
    for one in made:
        yield from one.files()


def mapping_models(project: OpenProject) -> dict[str, ModelNote]:
    """Return the ensembles that map the craters of a project, by model."""
    found = {kind: mapping_ensemble(project, kind) for kind in MODEL_KINDS}
    return {
        kind: ModelNote(version=note.version, digest=note.digest, members=note.members)
        for kind, note in found.items()
        if note is not None
    }


def freeze(source: Path, target: Path) -> None:
    """Let ``target`` be a read-only link to a file, or a copy of it.

    A link shares its permissions with the file in the project, which then is read-only, too.
    """
    if source.suffix in COPIED:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    else:
        # A link to a symbolic link would follow it to other content later.
        link_or_copy(source.resolve(), target)
    target.chmod(READ_ONLY)


def file_note(path: Path, folder: Path) -> FileNote:
    """Return the path, size and digest of a file in the folder of a release."""
    return FileNote(
        path=path.relative_to(folder).as_posix(),
        size=path.stat().st_size,
        sha256=file_sha256(path),
    )
