"""The process of a Slurm job that executes a run: ``python -m ejmap_clusters.slurm.job RUN_ID``."""

import os
import socket
import sys
import threading

import dagster as dg
from dagster._cli.api import api_cli
from dagster._grpc.types import ExecuteRunArgs, ResumeRunArgs
from dagster._serdes import serialize_value

ATTEMPT_TAG = "ejmap/slurm_attempt"
NODE_TAG = "ejmap/slurm_node"
WATCH_SECONDS = 10.0
# Slurm's code of a temporary failure, of a process that another one has replaced.
SUPERSEDED = 75


def main(run_id: str) -> None:
    """Execute a run, or go on with it where Slurm has queued its job again.

    Slurm queues the job again when its node fails. The run then stays in progress, and the new
    process executes the same run.
    """
    with dg.DagsterInstance.get() as instance:
        run = instance.get_run_by_id(run_id)
        if run is None or run.job_code_origin is None:
            sys.exit(f"run {run_id} is not in the history that {os.environ['DAGSTER_HOME']} names")
        if run.status is dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, "Cancelled before its job began.")
        if run.is_finished or run.status is dg.DagsterRunStatus.CANCELING:
            sys.stderr.write(f"run {run_id} has ended already, as {run.status.value}\n")
            return
        resumes = run.status is dg.DagsterRunStatus.STARTED
        attempt = os.environ.get("SLURM_RESTART_COUNT", "0")
        instance.add_run_tags(run_id, {ATTEMPT_TAG: attempt, NODE_TAG: socket.gethostname()})
        arguments = (ResumeRunArgs if resumes else ExecuteRunArgs)(
            job_origin=run.job_code_origin,
            run_id=run_id,
            instance_ref=instance.get_ref(),
            set_exit_code_on_failure=True,
        )
        threading.Thread(target=_watch, args=(instance, run_id, attempt), daemon=True).start()
        command = "resume_run" if resumes else "execute_run"
        api_cli.main([command, serialize_value(arguments)], prog_name="dagster api")


def _watch(instance: dg.DagsterInstance, run_id: str, attempt: str) -> None:
    """End this process when another one executes the run.

    A node that Slurm took for dead may be alive, and then its process goes on beside the new one.
    """
    is_over = threading.Event()
    while not is_over.wait(WATCH_SECONDS):
        run = instance.get_run_by_id(run_id)
        if run is not None and run.tags.get(ATTEMPT_TAG) != attempt:
            sys.stderr.write(f"attempt {run.tags.get(ATTEMPT_TAG)} replaces this one\n")
            # At once and without a word to the history, which is that of the other process now.
            os._exit(SUPERSEDED)


if __name__ == "__main__":
    main(sys.argv[1])
