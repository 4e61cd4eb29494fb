"""The manifests of a project on disk: taken when an artefact is recorded, compared when it is read.

While an artefact is made, its manifest names the process that makes it. So nobody takes a file that
is about to be recorded for a damaged one, and what a killed process left is told from both.
"""

import json
import shutil
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from ejmap_geo.process_identity import ProcessIdentity
from ejmap_geo.whole_file import write_text
from ejmap_project.digest import is_strong
from ejmap_project.manifests.manifest import (
    FileStamp,
    FileState,
    Manifest,
    digest_of,
    manifest_of,
    read_manifest,
    stamps_of,
)
from ejmap_project.object_store.bucket import stated_bucket
from ejmap_project.paths import ProjectPaths

MAKER = "maker"
NAMED_FILES = 3
# What a damaged manifest raises; it is taken anew then.
UNREADABLE = (OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError)


class Integrity(Enum):
    """Whether the files of an artefact are those that were recorded."""

    INTACT = "intact"
    MISSING = "missing"
    DAMAGED = "damaged"
    BEING_MADE = "being made"
    INTERRUPTED = "interrupted"


class Finding(NamedTuple):
    """What a comparison found.

    Attributes:
        integrity: The result.
        fault: What is wrong with which files; empty where nothing is.
        is_stored: Whether what was recorded can be fetched from a bucket in their place.
    """

    integrity: Integrity
    fault: str = ""
    is_stored: bool = False

    @property
    def is_there(self) -> bool:
        """Whether the artefact may be used, once it is fetched where it is not in the folder."""
        return self.is_stored or self.integrity in {Integrity.INTACT, Integrity.BEING_MADE}

    @property
    def is_unusable(self) -> bool:
        """Whether its files are not those that were recorded, and nobody else has those."""
        return not self.is_stored and self.is_altered

    @property
    def is_altered(self) -> bool:
        """Whether its files are there and not those that were recorded."""
        return self.integrity in {Integrity.DAMAGED, Integrity.INTERRUPTED}


