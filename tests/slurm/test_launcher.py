"""Runs as jobs of a real Slurm of one node: started, killed, queued again, cancelled."""

import os
import signal
import time

import dagster as dg
import pytest
from dagster._core.launcher import WorkerStatus

from ejmap_assets.runs.lost_runs import end_lost_runs
from ejmap_clusters.slurm.job import ATTEMPT_TAG, NODE_TAG
from tests.cluster_jobs import is_there
from tests.slurm.conftest import Jobs

pytestmark = pytest.mark.slurm
MOST_CANCEL_SECONDS = 10.0


def test_a_run_is_a_job_with_the_resources_of_its_kind(jobs: Jobs) -> None:
    """The tags name job and node; a drained node lets its job end and takes no other."""
    first = jobs.launch_slow()
    jobs.wait(lambda: len(jobs.processes) == 1)
    jobs.cluster.set_node(state="drain", reason="test")
    second = jobs.launch_slow()

    asked = jobs.cluster.ask("scontrol", "--oneliner", "show", "job", jobs.job(first)).split()
    assert {"NumCPUs=2", "MinMemoryNode=1G", "TimeLimit=00:30:00", "Requeue=1"} <= set(asked)
    assert jobs.end_of(first) is dg.DagsterRunStatus.SUCCESS
    assert jobs.run(first).tags[NODE_TAG] == jobs.cluster.node
    waiting = jobs.launcher.check_run_worker_health(jobs.run(second))
    assert waiting.status is WorkerStatus.RUNNING
    assert "PENDING" in str(waiting.msg)
    assert end_lost_runs(jobs.instance) == []

    jobs.cluster.set_node(state="resume")
    assert jobs.end_of(second) is dg.DagsterRunStatus.SUCCESS
    assert jobs.job(second) != jobs.job(first)


def test_a_killed_job_ends_its_run(jobs: Jobs) -> None:
    """Its state and the end of its output are in the history, as the pages show it."""
    run_id = jobs.launch_slow()
    jobs.wait(lambda: len(jobs.processes) == 1)
    log = jobs.folder / "data" / "slurm" / f"{jobs.job(run_id)}.log"
    with log.open("a") as output:
        output.write("the last words of the job\n")

    os.kill(jobs.processes[0], signal.SIGKILL)
    jobs.wait(lambda: end_lost_runs(jobs.instance) == [run_id])

    assert jobs.run(run_id).status is dg.DagsterRunStatus.FAILURE
    (failed,) = jobs.instance.all_logs(run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    assert f"job {jobs.job(run_id)} of Slurm ended as FAILED" in failed.message
    assert "the last words of the job" in failed.message


def test_a_job_outlives_the_daemon_of_its_node(jobs: Jobs) -> None:
    """The daemon is killed and started again, and the run ends in its first process."""
    run_id = jobs.launch_slow()
    jobs.wait(lambda: len(jobs.processes) == 1)

    jobs.cluster.kill_node()
    jobs.cluster.start_node()

    assert jobs.end_of(run_id) is dg.DagsterRunStatus.SUCCESS
    assert len(jobs.processes) == 1


def test_a_job_of_a_failed_node_goes_on_with_its_run(jobs: Jobs) -> None:
    """The job is queued again, and its first process, which is alive, gives way to the second."""
    run_id = jobs.launch_slow()
    jobs.wait(lambda: len(jobs.processes) == 1)
    job = jobs.job(run_id)

    jobs.cluster.kill_node()
    jobs.cluster.set_node(state="down", reason="test")
    jobs.wait(lambda: "PENDING" in str(jobs.launcher.check_run_worker_health(jobs.run(run_id)).msg))
    assert end_lost_runs(jobs.instance) == []
    jobs.cluster.set_node(state="resume")
    jobs.cluster.start_node()
    jobs.wait(lambda: len(jobs.processes) == 2)
    jobs.wait(lambda: not is_there(jobs.processes[0]))

    assert jobs.end_of(run_id) is dg.DagsterRunStatus.SUCCESS
    assert jobs.run(run_id).tags[ATTEMPT_TAG] == "1"
    assert jobs.job(run_id) == job


def test_a_run_is_cancelled_in_seconds(jobs: Jobs) -> None:
    """A running one, and one that waits in the queue; neither leaves a job behind."""
    running = jobs.launch_slow()
    jobs.wait(lambda: len(jobs.processes) == 1)
    jobs.cluster.set_node(state="drain", reason="test")
    waiting = jobs.launch_slow()
    jobs.cluster.set_node(state="resume")

    for run_id in (waiting, running):
        begun = time.monotonic()
        assert jobs.instance.run_launcher.terminate(run_id)
        jobs.wait(lambda run_id=run_id: jobs.run(run_id).is_finished)
        assert time.monotonic() - begun < MOST_CANCEL_SECONDS
        assert jobs.run(run_id).status is dg.DagsterRunStatus.CANCELED

    jobs.wait(lambda: jobs.cluster.ask("squeue", "--noheader") == "")
    assert not is_there(jobs.processes[0])
