"""Runs whose process died: reported as ended, and their pool slots freed, without the daemon."""

import dagster as dg
from dagster._core.launcher import WorkerStatus
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES

from ejmap_assets.run_launcher import PROCESS_IS_GONE
from ejmap_assets.run_process import is_gone

UNFINISHED = [*IN_PROGRESS_RUN_STATUSES, dg.DagsterRunStatus.NOT_STARTED]


def end_lost_runs(instance: dg.DagsterInstance) -> list[str]:
    """Report each run as ended whose process or job ended, and free its pool slots.

    It counts as failed, or as cancelled if somebody had asked for that.

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
        if now.status is dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(now, reason)
        else:
            instance.report_run_failed(now, f"{reason}; finished artefacts are kept")
        lost.append(run.run_id)
    return lost


def _why_lost(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str | None:
    gone = is_gone(run)
    if gone is not None:
        return PROCESS_IS_GONE if gone else None
    launcher = instance.run_launcher
    if (
        run.status is dg.DagsterRunStatus.NOT_STARTED
        or not launcher.supports_check_run_worker_health
    ):
        return None
    health = launcher.check_run_worker_health(run)
    is_lost = health.status in {WorkerStatus.NOT_FOUND, WorkerStatus.FAILED}
    return health.msg if is_lost else None
