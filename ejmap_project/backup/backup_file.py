"""The file of a backup: a TAR file with the folder of a project, its instance and a list of both.

The list is the last entry. So a file that was cut short is told from a whole one, and every
restored file is compared with its digest.
"""

import io
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ejmap_geo.whole_file import SCRATCH, whole_file, whole_folder
from ejmap_project.digest import file_sha256
from ejmap_project.errors import BackupError
from ejmap_project.paths import ProjectPaths

PROJECT, HOME, DUMP, LIST = "project", "dagster_home", "history.dump", "backup.json"
# Of the instance. SQLite's own copies are whole while others write; what lies beside a database is
# part of it.
DATABASE = ".db"
BESIDE_DATABASE = ("-journal", "-shm", "-wal")
LARGEST_LIST_BYTES = 2**28


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenBackup:
    """What a backup holds.

    Attributes:
        files: Number of files.
        size_bytes: Their size.
        left_out: Links that lead out of the project; what they lead to is not in the backup.
    """

    files: int
    size_bytes: int
    left_out: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    name: str
    path: Path
    is_database: bool = False


class _List(BaseModel):
    """The last entry: digests of all files by their names in the archive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    has_dump: bool
    files: dict[str, str]


def write_backup(
    paths: ProjectPaths, home: Path, file: Path, *, dump: Path | None
) -> WrittenBackup:
    """Write a project and its instance as one file, whole or not at all.

    Args:
        paths: The project, on which nothing runs.
        home: Folder of its instance.
        file: The file to write.
        dump: Dump of its history, where that does not lie in the instance.

    Raises:
        BackupError: If the file is there already, or lies in the project.
    """
    if file.exists():
        raise BackupError(f"{file} is there already; name another file, or remove it first")
    if file.resolve().is_relative_to(paths.folder):
        raise BackupError(f"{file} lies in the project; name a file outside of it")
    digests: dict[str, str] = {}
    size_bytes = 0
    left_out: list[Path] = []
    with (
        tempfile.TemporaryDirectory() as scratch,
        whole_file(file) as unfinished,
        tarfile.open(unfinished, "w") as archive,
    ):
        for entry in _entries(paths, home, dump):
            path = entry.path
            if path.is_symlink() and not path.resolve().is_relative_to(paths.folder):
                left_out.append(path)
                continue
            if entry.is_database:
                path = _copied_database(path, Path(scratch))
            archive.add(path, entry.name, recursive=False)
            if path.is_file() and not path.is_symlink():
                digests[entry.name] = file_sha256(path)
                size_bytes += path.stat().st_size
        _write_list(archive, _List(has_dump=dump is not None, files=digests))
    return WrittenBackup(files=len(digests), size_bytes=size_bytes, left_out=tuple(left_out))


def restore_backup(file: Path, folder: Path) -> Path | None:
    """Write the project of a backup into a new folder, whole or not at all.

    Args:
        file: The file that :func:`write_backup` wrote.
        folder: The folder to make; its instance lies in it.

    Returns:
        The dump of its history, which the caller restores and removes; None where the history lies
        in the instance.

    Raises:
        BackupError: If the folder is there already, or the file is not a whole backup.
    """
    if folder.exists():
        raise BackupError(f"{folder} is there already; name a folder that is not")
    with whole_folder(folder) as unfinished:
        try:
            with tarfile.open(file, "r:") as archive:
                has_dump = _extract(archive, unfinished)
        except (tarfile.TarError, OSError, EOFError) as error:
            raise BackupError(f"{file} cannot be restored: {error}") from error
        except _DifferenceError as error:
            raise BackupError(f"{file} is no whole backup: {error}; take another copy") from error
    return folder / DUMP if has_dump else None


class _DifferenceError(ValueError):
    """What is wrong with the content of a backup."""


def _entries(paths: ProjectPaths, home: Path, dump: Path | None) -> Iterator[_Entry]:
    for path in _below(paths.folder, without=paths.dagster_home):
        yield _Entry(name=f"{PROJECT}/{path.relative_to(paths.folder).as_posix()}", path=path)
    if home.is_dir():
        for path in _below(home):
            if not path.name.endswith(BESIDE_DATABASE):
                name = f"{HOME}/{path.relative_to(home).as_posix()}"
                is_database = path.suffix == DATABASE and path.is_file()
                yield _Entry(name=name, path=path, is_database=is_database)
    if dump is not None:
        yield _Entry(name=DUMP, path=dump)


def _below(folder: Path, *, without: Path | None = None) -> Iterator[Path]:
    """Yield the folders and files below a folder, links as links, in the order of their paths."""
    for base, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name != SCRATCH and Path(base) / name != without
        )
        yield from (Path(base) / name for name in sorted([*folders, *files]))


def _copied_database(path: Path, scratch: Path) -> Path:
    # One place for all of them: each is in the archive before the next one is copied.
    copied = scratch / "copied.db"
    copied.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copied)) as target,
    ):
        source.backup(target)
    return copied


def _write_list(archive: tarfile.TarFile, listed: _List) -> None:
    text = listed.model_dump_json().encode()
    member = tarfile.TarInfo(LIST)
    member.size = len(text)
    archive.addfile(member, io.BytesIO(text))


def _extract(archive: tarfile.TarFile, folder: Path) -> bool:
    """Extract a backup and compare it with its list; return whether it holds a dump."""
    listed = None
    for member in archive:
        if member.name == LIST:
            listed = _listed(archive, member)
            break
        top, *below = PurePosixPath(member.name).parts
        if top not in {PROJECT, HOME, DUMP}:
            raise _DifferenceError(f"{member.name!r:.80} belongs to none")
        if top == PROJECT:
            # The project is the folder itself, and hard links are by their names in the archive.
            member.name = str(PurePosixPath(*below))
            member.linkname = member.linkname.removeprefix(f"{PROJECT}/" if member.islnk() else "")
        # Neither a name nor a link may lead out of the folder, and nothing but files comes out.
        archive.extract(member, folder, filter="data")
    if listed is None:
        raise _DifferenceError("its end is missing")
    for name, digest in listed.files.items():
        path = folder / name.removeprefix(f"{PROJECT}/")
        if not path.is_file() or file_sha256(path) != digest:
            raise _DifferenceError(f"{name} is not what was written")
    return listed.has_dump


def _listed(archive: tarfile.TarFile, member: tarfile.TarInfo) -> _List:
    stream = archive.extractfile(member) if member.size <= LARGEST_LIST_BYTES else None
    try:
        return _List.model_validate_json(stream.read() if stream else b"")
    except ValidationError as error:
        raise _DifferenceError(
            "its list of files is damaged, or of another version of EJMAP"
        ) from error
