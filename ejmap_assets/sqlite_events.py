"""Events of runs in SQLite, through database engines that are made once."""

import contextlib
from collections import OrderedDict
from collections.abc import Generator
from pathlib import Path

from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

# One for the events of all runs, the rest for those of single runs, each a file of its own.
MOST_ENGINES = 16


class SqliteEvents(SqliteEventLogStorage):
    """Dagster's storage, which makes an engine for each of some 600 connections of a crater.

    An engine keeps the text of the statements that it compiled, so that a new one compiles them
    again: two fifths of the time of an event. Connections are closed after use, as Dagster's are.
    """

    def __init__(self, folder: Path) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        super().__init__(str(folder))

    @contextlib.contextmanager
    def _connect(self, shard: str) -> Generator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.pop(shard, None)
        if engine is None:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=NullPool,
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS},
            )
        self._engines[shard] = engine
        while len(self._engines) > MOST_ENGINES:
            self._engines.popitem(last=False)
        return engine
