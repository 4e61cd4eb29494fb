"""A run launcher that submits every run as a job to a Ray cluster."""

import os
import shlex
import sys
from collections.abc import Mapping
from typing import Any, Self

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.base import LaunchRunContext
from dagster._grpc.types import ExecuteRunArgs, ResumeRunArgs
from dagster._serdes import ConfigurableClassData
from dagster_ray.configs import USER_DEFINED_RAY_KEY
from dagster_ray.core.run_launcher import RayRunLauncher, get_job_submission_id_from_run_id

from ejmap_assets.runs.instance import environment_of
from ejmap_clusters.cancelling import CANCEL_SECONDS, wait_for_end
from ejmap_clusters.run_tags import cluster_of, with_resources
from ejmap_geo.rasters.memory import STATED_LIMIT
from ejmap_project.open_project import project_folder
from ejmap_project.settings.clusters import RaySettings, Resources

JOB_TAG = "ejmap/ray_job"
# Ray's own variables of the address of its job server; the first one wins.
API_VARIABLE = "RAY_API_SERVER_ADDRESS"
ADDRESS_VARIABLE = "RAY_ADDRESS"
LOCAL_ADDRESS = "http://127.0.0.1:8265"
UNKNOWN_JOB = "does not exist"
WAITS = "PENDING"


class RayJobLauncher(RayRunLauncher):
    """dagster-ray's launcher, with the resources that ``project.yaml`` states for a kind of run.

    It also waits for the end of what it cancels, and an answer that does not come fails no run. The
    job sees the same project folder and history as the launcher.
    """

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(
            os.environ.get(API_VARIABLE) or os.environ.get(ADDRESS_VARIABLE) or LOCAL_ADDRESS,
            inst_data=inst_data,
        )

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Return the settings of the entry: none, they are in ``project.yaml``."""
        return {}

    @classmethod
    def from_config_value(
        cls,
        inst_data: ConfigurableClassData | None,
        config_value: Mapping[str, Any],  # noqa: ARG003 - Dagster's signature
    ) -> Self:
        """Return the launcher."""
        return cls(inst_data)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Submit a run, and tag it with its resources and the id of its job."""
        cluster = cluster_of(RaySettings)
        tagged = with_resources(
            context, self._instance, cluster, tag=USER_DEFINED_RAY_KEY, config_of=ray_config
        )
        variables = {**environment_of(project_folder()), API_VARIABLE: self.address}
        self.env_vars = [f"{name}={value}" for name, value in variables.items()]
        super().launch_run(tagged)
        run_id = context.dagster_run.run_id
        job = get_job_submission_id_from_run_id(run_id)
        self._instance.add_run_tags(run_id, {JOB_TAG: job})

    def _launch_ray_job(
        self,
        submission_id: str,
        entrypoint: str,  # noqa: ARG002 - its own command
        run: dg.DagsterRun,
    ) -> None:
        """Submit a job by a command of our own.

        That of dagster-ray looks for ``dagster`` in the path of Ray's processes, which need not
        have been started in an environment, and quotes by hand: a quotation mark in the name of a
        folder would end the quotation.
        """
        assert run.job_code_origin is not None  # noqa: S101 - dagster-ray has looked
        is_first = submission_id == get_job_submission_id_from_run_id(run.run_id)
        arguments = (ExecuteRunArgs if is_first else ResumeRunArgs)(
            job_origin=run.job_code_origin,
            run_id=run.run_id,
            instance_ref=self._instance.get_ref(),
            set_exit_code_on_failure=True,
        )
        # Without the program, the last three are words of its command line.
        words = [sys.executable, "-m", "dagster", *arguments.get_command_args()[-3:]]
        super()._launch_ray_job(submission_id, shlex.join(words), run)

    def terminate(self, run_id: str) -> bool:
        """Stop the job of a run, and wait for its end a few seconds."""
        run = self._instance.get_run_by_id(run_id)
        job = None if run is None else job_of(run)
        if run is None or job is None or run.is_finished:
            return False
        super().terminate(run_id)
        wait_for_end(
            self._instance,
            run_id,
            is_over=lambda: self._is_over(job),
            told=f"Ray stopped {job}.",
        )
        return True

    def _is_over(self, job: str) -> bool:
        """Return whether a job that was stopped runs no command, now or later.

        A job that waits for cores hears of it once it has them; Dagster then starts no run that was
        cancelled.
        """
        try:
            status = self.client.get_job_status(job)
        except (OSError, RuntimeError):
            return False
        return status.is_terminal() or status == WAITS

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Return whether the job of a run waits or runs.

        The daemon fails and restarts a run on any answer but "running", so the answer is "running"
        where Ray gives none.
        """
        if job_of(run) is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "it is not submitted yet")
        try:
            found = super().check_run_worker_health(run)
        except OSError as error:
            # No connection: requests' errors and Python's own are of this class.
            return CheckRunHealthResult(WorkerStatus.RUNNING, str(error))
        if found.status is not WorkerStatus.UNKNOWN:
            return found
        is_lost = UNKNOWN_JOB in (found.msg or "")
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND if is_lost else WorkerStatus.RUNNING, found.msg
        )


def job_of(run: dg.DagsterRun) -> str | None:
    """Return the id of the job of a run; None before it is submitted, and for runs elsewhere."""
    job = get_job_submission_id_from_run_id(run.run_id)
    # A retry inherits the tag of the run before it.
    return job if run.tags.get(JOB_TAG) == job else None


def ray_config(resources: Resources) -> dict[str, object]:
    """Return resources as the tag ``dagster-ray/config`` states them."""
    return {
        "num_cpus": resources.cores,
        "num_gpus": resources.gpus,
        "memory": resources.memory_bytes,
        "runtime_env": {
            "env_vars": {
                "OMP_NUM_THREADS": str(resources.cores),
                STATED_LIMIT: f"{resources.memory_gb:g}",
                # Ray kills a job three seconds after SIGTERM unless told otherwise.
                "RAY_JOB_STOP_WAIT_TIME_S": str(round(CANCEL_SECONDS)),
            }
        },
    }