INTACT = Finding(Integrity.INTACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactFiles:
    """The files of an artefact and their manifest.

    Attributes:
        paths: The project.
        asset: Name of the asset.
        partition: Its partition; empty if it is unpartitioned.
        places: Its files and folders; all of them must be there.
        are_edited: Whether people change or remove files there, so that only places count.
    """

    paths: ProjectPaths
    asset: str
    partition: str
    places: Sequence[Path]
    are_edited: bool = False

    @contextmanager
    def being_made(self) -> Generator[None]:
        """Mark the artefact as one that this process makes; a failure restores its manifest.

        What the block records with :meth:`take` is written at the end.
        """
        note = self._note
        former = note.read_bytes() if note.is_file() else None
        write_text(note, json.dumps({MAKER: asdict(ProcessIdentity.here())}))
        try:
            yield
        except BaseException:  # an interrupt, too, leaves the manifest of before
            with suppress(OSError):
                note.unlink()
                if former is not None:
                    note.write_bytes(former)
            raise

    def take(self) -> Manifest:
        """Read the files and return their manifest, with SHA-256 where a bucket gets them.

        Raises:
            OSError: If a file cannot be read.
        """
        return self._taken(strong=stated_bucket() is not None)

    def write(self, manifest: Manifest) -> None:
        """Write the manifest, which ends the making."""
        write_text(self._note, manifest.to_json())

    def _taken(self, *, strong: bool) -> Manifest:
        if self.are_edited:
            return Manifest({})
        return manifest_of(self.paths.folder, self.places, strong=strong)

    def compare(self, recorded: str, *, reads_all: bool = False, adopts: bool = False) -> Finding:
        """Compare the files with what was recorded, and ask the bucket where they are not that.

        Args:
            recorded: As in :meth:`compare_here`.
            reads_all: The same.
            adopts: The same.

        Raises:
            ObjectStoreError: If the bucket has to be asked and cannot be used.
        """
        found = self.compare_here(recorded, reads_all=reads_all, adopts=adopts)
        if found.is_there or self.are_edited or not recorded:
            return found
        bucket = stated_bucket()
        return found._replace(is_stored=bucket is not None and bucket.holds_list(recorded))

    def compare_here(
        self, recorded: str, *, reads_all: bool = False, adopts: bool = False
    ) -> Finding:
        """Compare the files in the project's folder with what was recorded.

        A file whose stamp is that of the manifest is not read again. The digest in the history
        decides: a manifest is a copy of it that names files, and is taken anew where it is lost.

        Args:
            recorded: Digest of the manifest in the history; empty for artefacts of EJMAP 0.1, which
                recorded none.
            reads_all: Whether to read every file, whatever its stamp.
            adopts: Whether an artefact without a digest gets one.
        """
        stamps = stamps_of(self.paths.folder, self.places)
        if stamps is None:
            return Finding(Integrity.MISSING, "its files are gone")
        if self.are_edited:
            return INTACT
        manifest, maker = self.read()
        if maker is not None and maker.is_gone is not True:
            return Finding(Integrity.BEING_MADE)
        if manifest is None or (recorded and manifest.digest != recorded):
            if not recorded and not adopts:
                return INTACT
            return self._taken_anew(recorded, was_interrupted=maker is not None)
        return self._differences(manifest, stamps, reads_all=reads_all)

    def _taken_anew(self, recorded: str, *, was_interrupted: bool) -> Finding:
        try:
            manifest = self._taken(strong=is_strong(recorded))
        except OSError as error:
            return Finding(Integrity.DAMAGED, f"{error.filename} cannot be read: {error.strerror}")
        if recorded and manifest.digest != recorded:
            if was_interrupted:
                return Finding(Integrity.INTERRUPTED, "the process that made it ended too early")
            named = " or ".join(str(one.relative_to(self.paths.folder)) for one in self.places)
            return Finding(Integrity.DAMAGED, f"{named} has other bytes")
        with suppress(OSError):
            self.write(manifest)
        return INTACT

    def _differences(
        self, manifest: Manifest, stamps: Mapping[str, FileStamp], *, reads_all: bool
    ) -> Finding:
        faults = [f"{name} is gone" for name in manifest.files if name not in stamps]
        faults += [f"{name} was added" for name in stamps if name not in manifest.files]
        seen = dict(manifest.files)
        for name in seen.keys() & stamps.keys():
            if seen[name].stamp != stamps[name] or reads_all:
                fault = self._fault(name, seen[name], stamps[name])
                faults += [fault] if fault else []
                # The next comparison reads a file that was found damaged, and no other.
                stamp = seen[name].stamp._replace(mtime_ns=0) if fault else stamps[name]
                seen[name] = FileState(seen[name].digest, stamp)
        if seen != manifest.files:
            with suppress(OSError):
                self.write(Manifest(seen))
        if not faults:
            return INTACT
        more = len(faults) - NAMED_FILES
        told = "; ".join(sorted(faults)[:NAMED_FILES]) + (f"; and {more} more" if more > 0 else "")
        return Finding(Integrity.DAMAGED, told)

    def _fault(self, name: str, known: FileState, stamp: FileStamp) -> str:
        """Return what is wrong with a file; empty if it has the bytes that were recorded."""
        if known.stamp.size_bytes != stamp.size_bytes:
            return f"{name} has {stamp.size_bytes} bytes, not {known.stamp.size_bytes}"
        try:
            digest = digest_of(self.paths.folder / name, strong=is_strong(known.digest))
        except OSError as error:
            return f"{name} cannot be read: {error.strerror}"
        return "" if digest == known.digest else f"{name} has other bytes"

    def set_aside(self) -> Path:
        """Move the files to ``data/damaged`` of the project, so that nobody reads them.

        Returns:
            The folder that holds them.
        """
        damaged = self.paths.damaged
        for place in self.places:
            target = damaged / place.relative_to(self.paths.data)
            if target.is_dir():
                shutil.rmtree(target, ignore_errors=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                place.replace(target)
        self._note.unlink(missing_ok=True)
        return damaged

    @property
    def _note(self) -> Path:
        return self.paths.manifest(self.asset, self.partition)

    def read(self) -> tuple[Manifest | None, ProcessIdentity | None]:
        """Return the manifest, or the process that makes the artefact; neither if it is lost."""
        with suppress(*UNREADABLE):
            return read_manifest(self._note), None
        with suppress(*UNREADABLE):
            return None, ProcessIdentity(**json.loads(self._note.read_bytes())[MAKER])
        return None, None
