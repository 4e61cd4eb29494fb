"""Ensembles that travel between projects, as one ZIP file: written, and read as untrusted input.

The file holds the folder of a ready-made ensemble (:mod:`ejmap_ml.ready.ensembles`), and
``ensemble.json``, which says what it is.
"""

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ejmap_geo.whole_file import whole_file, whole_folder
from ejmap_ml.bundles.bundle_files import (
    CALIBRATION,
    CONFIG,
    CONFORMAL,
    LARGEST_JSON_BYTES,
    LARGEST_WEIGHTS_BYTES,
    NORMALIZATION,
    OPTIONAL,
    PROVENANCE,
    VIEW_RANGES,
    WEIGHTS,
)
from ejmap_ml.config.model_config import preset_names
from ejmap_ml.errors import BundleError
from ejmap_ml.ready.ensembles import CARD, ReadyEnsemble, is_name, member_name
from ejmap_project.digest import file_sha256
from ejmap_project.errors import ExportError, SettingsError
from ejmap_project.models.model_version import ModelVersion, ready_made
from ejmap_project.models.ready_models import kind_of, ready_named
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS, ModelKind

if TYPE_CHECKING:
    from ejmap_ml.bundles.bundle import ModelBundle

NOTE = "ensemble.json"
# Behind the name of an ensemble that came from elsewhere: its own may be that of a preset here.
IMPORTED = "_imported"
# The published ensembles of twenty members take 2 GB.
LARGEST_ARCHIVE_BYTES = 2**32
BLOCK_BYTES = 2**20
IS_ENCRYPTED = 0x1
_FILES: Mapping[str, int] = {
    CALIBRATION: LARGEST_JSON_BYTES,
    CONFIG: LARGEST_JSON_BYTES,
    CONFORMAL: LARGEST_JSON_BYTES,
    NORMALIZATION: LARGEST_JSON_BYTES,
    PROVENANCE: LARGEST_JSON_BYTES,
    VIEW_RANGES: LARGEST_JSON_BYTES,
    WEIGHTS: LARGEST_WEIGHTS_BYTES,
}
_OF_MEMBER = re.compile(r"member_\d\d/(" + "|".join(map(re.escape, _FILES)) + ")")


class EnsembleOrigin(BaseModel):
    """What ``ensemble.json`` says of an ensemble.

    Attributes:
        format: Version of the layout of the file.
        kind: Which of the two models.
        version: Version of the model in the project that wrote the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    kind: ModelKind
    version: str = Field(min_length=1, max_length=200)


def export_ensemble(project: OpenProject, version: str, file: Path) -> EnsembleOrigin:
    """Write the members of a version as one file, whole or not at all.

    Args:
        project: The project.
        version: Key of the version, such as ``ejseg_polar`` or ``ejseg_v200@61``.
        file: The file to write.

    Raises:
        BundleError: If a member is incomplete or was altered.
        ExportError: If the file is there already, or the version has no members.
    """
    if file.exists():
        raise ExportError(f"{file} is there already; name another file, or remove it first")
    origin, members, card = _ensemble(project, version)
    with whole_file(file) as unfinished, zipfile.ZipFile(unfinished, "w") as archive:
        archive.writestr(NOTE, origin.model_dump_json(indent=2) + "\n")
        archive.writestr(CARD, card)
        for number, member in enumerate(members):
            for name in _FILES:
                if name not in OPTIONAL or (member / name).exists():
                    archive.write(member / name, f"{member_name(number)}/{name}")
    return origin


def import_ensemble(project: OpenProject, file: Path, *, name: str | None = None) -> ReadyEnsemble:
    """Add the ensemble in a file to a project, which may then name it as a version.

    Args:
        project: The project.
        file: The file; it may come from anybody.
        name: What to call the ensemble; None takes the name of its version and ``_imported``.

    Raises:
        BundleError: If the file is not what :func:`export_ensemble` writes, is too large, or a
            member does not fit its own configuration.
        SettingsError: If the name is taken, or is none.
    """
    if not file.is_file():
        raise BundleError(f"there is no file {file}; name one that `ejmap models export` wrote")
    try:
        with zipfile.ZipFile(file) as archive:
            entries = _entries(archive, file)
            origin = _origin(archive, entries, file)
            chosen = _free_name(
                project, name or f"{ModelVersion.parse(origin.version).name}{IMPORTED}"
            )
            folder = project.paths.own_models / chosen
            with whole_folder(folder) as unfinished:
                for path, entry in entries.items():
                    _extract(archive, entry, unfinished / path)
                _check_and_sign(ReadyEnsemble(unfinished), origin, file)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise BundleError(f"{file} cannot be read as a ZIP file: {error}; copy it again") from error
    return ReadyEnsemble(folder)


def _ensemble(project: OpenProject, version: str) -> tuple[EnsembleOrigin, list[Path], str]:
    """Return what a version is, the folders of its members, and its card."""
    from ejmap_ml.bundles.bundle import ModelBundle

    parsed = ModelVersion.parse(version)
    ready = ready_named(project, parsed.name)
    if ready is not None:
        kind = kind_of(ready)
        if ready_made(project, kind, parsed) is not None:
            members = [ready.member(one) for one in range(ready.member_count)]
            for member in members:
                # Checks it, and that none of its files is a link to another file of this machine.
                ModelBundle.load(member)
            return EnsembleOrigin(kind=kind, version=version), members, ready.card
    for kind in MODEL_KINDS:
        folders = sorted(project.paths.model_version(kind, version).glob("iteration_[0-9][0-9]"))
        if folders:
            bundles = [ModelBundle.load(folder) for folder in folders]
            origin = EnsembleOrigin(kind=kind, version=version)
            return origin, folders, _card(origin, bundles)
    raise ExportError(
        f"{version!r} has no members in this project; `ejmap models list {project.paths.folder}` "
        "names the versions that have"
    )


def _card(origin: EnsembleOrigin, bundles: list["ModelBundle"]) -> str:
    first = bundles[0]
    lines = [
        f"# {origin.version}",
        "",
        f"{len(bundles)} member(s) of {origin.kind.upper()}; reads {first.config.reads_words}.",
        "",
        "| member | trained | samples | steps | scores |",
        "| --- | --- | --- | --- | --- |",
    ]
    for number, bundle in enumerate(bundles):
        told = bundle.provenance
        scores = ", ".join(f"{name} {value:.3f}" for name, value in told.scores.items())
        lines.append(
            f"| {number} | {told.created_utc} | {told.samples or ''} | {told.steps or ''} "
            f"| {scores} |"
        )
    return "\n".join(lines) + "\n"


def _entries(archive: zipfile.ZipFile, file: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the entries of an archive by their name, all of them expected and bounded."""
    # Some programs write an entry a folder.
    infos = [info for info in archive.infolist() if not info.is_dir()]
    names = [info.filename for info in infos]
    strange = [info.filename for info in infos if not _is_expected(info)]
    if strange or len({*names}) != len(names):
        raise BundleError(
            f"{file} is no ensemble: {(strange or names)[0]!r:.80} is none of its files, or is "
            "encrypted, or there twice; take a file that `ejmap models export` wrote"
        )
    large = [info.filename for info in infos if info.file_size > _largest(info.filename)]
    if large or sum(info.file_size for info in infos) > LARGEST_ARCHIVE_BYTES:
        raise BundleError(
            f"{file} holds more than an ensemble may ({LARGEST_ARCHIVE_BYTES} bytes, and "
            f"{LARGEST_JSON_BYTES} a text): {', '.join(large) or 'all files together'}"
        )
    return dict(zip(names, infos, strict=True))


