"""Runs as jobs of a real Ray of one node: mapped, cancelled, killed."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import dagster as dg
import pytest
from dagster._core.launcher import WorkerStatus

from ejmap_assets.code_location import MODULE
from ejmap_assets.definitions import build_defs
from ejmap_assets.lineage.project_stages import run_stages
from ejmap_assets.runs.in_process import PlannedRun
from ejmap_assets.runs.instance import open_instance
from ejmap_assets.runs.lost_runs import end_lost_runs
from ejmap_assets.runs.run_plan import RunPlan
from ejmap_clusters.ray.launcher import JOB_TAG, RayJobLauncher
from ejmap_clusters.run_tags import RESOURCES_TAG
from ejmap_project.open_project import OpenProject
from tests.cluster_jobs import ClusterJobs, is_there
from tests.faults.chain import Chain
from tests.faults.sameness import differences, digests_of

pytestmark = [pytest.mark.ray, pytest.mark.timeout(2400)]
CRATERS = int(os.environ.get("EJMAP_RAY_CRATERS", "3"))
MOST_CANCEL_SECONDS = 10.0
SMALL = "{cores: 1, memory_gb: 0.5}"
# One core each, so that two jobs run at once.
RAY = f"ray: {{craters: {SMALL}, training: {SMALL}, planet: {SMALL}}}\n"
SOURCE = "source: {kind: synthetic, seed: 5, width_px: 256, craters: 2}\n"


@dataclass
class Jobs(ClusterJobs):
    """A project whose runs are jobs of Ray."""

    PATIENCE_SECONDS: ClassVar[float] = 600.0

    def told(self) -> str:
        """Return what Ray says of each run."""
        launcher = self.instance.run_launcher
        return "\n".join(str(launcher.get_run_worker_debug_info(one)) for one in self.runs())

    def runs(self) -> list[dg.DagsterRun]:
        """Return all runs."""
        return [*self.instance.get_runs()]


@pytest.fixture
def environment(address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Variables that opening an instance sets are put back after the test."""
    for name in ("DAGSTER_HOME", "EJMAP_PROJECT", "EJMAP_POSTGRES_URL"):
        monkeypatch.setenv(name, "")
    return address


@pytest.fixture
def jobs(environment: str, tmp_path: Path) -> Iterator[Jobs]:
    """A project of its own for each test."""
    assert environment
    (tmp_path / "project.yaml").write_text(SOURCE + RAY.replace("cores: 1", "cores: 2"))
    with open_instance(tmp_path) as instance:
        found = Jobs(tmp_path, instance)
        yield found
        for run in found.runs():
            instance.run_launcher.terminate(run.run_id)


def test_a_run_is_cancelled_in_seconds(jobs: Jobs) -> None:
    """A running one, and one that waits for its cores; neither leaves a process behind."""
    running = jobs.launch_slow()
    jobs.wait(lambda: len(jobs.processes) == 1)
    waiting = jobs.launch_slow()
    assert jobs.run(running).tags[RESOURCES_TAG] == "planet"
    health = jobs.instance.run_launcher.check_run_worker_health(jobs.run(waiting))
    assert health.status is WorkerStatus.RUNNING
    assert end_lost_runs(jobs.instance) == []

    for run_id in (waiting, running):
        begun = time.monotonic()
        assert jobs.instance.run_launcher.terminate(run_id)
        assert jobs.run(run_id).status is dg.DagsterRunStatus.CANCELED
        assert time.monotonic() - begun < MOST_CANCEL_SECONDS

    launcher = jobs.instance.run_launcher
    assert isinstance(launcher, RayJobLauncher)
    # It has its cores now, and begins nothing with them.
    job = jobs.run(waiting).tags[JOB_TAG]
    jobs.wait(lambda: launcher.client.get_job_status(job).is_terminal())
    assert len(jobs.processes) == 1
    assert not is_there(jobs.processes[0])
    assert jobs.run(waiting).status is dg.DagsterRunStatus.CANCELED


def test_a_killed_worker_fails_its_run_and_the_next_one_finishes(jobs: Jobs) -> None:
    """As the daemon then starts another one; a run that Ray forgot is lost too."""
    first = jobs.launch_slow()
    jobs.wait(lambda: len(jobs.processes) == 1)

    os.kill(jobs.processes[0], signal.SIGKILL)
    jobs.wait(lambda: end_lost_runs(jobs.instance) == [first])

    assert jobs.run(first).status is dg.DagsterRunStatus.FAILURE
    second = jobs.launch_slow()
    jobs.wait(lambda: len(jobs.processes) == 2)
    assert jobs.end_of(second) is dg.DagsterRunStatus.SUCCESS


def test_runs_on_ray_make_the_map_that_one_run_makes(environment: str, tmp_path: Path) -> None:
    """Every file, models too; each member and each crater is a job of its own."""
    assert environment
    here, there = (Chain.new(tmp_path / name, craters=CRATERS) for name in ("here", "there"))
    done = here.run()
    assert done.code == 0, done.text
    with (there.folder / "project.yaml").open("a") as settings:
        settings.write(RAY)

    with open_instance(there.folder) as instance:
        _map(Jobs(there.folder, instance))

    assert differences(digests_of(there.folder), digests_of(here.folder)) == []


def _map(jobs: Jobs) -> None:
    """Bring a project up to date by jobs, stage after stage."""
    project, defs = OpenProject.at(jobs.folder), build_defs()
    plan = RunPlan(project=project, instance=jobs.instance)
    for stage in run_stages(project):
        job = defs.resolve_job_def(stage.job.name)
        launched = [_launch(jobs, job, one) for planned in plan.runs_of(stage)
                    for one in _one_by_one(plan, planned)]  # fmt: skip
        for run_id in launched:
            jobs.wait(lambda run_id=run_id: jobs.run(run_id).is_finished)
            assert jobs.run(run_id).is_success, (stage.title, jobs.run(run_id).tags)


def _one_by_one(plan: RunPlan, planned: PlannedRun) -> list[PlannedRun]:
    if planned.first is None:
        return [planned]
    keys = dict.fromkeys(key for _, key in plan.artefacts(planned))
    return [replace(planned, first=key, last=key) for key in keys]


def _launch(jobs: Jobs, job: dg.JobDefinition, planned: PlannedRun) -> str:
    keys = frozenset(dg.AssetKey(name) for name in planned.assets)
    span = {} if planned.first is None else {"dagster/partition": planned.first}
    subset = job.get_subset(asset_selection=keys)
    return jobs.launch(subset, MODULE, tags=span, asset_selection=keys, run_config=planned.config)
