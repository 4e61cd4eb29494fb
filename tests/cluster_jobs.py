"""A project whose runs are jobs of a cluster, and an asset that waits until a test lets it end."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import dagster as dg
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.launcher.base import LaunchRunContext
from dagster._core.origin import (
    DEFAULT_DAGSTER_ENTRY_POINT,
    JobPythonOrigin,
    RepositoryPythonOrigin,
)

from ejmap_assets.code_location import job_origin
from tests import slow_location

CHECKOUT = Path(__file__).parents[1]


@dataclass
class ClusterJobs:
    """A project whose runs are jobs.

    Attributes:
        folder: Its folder.
        instance: Its instance.
    """

    # A process imports Dagster first, and the machine may have other work.
    PATIENCE_SECONDS: ClassVar[float] = 180.0

    folder: Path
    instance: dg.DagsterInstance

    def told(self) -> str:
        """Return what the cluster says of the jobs, for a test that waits for ever."""
        raise NotImplementedError

    @property
    def processes(self) -> list[int]:
        """Ids of the processes that began the asset, one for each time."""
        begun = self.folder / slow_location.BEGUN
        return [int(line) for line in begun.read_text().split()] if begun.exists() else []

    def launch(self, job: dg.JobDefinition, module: str, **options: Any) -> str:
        """Launch a run of a job of a module; return its id."""
        pointer = ModuleCodePointer(module, "defs", str(CHECKOUT))
        repository = RepositoryPythonOrigin(
            sys.executable, pointer, None, DEFAULT_DAGSTER_ENTRY_POINT
        )
        run = self.instance.create_run_for_job(
            job,
            remote_job_origin=job_origin(job.name),
            job_code_origin=JobPythonOrigin(job.name, repository),
            **options,
        )
        self.instance.run_launcher.launch_run(LaunchRunContext(dagster_run=run, workspace=None))
        return run.run_id

    def launch_slow(self) -> str:
        """Launch a run of the asset that waits; return its id."""
        return self.launch(slow_location.defs.resolve_job_def("measure"), slow_location.__name__)

    def run(self, run_id: str) -> dg.DagsterRun:
        """Return a run as the history has it now."""
        run = self.instance.get_run_by_id(run_id)
        assert run is not None
        return run

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + self.PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if is_so():
                return
            time.sleep(0.2)
        raise AssertionError(self.told())

    def end_of(self, run_id: str) -> dg.DagsterRunStatus:
        """Let the asset end, and return the final state of the run."""
        (self.folder / slow_location.GO).touch()
        self.wait(lambda: self.run(run_id).is_finished)
        return self.run(run_id).status


def is_there(process: int) -> bool:
    """Return whether a process still runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
