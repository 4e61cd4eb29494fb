"""A Slurm of one node, and an instance whose runs are its jobs."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ejmap_assets.runs.instance import open_instance
from ejmap_clusters.slurm.launcher import JOB_TAG, SlurmRunLauncher
from tests.cluster_jobs import CHECKOUT, ClusterJobs
from tests.daemon.conftest import serve as serve  # noqa: PLC0414 - a fixture of these tests too
from tests.slurm_cluster import SlurmCluster, missing_programs, running_slurm

SETTINGS = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 2}
slurm:
  partition: normal
  planet: {cores: 2, memory_gb: 1, hours: 0.5}
"""


@dataclass
class Jobs(ClusterJobs):
    """A project whose runs are jobs of Slurm.

    Attributes:
        cluster: The cluster.
    """

    cluster: SlurmCluster

    @property
    def launcher(self) -> SlurmRunLauncher:
        """The launcher of the instance."""
        assert isinstance(self.instance.run_launcher, SlurmRunLauncher)
        return self.instance.run_launcher

    def job(self, run_id: str) -> str:
        """Return the id of the job of a run."""
        return self.run(run_id).tags[JOB_TAG]

    def told(self) -> str:
        """Return the queue, and the ends of all logs."""
        logs = [log.read_text()[-2000:] for log in self.folder.glob("data/slurm/*.log")]
        return "\n".join([self.cluster.ask("squeue"), *logs, self.cluster.logs()])


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
