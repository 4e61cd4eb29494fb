"""What a failed command says: one sentence for errors with a remedy and for those of storage."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from ejmap_project.storage_faults import STORAGE_FAULTS, disk_fault, storage_sentence

# What SQLite reports of the history.
HISTORY_FAULTS = {
    sqlite3.SQLITE_FULL: STORAGE_FAULTS[errno.ENOSPC],
    sqlite3.SQLITE_READONLY: STORAGE_FAULTS[errno.EACCES],
    sqlite3.SQLITE_CANTOPEN: STORAGE_FAULTS[errno.EACCES],
    sqlite3.SQLITE_IOERR: STORAGE_FAULTS[errno.EIO],
    sqlite3.SQLITE_BUSY: "another process holds it; wait until that has ended",
}
DAMAGED_HISTORY = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
# An extended result code has its primary one in the lowest byte.
PRIMARY_CODE = 0xFF
GOES_ON = "the same command goes on where it stopped"


def sentence_of(error: BaseException) -> str | None:
    """Return what an error means in one sentence; None if it is a mistake of the program."""
    from ejmap_geo.errors import GeoError
    from ejmap_geo.plain_text import clean_message
    from ejmap_ml.errors import MlError
    from ejmap_project.errors import ProjectError

    if isinstance(error, (ProjectError, GeoError, MlError)):
        return clean_message(str(error))
    found = next((told for one in _causes(error) if (told := _storage_fault(one))), None)
    return None if found is None else clean_message(found)


def _storage_fault(error: BaseException) -> str | None:
    told = storage_sentence(error)
    if told is not None:
        return f"{told}; {GOES_ON}"
    # SQLAlchemy raises its own error from that of sqlite3.
    return _history_fault(error) if isinstance(error, sqlite3.Error) else None


def _history_fault(error: sqlite3.Error) -> str | None:
    # Errors of Python's module have no code: they are mistakes of the program.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & PRIMARY_CODE
    if code in HISTORY_FAULTS:
        # SQLite calls the disk broken when files beside the database cannot grow.
        fault = disk_fault(Path(os.environ.get("DAGSTER_HOME", "."))) or HISTORY_FAULTS[code]
        return f"the history of runs cannot be used: {fault}; {GOES_ON}"
    if code in DAMAGED_HISTORY:
        return (
            f"the history of runs in the project's dagster_home cannot be read ({error}); restore "
            "a backup of the project, or move dagster_home away and let `ejmap run` make "
            "everything again"
        )
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__
