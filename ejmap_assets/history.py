"""Storage of a project's run history: SQLite, or PostgreSQL if the environment names it."""

import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import dagster as dg
from dagster._config import UserConfigSchema
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log.base import EventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.runs.base import RunStorage
from dagster._core.storage.schedules.base import ScheduleStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClass, ConfigurableClassData

from ejmap_assets.sqlite_events import SqliteEvents
from ejmap_geo.whole_file import write_text
from ejmap_project.errors import SettingsError

URL_VARIABLE = "EJMAP_POSTGRES_URL"
SCHEME = "postgresql"
# Explicit, because SQLAlchemy 2.1 uses psycopg 3 for a plain postgresql:// and dagster-postgres
# installs psycopg 2.
DRIVER_SCHEME = "postgresql+psycopg2"
ID_FILE = "history_id"
SQLITE_FILE = Path("history") / "runs.db"
# Key among Dagster's cursor values in the database; the value is the project's id and name.
OWNER_KEY = "EJMAP_HISTORY_OWNER"


class HistoryStorage(DagsterStorage[dg.DagsterInstance], ConfigurableClass):
    """The storage that ``dagster.yaml`` names for every project; it opens the right database.

    Dagster's settings cannot choose a database by an environment variable. It refuses the history
    of another project and a second one of the same project, because craters are partitions of the
    history: either would list masks that do not exist, or miss masks that do.
    """

    def __init__(
        self,
        kept: DagsterStorage[dg.DagsterInstance],
        inst_data: ConfigurableClassData | None = None,
    ) -> None:
        super().__init__()
        self._kept = kept
        self._inst_data = inst_data

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        """The entry of ``dagster.yaml`` that names this class."""
        return self._inst_data

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """Return the settings: ``home``, the folder of the instance."""
        return {"home": dg.StringSource}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, str]
    ) -> Self:
        """Open the history that the environment names.

        Raises:
            SettingsError: If the database is not usable, or this project's history is elsewhere.
        """
        home = Path(config_value["home"])
        url = os.environ.get(URL_VARIABLE, "")
        return cls(_postgres(home, url) if url else _sqlite(home), inst_data)

    @property
    def event_log_storage(self) -> EventLogStorage[dg.DagsterInstance]:
        """Events of runs."""
        return self._kept.event_log_storage

    @property
    def run_storage(self) -> RunStorage[dg.DagsterInstance]:
        """Runs, backfills and cursors of the daemon."""
        return self._kept.run_storage

    @property
    def schedule_storage(self) -> ScheduleStorage[dg.DagsterInstance]:
        """Schedules, sensors and their ticks."""
        return self._kept.schedule_storage


class _Sqlite(DagsterSqliteStorage):
    """Dagster's storage with our events."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        super().__init__(str(home))
        first_file = Path(self._event_log_storage.path_for_shard(INDEX_SHARD_NAME))
        self._event_log_storage = SqliteEvents(first_file.parent)


def database_name(url: str) -> str:
    """Return host and name of a database, without the user and the password."""
    parts = urlsplit(url)
    name = parts.path.strip("/") or "the default database"
    return f"{name} on {parts.hostname or 'this machine'}"


def _sqlite(home: Path) -> DagsterStorage[dg.DagsterInstance]:
    if (home / ID_FILE).exists():
        raise SettingsError(
            f"the history of this project lies in PostgreSQL, and {URL_VARIABLE} is not set; set "
            f"it to that database, or delete {home / ID_FILE} to begin an empty history"
        )
    if "?" in str(home.resolve()):
        # An address of SQLite ends there: the history would lie in another folder.
        raise SettingsError(
            f"the history of runs cannot lie in {home}, whose name holds a question mark; rename "
            "the folder"
        )
    return _Sqlite(home)


def _postgres(home: Path, url: str) -> DagsterStorage[dg.DagsterInstance]:
    if (home / SQLITE_FILE).exists():
        raise SettingsError(
            f"{URL_VARIABLE} is set, and the history of this project lies in SQLite; unset it, or "
            f"move {home} away to begin an empty history (everything is then made again)"
        )
    parts = urlsplit(url)
    if parts.scheme != SCHEME:
        # The message does not quote the address: it may contain a password.
        raise SettingsError(f"{URL_VARIABLE} must look like {SCHEME}://user:password@host/database")
    try:
        from dagster_postgres import DagsterPostgresStorage
        from dagster_postgres.utils import DagsterPostgresException
    except ImportError as error:
        raise SettingsError(
            f"{URL_VARIABLE} is set, and {error.name} is not installed; "
            "pip install -r requirements/postgres.txt"
        ) from error
    try:
        storage = DagsterPostgresStorage(parts._replace(scheme=DRIVER_SCHEME).geturl())
    except DagsterPostgresException as error:
        reason = str(error.__cause__).strip().splitlines()[0]
        raise SettingsError(
            f"cannot use {database_name(url)}: {reason}; start PostgreSQL or correct {URL_VARIABLE}"
        ) from error
    _claim(storage.run_storage, home, database=database_name(url))
    return storage


def _claim(runs: RunStorage[dg.DagsterInstance], home: Path, *, database: str) -> None:
    """Check that a database is the history of this project, or make an empty one it."""
    note = home / ID_FILE
    own = note.read_text(encoding="utf-8").strip() if note.exists() else ""
    owner, _, name = runs.get_cursor_values({OWNER_KEY}).get(OWNER_KEY, "").partition(" ")
    if own and own == owner:
        return
    if owner:
        raise SettingsError(
            f"database {database} holds the history of another project, {name}; give this one a "
            f"database of its own (createdb), or, if this is {name}, write {owner} into {note}"
        )
    if own:
        raise SettingsError(
            f"database {database} does not hold the history of this project ({own}); correct "
            f"{URL_VARIABLE} or restore a backup, or delete {note} to begin an empty history"
        )
    if runs.get_runs_count():
        raise SettingsError(
            f"database {database} holds runs of another Dagster; make one for EJMAP (createdb)"
        )
    own = uuid.uuid4().hex
    runs.set_cursor_values({OWNER_KEY: f"{own} {home.parent.name}"})
    write_text(note, f"{own}\n")
