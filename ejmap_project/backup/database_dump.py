"""The history of a project in PostgreSQL as a file, with the commands that PostgreSQL brings."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ejmap_project.errors import BackupError

DEBIAN_FOLDERS = Path("/usr/lib/postgresql")
LINES_TOLD = 3


def dump_database(address: str, file: Path) -> None:
    """Write a database as a file.

    Raises:
        BackupError: If ``pg_dump`` is not there or fails.
    """
    _call("pg_dump", ["--format=custom", f"--file={file}"], address)


def restore_database(address: str, file: Path) -> None:
    """Fill an empty database from a file of :func:`dump_database`, whole or not at all.

    Raises:
        BackupError: If ``pg_restore`` is not there or fails, as where the database is not empty.
    """
    _call("pg_restore", ["--no-owner", "--single-transaction", str(file)], address)


def _call(program: str, arguments: Sequence[str], address: str) -> None:
    parts = urlsplit(address)
    # The password is not an argument: every user of a machine can list those.
    host = parts.netloc.rpartition("@")[2]
    named = f"{parts.username}@{host}" if parts.username else host
    password = {"PGPASSWORD": unquote(parts.password)} if parts.password else {}
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, without a shell
        [
            _program(program),
            "--no-password",
            f"--dbname={parts._replace(netloc=named).geturl()}",
            *arguments,
        ],
        env={**os.environ, **password},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        told = "; ".join(done.stderr.strip().splitlines()[:LINES_TOLD])
        raise BackupError(f"{program} failed on {host}{parts.path}: {told}")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is not None:
        return found
    # Debian keeps some commands of a server out of the path.
    folders = sorted(DEBIAN_FOLDERS.glob(f"*/bin/{name}"), key=lambda one: int(one.parts[-3]))
    if not folders:
        raise BackupError(f"{name} is not installed; on Debian: apt-get install postgresql-client")
    return str(folders[-1])
