"""A run launcher that detects runs whose process ended."""

import json
import socket

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._core.launcher.base import LaunchRunContext
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value

from ejmap_assets.run_process import HOST_TAG, is_gone
from ejmap_geo.process_identity import process_is_there

PROCESS_IS_GONE = "its process has ended"


class WatchedRunLauncher(DefaultRunLauncher):
    """Dagster's default launcher, plus a health check of runs.

    Without it, a run whose machine or code server was restarted stays in progress for hours and
    holds its pool slot. The daemon checks every two minutes. It fails and restarts a run on any
    answer but "running", so this launcher answers "running" when it cannot know.
    """

    @property
    def supports_check_run_worker_health(self) -> bool:
        """The daemon may check the health of runs."""
        return True

    def launch_run(self, context: LaunchRunContext) -> None:
        """Start a run and tag it with this machine's name."""
        self._instance.add_run_tags(context.dagster_run.run_id, {HOST_TAG: socket.gethostname()})
        super().launch_run(context)

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Return whether the process of a run is alive."""
        place = json.loads(run.tags.get(GRPC_INFO_TAG, "{}"))
        if place.get("port"):
            return self._health_by_server(run)
        if place.get("socket") and run.tags.get(HOST_TAG) == socket.gethostname():
            return self._health_by_process(run)
        if is_gone(run):
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, PROCESS_IS_GONE)
        return CheckRunHealthResult(WorkerStatus.RUNNING, "this machine cannot see its process")

    def _health_by_server(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Ask the code server by its port; a server in a container knows only its own runs."""
        client = self._get_grpc_client_for_termination(run.run_id)
        if client is None:
            return CheckRunHealthResult(WorkerStatus.SUCCESS, "the run has finished")
        try:
            answer = deserialize_value(
                client.can_cancel_execution(CanCancelExecutionRequest(run_id=run.run_id)),
                CanCancelExecutionResult,
            )
        except DagsterUserCodeUnreachableError:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "its code server does not answer")
        if answer.can_cancel:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND, "its code server was restarted and does not know the run"
        )

    def _health_by_process(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Look for the process; a code server behind a socket may have been replaced."""
        events = self._instance.all_logs(run.run_id, of_type=dg.DagsterEventType.RUN_START)
        process_ids = [one.dagster_event.pid for one in events if one.dagster_event is not None]
        process_id = process_ids[-1] if process_ids else None
        if process_id is None or process_is_there(process_id):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND, f"there is no process {process_id} here"
        )
