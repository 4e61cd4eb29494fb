"""Making a release: everything that belongs to the map as one numbered folder, or nothing."""

import importlib.metadata
import json
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from pydantic import JsonValue

from ejmap_geo.whole_file import whole_folder
from ejmap_project.artefact import Artefact, Markdown
from ejmap_project.digest import content_version
from ejmap_project.errors import ReleaseError
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths
from ejmap_project.progress import Progress
from ejmap_project.release.freeze import (
    READ_ONLY,
    file_note,
    freeze,
    frozen_files,
    mapping_models,
)
from ejmap_project.release.made_artefact import MadeArtefact
from ejmap_project.release.model_card import write_model_cards
from ejmap_project.release.release_folder import (
    REPORT,
    REPORT_ROUTE,
    alone,
    files_below,
    next_number,
    require_free_name,
)
from ejmap_project.release.report import write_report
from ejmap_project.release_metadata.corrections import released_corrections
from ejmap_project.release_metadata.datacite import write_datacite
from ejmap_project.release_metadata.release_manifest import (
    MANIFEST,
    ArtefactNote,
    MosaicNote,
    ReleaseManifest,
    RunNote,
)
from ejmap_project.release_metadata.run_crate import CRATE, write_run_crate
from ejmap_project.release_metadata.stac import ReleasedFiles, write_stac
from ejmap_project.settings.project_folder import command_on

