"""Runs whose process is gone: found out within minutes, instead of when their time is up."""

import json
import socket

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._core.launcher.base import LaunchRunContext
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value

from ejmap_assets.run_process import HOST_TAG, is_gone, process_is_there

PROCESS_IS_GONE = "the process that made it has ended"


class WatchedRunLauncher(DefaultRunLauncher):
    """Dagster's own launcher, which can also tell whether a run is still there.

    A machine that went down, a code server that was started again: without this, their runs count
    as under way for hours, and no other may take their place. The daemon asks every two minutes,
    takes any answer but "running" for a failure, and starts the run once more. So whatever cannot
    be found out counts as running.
    """

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Say that the daemon may ask."""
        return True

    def launch_run(self, context: LaunchRunContext) -> None:
        """Start a run and note on which machine."""
        self._instance.add_run_tags(context.dagster_run.run_id, {HOST_TAG: socket.gethostname()})
        super().launch_run(context)

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Tell whether the process of a run is there."""
        place = json.loads(run.tags.get(GRPC_INFO_TAG, "{}"))
        if place.get("port"):
            return self._as_its_server_says(run)
        if place.get("socket") and run.tags.get(HOST_TAG) == socket.gethostname():
            return self._as_this_machine_says(run)
        if is_gone(run):
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, PROCESS_IS_GONE)
        return CheckRunHealthResult(WorkerStatus.RUNNING, "nobody can tell from here")

    def _as_its_server_says(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Ask the code server by its port; one in a container knows its own runs only."""
        client = self._get_grpc_client_for_termination(run.run_id)
        if client is None:
            return CheckRunHealthResult(WorkerStatus.SUCCESS, "it has ended meanwhile")
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
            WorkerStatus.NOT_FOUND, "its code server was started again and does not know it"
        )

    def _as_this_machine_says(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Look for the process; a server behind a socket may have been replaced under the run."""
        events = self._instance.all_logs(run.run_id, of_type=dg.DagsterEventType.RUN_START)
        process_ids = [one.dagster_event.pid for one in events if one.dagster_event is not None]
        process_id = process_ids[-1] if process_ids else None
        if process_id is None or process_is_there(process_id):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.NOT_FOUND, f"there is no process {process_id} here"
        )
