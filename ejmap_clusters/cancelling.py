"""The end of a job that was cancelled."""

import time
from collections.abc import Callable

import dagster as dg

# Python ends within these after SIGTERM, unless a network predicts a large tile.
CANCEL_SECONDS = 7.0
POLL_SECONDS = 0.25


def wait_for_end(
    instance: dg.DagsterInstance, run_id: str, *, is_over: Callable[[], bool], told: str
) -> None:
    """Wait a few seconds until a run has ended after its job was cancelled.

    Args:
        instance: The instance of the run.
        run_id: Id of the run.
        is_over: Whether the job has ended.
        told: What the history says of a run whose job ended without a word: it waited, or it had to
            be killed.
    """
    deadline = time.monotonic() + CANCEL_SECONDS
    while time.monotonic() < deadline:
        ended = is_over()
        # Read after the job: the last thing that it does is to tell the history.
        run = instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return
        if ended:
            instance.report_run_canceled(run, told)
            return
        time.sleep(POLL_SECONDS)