MAP, MOSAIC = "global_map", "basemap_mosaic"
DATACITE = "datacite.json"
PACKAGES = ("ejmap", "dagster", "numpy", "rasterio", "scipy", "torch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What a project holds.

    Attributes:
        made: Its artefacts.
        missing: Artefacts to freeze that the project makes and that are not there, in words.
        craters: Number of craters in each state.
        runs: The runs that made them, by id.
    """

    made: tuple[MadeArtefact, ...]
    missing: tuple[str, ...] = ()
    craters: Mapping[str, int]
    runs: Mapping[str, RunNote] = field(default_factory=dict[str, RunNote])

    @property
    def versions(self) -> dict[tuple[str, str | None], str]:
        """Data versions of what is frozen, by asset and partition."""
        frozen = (one.note for one in self.made if one.outputs)
        return {(one.asset, one.partition): one.data_version for one in frozen}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRelease:
    """What somebody asks for.

    Attributes:
        name: Name of the release; empty takes date and time.
        note: Words for those who read it.
        allow_stale: Whether artefacts that are not up to date may be frozen.
    """

    name: str
    note: str = ""
    allow_stale: bool = False


def make_release(
    project: OpenProject,
    asked: AskedRelease,
    take_stock: Callable[[], Inventory],
    *,
    progress: Progress,
) -> Artefact:
    """Freeze the map with its tables, models and provenance, whole or not at all.

    Args:
        project: The project.
        asked: What the release is called.
        take_stock: Looks at what the project holds: before its files are frozen, and behind it.
        progress: Told how many files are frozen.

    Raises:
        ReleaseError: If the name is taken, there is no map, something is not up to date without
            leave, or artefacts were replaced while they were frozen.
    """
    made = datetime.now(UTC)
    asked = replace(asked, name=asked.name or f"map_{made:%Y-%m-%d_%H%M%S}")
    require_free_name(project.paths, asked.name)
    inventory = take_stock()
    _require_map(project, inventory)
    if not asked.allow_stale:
        _require_current(project, inventory)
    with alone(project.paths):
        # Again: another command may have taken it by now.
        require_free_name(project.paths, asked.name)
        number = next_number(project.paths)
        folder = project.paths.releases / f"{number:04d}_{asked.name}"
        with whole_folder(folder) as unfinished:
            _freeze_all(project, inventory, unfinished, progress)
            manifest = _manifest(project, asked, inventory, number=number, folder=unfinished)
            progress.say("the report")
            manifest = _with_pages(project, manifest, inventory, unfinished)
            _seal(manifest, unfinished)
            if take_stock().versions != inventory.versions:
                raise ReleaseError(
                    "artefacts were made anew while they were frozen; repeat this once no run is "
                    "in progress"
                )
    return Artefact(
        content=content_version(manifest.model_dump_json()), metadata=_facts(manifest, folder)
    )


def _require_map(project: OpenProject, inventory: Inventory) -> None:
    if (MAP, None) not in inventory.versions:
        folder = project.paths.folder
        raise ReleaseError(
            f"{folder} has no map to release, or files of it are gone; make it with "
            f"{command_on(folder, 'run')}"
        )


def _require_current(project: OpenProject, inventory: Inventory) -> None:
    stale = [one.note for one in inventory.made if one.note.stale and one.outputs]
    if stale:
        # The map before what is measured of it, both before single craters.
        first = min(stale, key=lambda one: (one.asset != MAP, one.partition is not None))
        more = f", and {len(stale) - 1} more are not" if len(stale) > 1 else ""
        raise ReleaseError(
            f"{first.asset} is not up to date ({first.stale}){more}; first run "
            f"{command_on(project.paths.folder, 'run')}, or repeat with --allow-stale to freeze "
            "all as it is"
        )


def _freeze_all(
    project: OpenProject, inventory: Inventory, folder: Path, progress: Progress
) -> None:
    files = dict.fromkeys(frozen_files(project, inventory.made))
    for done, source in enumerate(files):
        progress.update("files", done=done, total=len(files))
        freeze(source, folder / source.relative_to(project.paths.folder))
    progress.update("files", done=len(files), total=len(files))


def _manifest(
    project: OpenProject,
    asked: AskedRelease,
    inventory: Inventory,
    *,
    number: int,
    folder: Path,
) -> ReleaseManifest:
    traits = project.settings.source.traits
    mosaic = (one.note.data_version for one in inventory.made if one.note.asset == MOSAIC)
    return ReleaseManifest(
        number=number,
        name=asked.name,
        note=asked.note,
        made_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        project=project.paths.folder.name,
        body=project.settings.body,
        packages=_packages(),
        mosaic=MosaicNote(
            words=traits.mosaic,
            terms=traits.terms,
            doi=traits.doi,
            data_version=next(mosaic, ""),
        ),
        models=mapping_models(project),
        craters=dict(inventory.craters),
        corrections=released_corrections(project, folder),
        missing=inventory.missing,
        settings=_settings(inventory),
        artefacts=tuple(_note(project, one) for one in inventory.made),
        runs=dict(inventory.runs),
        files=tuple(file_note(path, folder) for path in files_below(folder)),
    )


def _with_pages(
    project: OpenProject, manifest: ReleaseManifest, inventory: Inventory, folder: Path
) -> ReleaseManifest:
    """Write what a release says of itself; the crate last, because it names all other files."""
    frozen = replace(project, paths=ProjectPaths(folder))
    write_report(folder / REPORT, manifest, frozen, inventory.made)
    write_model_cards(frozen, manifest, folder)
    write_datacite(manifest, folder / DATACITE)
    manifest = _with_written(manifest, folder)
    write_stac(
        ReleasedFiles(
            folder=folder,
            manifest=manifest,
            craters=frozen.craters(),
            body=project.settings.planet,
        )
    )
    manifest = _with_written(manifest, folder)
    write_run_crate(folder / CRATE, manifest)
    return _with_written(manifest, folder)


def _with_written(manifest: ReleaseManifest, folder: Path) -> ReleaseManifest:
    """Return a manifest with the notes of the files that were written since."""
    known = {folder / one.path for one in manifest.files}
    written = (path for path in files_below(folder) if path not in known)
    notes = (file_note(path, folder) for path in written)
    return manifest.model_copy(update={"files": (*manifest.files, *notes)})


def _seal(manifest: ReleaseManifest, folder: Path) -> None:
    """Write the manifest, and make all files read-only."""
    place = folder / MANIFEST
    place.write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")
    for path in files_below(folder):
        path.chmod(READ_ONLY)


def _settings(inventory: Inventory) -> dict[str, JsonValue]:
    """Return the settings of each asset; they are the same for all craters that have some."""
    known = {one.note.asset: one.settings for one in inventory.made if one.settings is not None}
    return cast("dict[str, JsonValue]", json.loads(json.dumps(known, default=str)))


def _note(project: OpenProject, one: MadeArtefact) -> ArtefactNote:
    root = project.paths.folder
    files = tuple(path.relative_to(root).as_posix() for path in one.files())
    return one.note.model_copy(update={"files": files})


def _packages() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            # A checkout that was never installed.
            continue
    return found


def _facts(manifest: ReleaseManifest, folder: Path) -> dict[str, object]:
    return {
        "release": manifest.label,
        "report": Markdown(f"[Open the report]({REPORT_ROUTE.format(folder=folder.name)})"),
        "note": manifest.note,
        "files": len(manifest.files),
        "size_bytes": manifest.size,
        "stale_artefacts": len(manifest.stale),
        "missing_artefacts": list(manifest.missing),
        "corrected_craters": len(manifest.corrections),
        **{
            f"{kind}_model": f"{one.version} ({one.digest})"
            for kind, one in manifest.models.items()
        },
        "mosaic": manifest.mosaic.data_version,
        "path": str(folder),
    }
