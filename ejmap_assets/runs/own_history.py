"""A history of its own for a job whose siblings run on other nodes, handed over when it ends.

SQLite cannot be written by several nodes. Each job of an array therefore works on a copy of the
project's history, and leaves its runs as files. The next job that is alone takes them into the
history.
"""

import gzip
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.debug import DebugRunPayload
from dagster._serdes import deserialize_value, serialize_value

from ejmap_assets.history import URL_VARIABLE
from ejmap_assets.runs.instance import HOME_VARIABLE, home_of, open_instance
from ejmap_geo.whole_file import whole_file
from ejmap_project.paths import ProjectPaths

# Events of every run are in one file beside those of all assets, and no job needs former ones.
RUN_SHARDS = "history/runs/*-*-*-*-*.db*"
# Output of former runs.
OUTPUT = "storage"


@contextmanager
def own_history(folder: Path) -> Generator[dg.DagsterInstance]:
    """Open the instance of a project beside other jobs that do the same.

    With PostgreSQL all of them share the one history.
    """
    open_instance(folder).dispose()
    if os.environ.get(URL_VARIABLE):
        with dg.DagsterInstance.get() as instance:
            yield instance
        return
    home = home_of(folder)
    with tempfile.TemporaryDirectory(prefix="ejmap_history_") as copy:
        left_out = {home / OUTPUT, *home.glob(RUN_SHARDS)}
        shutil.copytree(
            home,
            copy,
            dirs_exist_ok=True,
            ignore=lambda at, names: [one for one in names if Path(at) / one in left_out],
        )
        os.environ[HOME_VARIABLE] = copy
        with dg.DagsterInstance.get() as instance:
            known = {run.run_id for run in instance.get_runs()}
            try:
                yield instance
            finally:
                for run in instance.get_runs():
                    if run.run_id not in known:
                        _leave(instance, run, folder)


def take_runs(instance: dg.DagsterInstance, folder: Path) -> int:
    """Take the runs that jobs left into the history of the project; return their number."""
    files = sorted(_place(folder).glob("*.gz"), key=lambda file: file.stat().st_mtime_ns)
    for file in files:
        left = deserialize_value(gzip.decompress(file.read_bytes()).decode(), DebugRunPayload)
        # A job that was killed while it took runs may have taken this one.
        if not instance.has_run(left.dagster_run.run_id):
            instance.add_snapshot(left.job_snapshot)
            instance.add_snapshot(left.execution_plan_snapshot)
            instance.add_run(left.dagster_run)
            for event in left.event_list:
                instance.handle_new_event(event)
        file.unlink()
    return len(files)


def _leave(instance: dg.DagsterInstance, run: dg.DagsterRun, folder: Path) -> None:
    payload = serialize_value(DebugRunPayload.build(instance, run))
    with whole_file(_place(folder) / f"{run.run_id}.gz") as unfinished:
        unfinished.write_bytes(gzip.compress(payload.encode()))


def _place(folder: Path) -> Path:
    return ProjectPaths(folder.resolve()).slurm / "runs"
