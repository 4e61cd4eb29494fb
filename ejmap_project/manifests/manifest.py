"""A manifest: the files of an artefact with size, digest, inode and time as they were recorded."""

import errno
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from ejmap_project.digest import content_version, is_strong, running_hash, strong_version

FILE_VERSION = 1
BLOCK_BYTES = 2**20
# A GIS writes it beside a raster that somebody looks at.
FOREIGN_SUFFIX = ".aux.xml"


class FileStamp(NamedTuple):
    """What the file system says of a file without reading it; equal stamps are of equal content."""

    size_bytes: int
    inode: int
    mtime_ns: int


class FileState(NamedTuple):
    """A file as it was when its digest was taken.

    Attributes:
        digest: XXH3 of its bytes, 128 bits in hexadecimal; SHA-256 of what is put into a bucket.
        stamp: Its stamp then.
    """

    digest: str
    stamp: FileStamp


@dataclass(frozen=True)
class Manifest:
    """The files of an artefact.

    Attributes:
        files: Their states by path from the project folder.
    """

    files: Mapping[str, FileState]

    @cached_property
    def listing(self) -> str:
        """Paths, sizes and contents as text: the same wherever the project is copied to."""
        named = [(name, one.stamp.size_bytes, one.digest) for name, one in self.files.items()]
        return json.dumps(sorted(named))

    @cached_property
    def digest(self) -> str:
        """Digest of the listing, as strong as those of the files."""
        strong = any(is_strong(one.digest) for one in self.files.values())
        return listing_digest(self.listing, strong=strong)

    @property
    def size_bytes(self) -> int:
        """Bytes of all files."""
        return sum(one.stamp.size_bytes for one in self.files.values())

    def to_json(self) -> str:
        """Return it as text."""
        rows = {name: [one.digest, *one.stamp] for name, one in self.files.items()}
        return json.dumps([FILE_VERSION, rows])

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read what :meth:`to_json` wrote.

        Raises:
            ValueError: If it is no manifest.
            TypeError: The same.
        """
        version, rows = json.loads(text)
        if version != FILE_VERSION or not isinstance(rows, dict):
            raise ValueError(f"manifest of version {version}")
        return cls(
            {
                name: FileState(str(digest), FileStamp(int(size), int(inode), int(mtime_ns)))
                for name, (digest, size, inode, mtime_ns) in rows.items()
            }
        )


def listing_digest(text: str, *, strong: bool) -> str:
    """Return the digest of a listing, which the history records."""
    return strong_version(text) if strong else content_version(text)


def stamps_of(folder: Path, places: Iterable[Path]) -> dict[str, FileStamp] | None:
    """Return the stamps of all files at places, by path from a folder; None if one is gone.

    Hidden files and those that a GIS leaves beside a raster are no part of an artefact.

    Args:
        folder: Folder that holds the places.
        places: Files and folders.
    """
    root = f"{folder}{os.sep}"
    found: dict[str, FileStamp] = {}
    for place in map(str, places):
        try:
            status = os.stat(place)  # noqa: PTH116 - a project has ten thousands of files
        except OSError:
            return None
        if stat.S_ISDIR(status.st_mode):
            found.update(_below(place, root))
        else:
            found[place.removeprefix(root)] = _stamp(status)
    return found


def _below(folder: str, root: str) -> Iterator[tuple[str, FileStamp]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.endswith(FOREIGN_SUFFIX):
                continue
            if entry.is_dir():
                yield from _below(entry.path, root)
            else:
                yield entry.path.removeprefix(root), _stamp(entry.stat(follow_symlinks=False))


def _stamp(status: os.stat_result) -> FileStamp:
    return FileStamp(status.st_size, status.st_ino, status.st_mtime_ns)


def read_manifest(note: Path) -> Manifest:
    """Read a manifest; one that did not change since is not parsed again.

    Raises:
        OSError: If there is none.
        ValueError: If it is no manifest.
        TypeError: The same.
    """
    return _parsed(str(note), _stamp(note.stat()))


# One command looks at the artefacts of a crater several times.
@lru_cache(maxsize=2**14)
def _parsed(note: str, stamp: FileStamp) -> Manifest:  # noqa: ARG001 - key of the cache
    return Manifest.from_json(Path(note).read_text(encoding="utf-8"))


def digest_of(path: Path, *, strong: bool = False) -> str:
    """Return the digest of a file: XXH3, or SHA-256.

    Raises:
        OSError: If it cannot be read.
    """
    digest = running_hash(strong=strong)
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def manifest_of(folder: Path, places: Iterable[Path], *, strong: bool = False) -> Manifest:
    """Read all files at places and return their manifest.

    Args:
        folder: Folder that holds the places.
        places: Files and folders.
        strong: Whether digests are SHA-256.

    Raises:
        OSError: If one cannot be read, or a place is not there.
    """
    stamps = stamps_of(folder, places)
    if stamps is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
    return Manifest(
        {
            name: FileState(digest_of(folder / name, strong=strong), one)
            for name, one in stamps.items()
        }
    )
