"""A Slurm of one node, and an instance whose runs are its jobs."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.launcher.base import LaunchRunContext
from dagster._core.origin import (
    DEFAULT_DAGSTER_ENTRY_POINT,
    JobPythonOrigin,
    RepositoryPythonOrigin,
)

from ejmap_assets.code_location import job_origin
from ejmap_assets.runs.instance import open_instance
from ejmap_clusters.slurm.launcher import JOB_TAG, SlurmRunLauncher
from tests.daemon.conftest import serve as serve  # noqa: PLC0414 - a fixture of these tests too
from tests.slurm import slow_location
from tests.slurm_cluster import SlurmCluster, missing_programs, running_slurm

CHECKOUT = Path(__file__).parents[2]
# A process imports Dagster first, and the machine may have other work.
PATIENCE_SECONDS = 180
SETTINGS = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 2}
slurm:
  partition: normal
  planet: {cores: 2, memory_gb: 1, hours: 0.5}
"""


@dataclass
class Jobs:
    """A project whose runs are jobs.

    Attributes:
        folder: Its folder.
        instance: Its instance.
        cluster: The cluster.
    """

    folder: Path
    instance: dg.DagsterInstance
    cluster: SlurmCluster

    @property
    def launcher(self) -> SlurmRunLauncher:
        """The launcher of the instance."""
        assert isinstance(self.instance.run_launcher, SlurmRunLauncher)
        return self.instance.run_launcher

    @property
    def processes(self) -> list[int]:
        """Ids of the processes that began the asset, one for each time."""
        begun = self.folder / slow_location.BEGUN
        return [int(line) for line in begun.read_text().split()] if begun.exists() else []

    def launch(self) -> str:
        """Launch a run of the asset that waits; return its id."""
        job = slow_location.defs.resolve_job_def("measure")
        pointer = ModuleCodePointer("tests.slurm.slow_location", "defs", str(CHECKOUT))
        repository = RepositoryPythonOrigin(
            sys.executable, pointer, None, DEFAULT_DAGSTER_ENTRY_POINT
        )
        run = self.instance.create_run_for_job(
            job,
            remote_job_origin=job_origin(job.name),
            job_code_origin=JobPythonOrigin(job.name, repository),
        )
        self.launcher.launch_run(LaunchRunContext(dagster_run=run, workspace=None))
        return run.run_id

    def run(self, run_id: str) -> dg.DagsterRun:
        """Return a run as the history has it now."""
        run = self.instance.get_run_by_id(run_id)
        assert run is not None
        return run

    def job(self, run_id: str) -> str:
        """Return the id of the job of a run."""
        return self.run(run_id).tags[JOB_TAG]

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if is_so():
                return
            time.sleep(0.2)
        logs = [log.read_text()[-2000:] for log in self.folder.glob("data/slurm/*.log")]
        raise AssertionError("\n".join([self.cluster.ask("squeue"), *logs, self.cluster.logs()]))

    def end_of(self, run_id: str) -> dg.DagsterRunStatus:
        """Let the asset end, and return the final state of the run."""
        (self.folder / slow_location.GO).touch()
        self.wait(lambda: self.run(run_id).is_finished)
        return self.run(run_id).status


@pytest.fixture(scope="session")
def cluster() -> Iterator[SlurmCluster]:
    """Start Slurm; the test is skipped without it, unless it has to be there."""
    missing = missing_programs()
    if missing:
        reason = (
            f"no {', '.join(missing)} on this machine; on Debian: "
            "apt-get install slurmctld slurmd slurm-client munge"
        )
        if os.environ.get("EJMAP_REQUIRE_SLURM"):
            pytest.fail(reason)
        pytest.skip(reason)
    with running_slurm() as found:
        yield found


@pytest.fixture
def jobs(cluster: SlurmCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    """A project of its own for each test."""
    (tmp_path / "project.yaml").write_text(SETTINGS)
    for name in ("DAGSTER_HOME", "EJMAP_PROJECT", "EJMAP_POSTGRES_URL"):
        # Opening an instance sets the first two; they are put back.
        monkeypatch.setenv(name, "")
    for name, value in cluster.environment.items():
        monkeypatch.setenv(name, value)
    # The processes of the jobs import the location above.
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    with open_instance(tmp_path) as instance:
        yield Jobs(tmp_path, instance, cluster)
        for run in instance.get_runs():
            instance.run_launcher.terminate(run.run_id)