def _is_expected(info: zipfile.ZipInfo) -> bool:
    is_readable = info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    is_named = info.filename in {NOTE, CARD} or _OF_MEMBER.fullmatch(info.filename) is not None
    return is_named and is_readable and not info.flag_bits & IS_ENCRYPTED


def _largest(name: str) -> int:
    return _FILES.get(name.rpartition("/")[2], LARGEST_JSON_BYTES)


def _origin(
    archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], file: Path
) -> EnsembleOrigin:
    if NOTE not in entries:
        raise BundleError(f"{file} is no ensemble: it lacks {NOTE}; take a file of `models export`")
    try:
        return EnsembleOrigin.model_validate_json(archive.read(entries[NOTE]))
    except ValidationError as error:
        raise BundleError(f"{NOTE} in {file} does not hold what it should: {error}") from error


def _free_name(project: OpenProject, name: str) -> str:
    if not is_name(name):
        raise SettingsError(
            f"{name!r:.80} is no name of an ensemble; give one of letters, digits, _ and - with "
            "--name"
        )
    own = project.paths.own_models / name
    if own.exists() or name in preset_names() or project.paths.preset(name).is_file():
        raise SettingsError(f"a model is called {name} already; choose another --name")
    if ready_named(project, name) is not None:
        raise SettingsError(f"a ready-made model is called {name} already; choose another --name")
    return name


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """Write an entry as an ordinary file; the size that it declares bounds what is read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with archive.open(entry) as source, path.open("wb") as target:
        while block := source.read(min(BLOCK_BYTES, left + 1)):
            left -= len(block)
            if left < 0:
                raise BundleError(f"{entry.filename} holds more than it declares; copy it again")
            target.write(block)


def _check_and_sign(ready: ReadyEnsemble, origin: EnsembleOrigin, file: Path) -> None:
    """Load every member, which checks it, and write down which file it came in."""
    from ejmap_ml.bundles.bundle import ModelBundle

    # Before anything is loaded: gaps, and members that are no folder of a bundle.
    members = [ready.member(number) for number in range(ready.member_count)]
    if kind_of(ready) != origin.kind:
        raise BundleError(f"{file} says that it is of {origin.kind}, but its networks are not")
    digest = file_sha256(file)
    config = ready.config
    for member in members:
        bundle = ModelBundle.load(member)
        found = bundle.config
        if (found.architecture, found.bands, found.reads) != (
            config.architecture,
            config.bands,
            config.reads,
        ):
            raise BundleError(
                f"the members in {file} are not of one architecture, or read different bands; "
                "export it again"
            )
        source = bundle.provenance.source or f"{origin.version} in {file.name}"
        signed = {"source": source, "file_name": file.name, "file_sha256": digest}
        provenance = bundle.provenance.model_copy(update=signed)
        replace(bundle, provenance=provenance).save(member)
