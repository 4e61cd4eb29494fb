"""Runs whose process died: reported as failed, and their pool slots freed, without the daemon."""

import dagster as dg
from dagster._core.launcher import WorkerStatus
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES

from ejmap_assets.run_launcher import PROCESS_IS_GONE, WatchedRunLauncher
from ejmap_assets.run_process import is_gone

UNFINISHED = [*IN_PROGRESS_RUN_STATUSES, dg.DagsterRunStatus.NOT_STARTED]


def fail_lost_runs(instance: dg.DagsterInstance) -> list[str]:
    """Report each run as failed whose process on this machine ended, and free its pool slots.

    Returns:
        Ids of these runs.
    """
    lost: list[str] = []
    for run in instance.get_runs(dg.RunsFilter(statuses=UNFINISHED)):
        reason = _why_lost(instance, run)
        # The run may have finished since it was listed.
        now = None if reason is None else instance.get_run_by_id(run.run_id)
        if now is None or now.status != run.status:
            continue
        # First, because nobody looks for the slots of a run that has ended.
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        instance.report_run_failed(now, f"{reason}; finished artefacts are kept")
        lost.append(run.run_id)
    return lost


def _why_lost(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str | None:
    gone = is_gone(run)
    if gone is not None:
        return PROCESS_IS_GONE if gone else None
    launcher = instance.run_launcher
    if run.status is dg.DagsterRunStatus.NOT_STARTED or not isinstance(
        launcher, WatchedRunLauncher
    ):
        return None
    health = launcher.check_run_worker_health(run)
    return health.msg if health.status is WorkerStatus.NOT_FOUND else None
