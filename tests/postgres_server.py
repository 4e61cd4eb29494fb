"""A PostgreSQL server for tests: the machine's own programs on a temporary folder."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from tests.servers import free_port

HOST = "127.0.0.1"
USER = "ejmap"
PASSWORD = "of-a-server-that-lives-for-seconds"  # noqa: S105 - says so itself
START_SECONDS = 60
STOP_SECONDS = 15
# Debian keeps the commands of a server out of the path.
DEBIAN_FOLDERS = Path("/usr/lib/postgresql")
# A test that dies loses nothing that anybody wants.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB")


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server that is up."""

    port: int

    def create_database(self, name: str) -> str:
        """Make an empty database and return its address."""
        connection = _connect(self.port)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}"')
        finally:
            connection.close()
        return f"postgresql://{USER}:{PASSWORD}@{HOST}:{self.port}/{name}"

    def rows(self, database: str, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask a database directly, past Dagster."""
        connection = _connect(self.port, database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall()
        finally:
            connection.close()


def find_programs() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres``, the newest if there are several."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    folders = [path.parent for path in DEBIAN_FOLDERS.glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


@contextmanager
def running_postgres(programs: Path) -> Iterator[PostgresServer]:
    """Start a server on a free port of this machine and end it with the block."""
    # Not below pytest's folders: those are closed to the account that the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="ejmap_postgres_"))
    account = _account()
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        _make_cluster(programs, folder, account)
        port = free_port()
        server = _start(programs, folder, account, port=port)
        try:
            _wait_until_up(server, folder, port=port)
            yield PostgresServer(port)
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder)


def _account() -> pwd.struct_passwd | None:
    """Return whom to run as: PostgreSQL refuses root. Debian's package brings an account."""
    if os.geteuid() != 0:
        return None
    known = {account.pw_name: account for account in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as(account: pwd.struct_passwd | None) -> dict[str, object]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _make_cluster(programs: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
    password = folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o644)
    command = [programs / "initdb", "--pgdata", folder / "data", "--username", USER]
    command += ["--pwfile", password, "--auth", "scram-sha-256", "--encoding", "UTF8"]
    command += ["--locale", "C", "--no-sync"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, **_as(account)
    )
    assert done.returncode == 0, done.stderr


def _start(
    programs: Path, folder: Path, account: pwd.struct_passwd | None, *, port: int
) -> subprocess.Popen[bytes]:
    command = [programs / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder]
    command += ["-c", f"listen_addresses={HOST}"]
    for setting in FAST:
        command += ["-c", setting]
    with (folder / "log").open("w") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **_as(account),
        )


def _connect(port: int, database: str = "postgres") -> "psycopg2.extensions.connection":
    return psycopg2.connect(host=HOST, port=port, user=USER, password=PASSWORD, dbname=database)


def _wait_until_up(server: subprocess.Popen[bytes], folder: Path, *, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            _connect(port).close()
        except psycopg2.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"PostgreSQL is not up:\n{(folder / 'log').read_text()[-4000:]}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server; its backends end themselves when it does."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(number)
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
    server.wait()
