"""Errors of storage and foreign text end in one sentence, whatever raised them."""

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from ejmap_cli.failure import sentence_of
from ejmap_geo.errors import RasterError


def _wrapped(error: Exception) -> Exception:
    outer = RuntimeError("a library's words")
    outer.__cause__ = error
    return outer


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "mounted read-only"),
        (errno.EACCES, "may not read or write there"),
        (errno.EIO, "reports an error"),
        (errno.EEXIST, "a file lies in the place of a folder"),
        (errno.ENOTDIR, "a file lies in the place of a folder"),
    ],
)
def test_a_disk_that_refuses_is_named_with_what_to_do(number: int, words: str) -> None:
    """However deep it lies under other errors."""
    error = OSError(number, os.strerror(number), "/data/mask.tif")

    for raised in (error, _wrapped(error)):
        told = sentence_of(raised)
        assert told is not None
        assert told.startswith("/data/mask.tif: ")
        assert words in told
        assert "\n" not in told


def test_a_damaged_history_is_named(tmp_path: Path) -> None:
    """SQLAlchemy's text is a page long."""
    database = tmp_path / "runs.db"
    database.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4096)
    engine = sa.create_engine(f"sqlite:///{database}")

    with pytest.raises(sa.exc.DatabaseError) as raised, engine.connect() as connection:
        connection.execute(sa.text("SELECT * FROM runs"))

    told = sentence_of(raised.value)
    assert told is not None
    assert told.startswith("the history of runs in the project's dagster_home cannot be read")
    assert isinstance(raised.value.__cause__, sqlite3.DatabaseError)


def test_a_history_that_is_in_use_is_not_called_damaged(tmp_path: Path) -> None:
    """To move it away would lose it; the other process ends by itself."""
    database = tmp_path / "runs.db"
    with closing(sqlite3.connect(database)) as holder:
        holder.execute("CREATE TABLE runs (id)")
        holder.execute("BEGIN EXCLUSIVE")
        with (
            closing(sqlite3.connect(database, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError) as raised,
        ):
            other.execute("INSERT INTO runs VALUES (1)")

    told = sentence_of(raised.value)

    assert told is not None
    assert "another process holds it" in told
    assert "backup" not in told


def test_a_history_that_may_not_be_written_says_so(tmp_path: Path) -> None:
    """Not that it is damaged."""
    sqlite3.connect(tmp_path / "runs.db").close()
    with (
        closing(sqlite3.connect(f"file:{tmp_path / 'runs.db'}?mode=ro", uri=True)) as reader,
        pytest.raises(sqlite3.OperationalError) as raised,
    ):
        reader.execute("CREATE TABLE runs (id)")

    told = sentence_of(raised.value)

    assert told is not None
    assert "may not read or write there" in told


def test_a_full_disk_is_not_called_a_broken_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite reports an error of the disk where the files beside its database cannot grow."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR | (19 << 8)
    states = iter(((1, 0), (10**6, 0), (10**6, os.ST_RDONLY)))

    def disk(_: Path) -> SimpleNamespace:
        free, flag = next(states)
        return SimpleNamespace(f_bavail=free, f_frsize=4096, f_flag=flag)

    monkeypatch.setattr(os, "statvfs", disk)

    full, broken, closed = (sentence_of(error) for _ in range(3))

    assert full is not None
    assert "the disk is full" in full
    assert broken is not None
    assert "the disk reports an error" in broken
    assert closed is not None
    assert "mounted read-only" in closed


def test_a_mistake_of_the_program_is_no_sentence() -> None:
    """Its traceback is what its authors need."""
    assert sentence_of(KeyError("a")) is None
    assert sentence_of(sqlite3.ProgrammingError("Cannot operate on a closed database.")) is None
    assert sentence_of(FileNotFoundError(errno.ENOENT, "no such file", "a")) is None


def test_foreign_text_in_a_message_is_cleaned() -> None:
    """It could write over the terminal."""
    assert sentence_of(RasterError("\x1b[2Jno raster\x07")) == "no raster "
