"""What the launcher decides from a history and Slurm's answers; tests/slurm has a real Slurm."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher import WorkerStatus

from ejmap_assets.runs.instance import launcher_note, open_instance
from ejmap_assets.runs.lost_runs import end_lost_runs
from ejmap_clusters.slurm.launcher import (
    JOB_TAG,
    RUN_TAG,
    SlurmRunLauncher,
    job_of,
)
from ejmap_project.slurm.cluster import state_of

PROJECT = "source: {kind: synthetic, seed: 1}\n"
REFUSAL = "slurm_load_jobs error: Invalid job id specified"
SILENCE = "slurm_load_jobs error: Unable to contact slurm controller (connect failure)"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a cluster."""
    for name in ("DAGSTER_HOME", "EJMAP_PROJECT", "EJMAP_POSTGRES_URL"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "project.yaml").write_text(f"{PROJECT}slurm: {{}}\n")
    return tmp_path


@pytest.fixture
def instance(folder: Path) -> Iterator[dg.DagsterInstance]:
    """Its instance."""
    with open_instance(folder) as found:
        yield found


def _answer(folder: Path, program: str, *, told: str = "", refused: str = "") -> None:
    """Put a program of Slurm in place that gives one answer."""
    file = folder / "bin" / program
    body = f"echo {shlex.quote(refused)} >&2; exit 1" if refused else f"echo {shlex.quote(told)}"
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)


def _run(instance: dg.DagsterInstance, *, submitted: str = "") -> dg.DagsterRun:
    """Return a run with the tags of a job; by default of its own."""
    job = dg.GraphDefinition(name="measure").to_job()
    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    instance.add_run_tags(run.run_id, {JOB_TAG: "12", RUN_TAG: submitted or run.run_id})
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found


def _health(instance: dg.DagsterInstance) -> WorkerStatus:
    return instance.run_launcher.check_run_worker_health(_run(instance)).status


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("PENDING|Resources", WorkerStatus.RUNNING),
        ("RUNNING|None", WorkerStatus.RUNNING),
        ("COMPLETING|None", WorkerStatus.RUNNING),
        ("REQUEUE_HOLD|None", WorkerStatus.RUNNING),
        ("OUT_OF_MEMORY|OutOfMemory", WorkerStatus.FAILED),
        ("TIMEOUT|TimeLimit", WorkerStatus.FAILED),
        ("COMPLETED|None", WorkerStatus.FAILED),
    ],
)
def test_a_run_is_as_healthy_as_its_job(
    folder: Path, instance: dg.DagsterInstance, told: str, status: WorkerStatus
) -> None:
    """A job that ended before its run did has failed it, whatever the exit code."""
    _answer(folder, "squeue", told=told)

    assert _health(instance) is status


@pytest.mark.parametrize(
    ("squeue", "sacct", "status"),
    [
        (SILENCE, "", WorkerStatus.RUNNING),
        (REFUSAL, "NODE_FAIL|0:0\nCANCELLED by 1000|0:15", WorkerStatus.FAILED),
        (REFUSAL, "", WorkerStatus.NOT_FOUND),
    ],
    ids=["no-answer-is-no-news", "accounting-remembers", "without-accounting-it-is-gone"],
)
def test_a_job_that_squeue_does_not_know_is_looked_up_in_the_accounting(
    folder: Path, instance: dg.DagsterInstance, squeue: str, sacct: str, status: WorkerStatus
) -> None:
    """And a controller that does not answer fails no run."""
    _answer(folder, "squeue", refused=squeue)
    if sacct:
        _answer(folder, "sacct", told=sacct)

    assert _health(instance) is status


def test_a_retry_does_not_die_of_the_job_that_it_replaces(
    folder: Path, instance: dg.DagsterInstance
) -> None:
    """It inherits the tags of the run before it, until it is submitted itself."""
    _answer(folder, "squeue", told="FAILED|NonZeroExitCode")
    first = _run(instance)
    retry = _run(instance, submitted=first.run_id)

    assert end_lost_runs(instance) == [first.run_id]
    assert job_of(retry) is None
    assert not instance.run_launcher.terminate(retry.run_id)


def test_the_last_of_several_times_of_a_job_counts(folder: Path) -> None:
    """The accounting has a line for each time that a job was queued."""
    _answer(folder, "squeue", refused=REFUSAL)
    _answer(folder, "sacct", told="NODE_FAIL|0:0\nCANCELLED by 1000|0:15")

    assert str(state_of("12")) == "CANCELLED (exit code 0:15)"


def test_an_instance_of_a_project_with_a_cluster_launches_jobs(
    folder: Path, instance: dg.DagsterInstance
) -> None:
    """With the storage of every project, and without the limits of one machine."""
    assert isinstance(instance.run_launcher, SlurmRunLauncher)
    assert instance.storage_directory() == str(folder / "dagster_home" / "storage")
    assert instance.run_monitoring_start_timeout_seconds > 7 * 86400
    assert launcher_note(folder) is None


def test_an_instance_that_is_older_than_the_cluster_is_told(folder: Path) -> None:
    """Its settings may have been edited, so they are not replaced."""
    (folder / "project.yaml").write_text(PROJECT)
    open_instance(folder).dispose()
    assert launcher_note(folder) is None

    (folder / "project.yaml").write_text(f"{PROJECT}slurm: {{}}\n")

    assert "delete that file" in str(launcher_note(folder))
