"""What Ray's launcher sends and decides; tests/ray has a real Ray."""

import json
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import dagster as dg
import pytest
from dagster._core.code_pointer import ModuleCodePointer
from dagster._core.launcher import WorkerStatus
from dagster._core.launcher.base import LaunchRunContext
from dagster._core.origin import (
    DEFAULT_DAGSTER_ENTRY_POINT,
    JobPythonOrigin,
    RepositoryPythonOrigin,
)
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import deserialize_value

from ejmap_assets.code_location import MODULE, job_origin
from ejmap_assets.runs.instance import launcher_note, open_instance
from ejmap_assets.runs.lost_runs import end_lost_runs
from ejmap_clusters.ray.launcher import JOB_TAG, RayJobLauncher
from ejmap_clusters.run_tags import RESOURCES_TAG

PROJECT = "source: {kind: synthetic, seed: 1}\n"
ADDRESS = "http://head.example:8265"


class JobStatus(StrEnum):
    """As ``ray.job_submission.JobStatus``."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    STOPPED = "STOPPED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"

    def is_terminal(self) -> bool:
        """Return whether the job has ended."""
        return self in {JobStatus.STOPPED, JobStatus.SUCCEEDED, JobStatus.FAILED}


@dataclass
class Recording:
    """The part of Ray's client that a launcher uses.

    Attributes:
        jobs: What was submitted.
        status: What it answers of every job, or the error that it raises.
    """

    jobs: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    status: JobStatus | Exception = JobStatus.PENDING

    def submit_job(self, **job: Any) -> None:
        """Record a job."""
        self.jobs.append(job)

    def stop_job(self, submission_id: str) -> bool:
        """Stop it; a job that waits for cores goes on waiting, as in Ray."""
        assert submission_id == self.jobs[-1]["submission_id"]
        if self.status is not JobStatus.PENDING:
            self.status = JobStatus.STOPPED
        return True

    def get_job_status(self, submission_id: str) -> JobStatus:
        """Answer."""
        assert submission_id == self.jobs[-1]["submission_id"]
        if isinstance(self.status, Exception):
            raise self.status
        return self.status

    def get_job_info(self, submission_id: str) -> Any:
        """Return what a sentence is made of."""
        return type("Details", (), {"message": f"the end of {submission_id}"})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a cluster."""
    for name in ("DAGSTER_HOME", "EJMAP_PROJECT", "EJMAP_POSTGRES_URL", "RAY_API_SERVER_ADDRESS"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("RAY_ADDRESS", ADDRESS)
    # Ray itself is no dependency of the tests.
    jobs = ModuleType("ray.job_submission")
    jobs.JobStatus = JobStatus  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ray", ModuleType("ray"))
    monkeypatch.setitem(sys.modules, "ray.job_submission", jobs)
    project = tmp_path / "Hok'usai"
    project.mkdir()
    (project / "project.yaml").write_text(f"{PROJECT}ray: {{planet: {{gpus: 1, hours: 2}}}}\n")
    return project


@pytest.fixture
def instance(folder: Path) -> Iterator[dg.DagsterInstance]:
    """Its instance."""
    with open_instance(folder) as found:
        yield found


@pytest.fixture
def ray(instance: dg.DagsterInstance) -> Recording:
    """What the launcher of the instance talks to."""
    recording = Recording()
    assert isinstance(instance.run_launcher, RayJobLauncher)
    instance.run_launcher.__dict__["client"] = recording
    return recording


def _launch(instance: dg.DagsterInstance, tags: dict[str, str] | None = None) -> dg.DagsterRun:
    job = dg.GraphDefinition(name="measure").to_job()
    repository = RepositoryPythonOrigin(
        sys.executable, ModuleCodePointer(MODULE, "defs", None), None, DEFAULT_DAGSTER_ENTRY_POINT
    )
    run = instance.create_run_for_job(
        job,
        tags=tags,
        status=dg.DagsterRunStatus.STARTED,
        remote_job_origin=job_origin(job.name),
        job_code_origin=JobPythonOrigin(job.name, repository),
    )
    instance.run_launcher.launch_run(LaunchRunContext(dagster_run=run, workspace=None))
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found


def test_the_command_of_a_job_needs_no_path_and_survives_any_name_of_a_folder(
    instance: dg.DagsterInstance, ray: Recording
) -> None:
    """The folder of the project, which is part of it, has a quotation mark in its name."""
    run = _launch(instance)

    *program, arguments = shlex.split(ray.jobs[0]["entrypoint"])
    assert program == [sys.executable, "-m", "dagster", "api", "execute_run"]
    told = deserialize_value(arguments, ExecuteRunArgs)
    assert (told.run_id, told.instance_ref) == (run.run_id, instance.get_ref())


def test_a_job_asks_for_the_resources_of_its_kind(
    folder: Path, instance: dg.DagsterInstance, ray: Recording
) -> None:
    """And finds project and history by its environment, which holds no password."""
    run = _launch(instance)

    (job,) = ray.jobs
    asked = {name.removeprefix("entrypoint_"): value for name, value in job.items()}
    assert (asked["num_cpus"], asked["num_gpus"], asked["memory"]) == (4, 1, 16 * 1024**3)
    assert job["runtime_env"]["env_vars"] == {
        "DAGSTER_HOME": str(folder / "dagster_home"),
        "EJMAP_PROJECT": str(folder),
        "RAY_API_SERVER_ADDRESS": ADDRESS,
        "OMP_NUM_THREADS": "4",
        "EJMAP_MEMORY_GB": "16",
        "RAY_JOB_STOP_WAIT_TIME_S": "7",
        "DAGSTER_RUN_JOB_NAME": "measure",
    }
    assert run.tags[RESOURCES_TAG] == "planet"
    assert run.tags[JOB_TAG] == job["submission_id"]
    assert run.tags["dagster/max_runtime"] == "7200"
    assert launcher_note(folder) is None


@pytest.mark.parametrize(
    ("status", "health"),
    [
        (JobStatus.PENDING, WorkerStatus.RUNNING),
        (JobStatus.RUNNING, WorkerStatus.RUNNING),
        (JobStatus.FAILED, WorkerStatus.FAILED),
        (JobStatus.SUCCEEDED, WorkerStatus.FAILED),
        (ConnectionError("Failed to connect to Ray"), WorkerStatus.RUNNING),
        (RuntimeError("Request failed with status code 500"), WorkerStatus.RUNNING),
        (RuntimeError("Job 1 does not exist"), WorkerStatus.NOT_FOUND),
    ],
)
def test_a_run_is_as_healthy_as_its_job(
    instance: dg.DagsterInstance, ray: Recording, status: Any, health: WorkerStatus
) -> None:
    """A Ray that does not answer fails no run; one that forgot the job does."""
    run = _launch(instance)
    ray.status = status

    assert instance.run_launcher.check_run_worker_health(run).status is health
    lost = health in {WorkerStatus.FAILED, WorkerStatus.NOT_FOUND}
    assert end_lost_runs(instance) == ([run.run_id] if lost else [])


@pytest.mark.parametrize("status", [JobStatus.PENDING, JobStatus.RUNNING])
def test_a_job_that_waited_is_cancelled_at_once(
    instance: dg.DagsterInstance, ray: Recording, status: JobStatus
) -> None:
    """It never tells the history anything, so the launcher does; so for one that was killed."""
    run = _launch(instance)
    ray.status = status

    assert instance.run_launcher.terminate(run.run_id)

    ended = instance.get_run_by_id(run.run_id)
    assert ended is not None
    assert ended.status is dg.DagsterRunStatus.CANCELED
    assert not instance.run_launcher.terminate(run.run_id)


def test_a_retry_does_not_die_of_the_job_that_it_replaces(
    instance: dg.DagsterInstance, ray: Recording
) -> None:
    """It inherits the tags of the run before it, and gets the resources that are stated now."""
    first = _launch(instance)
    old = json.dumps({"num_cpus": 64})
    retry = _launch(instance, {**first.tags, "dagster-ray/config": old})

    assert ray.jobs[-1]["entrypoint_num_cpus"] == 4
    assert retry.tags[JOB_TAG] != first.tags[JOB_TAG]
    alone = instance.create_run_for_job(dg.GraphDefinition(name="one").to_job(), tags=first.tags)
    assert not instance.run_launcher.terminate(alone.run_id)
