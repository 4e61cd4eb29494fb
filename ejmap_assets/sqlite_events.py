"""Events of runs in SQLite, through engines that are made once and a connection that stays open."""

import contextlib
from collections.abc import Generator
from pathlib import Path

from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool, QueuePool

# One for the events of all runs, the rest for those of single runs, each a file of its own.
MOST_ENGINES = 16


class SqliteEvents(SqliteEventLogStorage):
    """Dagster's storage, which makes an engine and a connection for each of 600 uses a crater.

    An engine keeps the statements that it compiled, and whoever closes the last connection copies
    what was written to the main file. Those to runs are closed, since the UI watches these files.
    """

    def __init__(self, folder: Path) -> None:
        # By shard and number of its file: one that was put in its place is another.
        self._engines: dict[tuple[str, int], Engine] = {}
        super().__init__(str(folder))

    @contextlib.contextmanager
    def _connect(self, shard: str) -> Generator[Connection]:
        # Held while a connection is used, so that no two threads use one.
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def dispose(self) -> None:
        """Close what is open."""
        super().dispose()
        while self._engines:
            self._engines.popitem()[1].dispose()

    def _engine(self, shard: str) -> Engine:
        path = Path(self.path_for_shard(shard))
        key = shard, path.stat().st_ino if path.exists() else 0
        self._engines[key] = engine = self._engines.pop(key, None) or create_engine(
            self.conn_string_for_shard(shard),
            poolclass=QueuePool if shard == INDEX_SHARD_NAME else NullPool,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        while len(self._engines) > MOST_ENGINES:
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine
