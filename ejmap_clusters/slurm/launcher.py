"""A run launcher that submits every run as a job to a Slurm cluster."""

from collections.abc import Mapping
from typing import Any, Self

import dagster as dg
from dagster._core.events import EngineEventData
from dagster._core.launcher import CheckRunHealthResult, RunLauncher, WorkerStatus
from dagster._core.launcher.base import LaunchRunContext
from dagster._serdes import ConfigurableClass, ConfigurableClassData

from ejmap_assets.runs.instance import environment_of
from ejmap_clusters.cancelling import wait_for_end
from ejmap_clusters.job_kinds import kind_of
from ejmap_project.open_project import OpenProject, project_folder
from ejmap_project.paths import ProjectPaths
from ejmap_project.slurm.cluster import SlurmError, cancel, description_of, state_of
from ejmap_project.slurm.run_job import end_of_log, log_of, submit_run

JOB_TAG = "ejmap/slurm_job"
# The run that the job is of, because a retry inherits the tags of the run before it.
RUN_TAG = "ejmap/slurm_run"


class SlurmRunLauncher(RunLauncher[dg.DagsterInstance], ConfigurableClass):
    """Launches a run as a batch job, with the resources that ``project.yaml`` states for its kind.

    The job sees the same project folder and history as the launcher: the folder lies on a file
    system that all nodes share.
    """

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__()
        self._inst_data = inst_data

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        """The entry of ``dagster.yaml`` that names this class."""
        return self._inst_data

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
        """Submit a run, and tag it with the id of its job.

        Raises:
            SettingsError: If the settings of the project state no Slurm cluster.
            SlurmError: If Slurm refuses the job.
        """
        run = context.dagster_run
        project, kind = OpenProject.at(project_folder()), kind_of(run)
        job = submit_run(
            run.run_id,
            kind=kind,
            paths=project.paths,
            settings=project.settings.slurm,
            environment=environment_of(project.paths.folder),
        )
        self._instance.add_run_tags(run.run_id, {JOB_TAG: job, RUN_TAG: run.run_id})
        log = dg.MetadataValue.path(str(log_of(project.paths, job)))
        self._instance.report_engine_event(
            f"Submitted to Slurm as job {job}.",
            run,
            EngineEventData({"job": job, "resources": kind, "log": log}),
        )

    def terminate(self, run_id: str) -> bool:
        """Cancel the job of a run, and wait for its end a few seconds."""
        run = self._instance.get_run_by_id(run_id)
        job = None if run is None else job_of(run)
        if run is None or job is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        cancel(job)
        wait_for_end(
            self._instance,
            run_id,
            is_over=lambda: not _is_unfinished(job),
            told=f"Slurm cancelled job {job}.",
        )
        return True

    @property
    def supports_check_run_worker_health(self) -> bool:
        """The daemon may check the health of runs."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Return whether the job of a run waits or runs.

        The daemon fails and restarts a run on any answer but "running", so the answer is "running"
        where Slurm gives none.
        """
        job = job_of(run)
        if job is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "it is no job of Slurm")
        try:
            state = state_of(job)
        except SlurmError as error:
            return CheckRunHealthResult(WorkerStatus.RUNNING, str(error))
        if state is not None and state.is_unfinished:
            return CheckRunHealthResult(WorkerStatus.RUNNING, f"job {job} is {state}")
        now = self._instance.get_run_by_id(run.run_id)
        if now is None or now.is_finished:
            return CheckRunHealthResult(WorkerStatus.SUCCESS, "the run has finished")
        if state is None:
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, f"Slurm knows no job {job}")
        told = f"job {job} of Slurm ended as {state} before its run did"
        return CheckRunHealthResult(WorkerStatus.FAILED, f"{told}{end_of_log(_paths(), job)}")

    def get_run_worker_debug_info(
        self,
        run: dg.DagsterRun,
        include_container_logs: bool | None = True,  # noqa: ARG002 - Dagster's
    ) -> str | None:
        """Return what Slurm says of the job of a run, and the end of its output."""
        job = job_of(run)
        if job is None:
            return None
        try:
            return description_of(job) + end_of_log(_paths(), job)
        except SlurmError as error:
            return str(error)


def job_of(run: dg.DagsterRun) -> str | None:
    """Return the id of the job of a run; None before it is submitted, and for runs elsewhere."""
    return run.tags.get(JOB_TAG) if run.tags.get(RUN_TAG) == run.run_id else None


def _paths() -> ProjectPaths:
    return ProjectPaths(project_folder())


def _is_unfinished(job: str) -> bool:
    try:
        state = state_of(job)
    except SlurmError:
        return True
    return state is not None and state.is_unfinished
