"""Waiting for a slot in a pool, such as the GPU pool, before a run starts.

Dagster waits inside the run, where it reports nothing and ignores Ctrl-C.
"""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

import dagster as dg
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext
from dagster._utils.interrupts import raise_interrupts_as

from ejmap_assets.runs.lost_runs import end_lost_runs

POLL_SECONDS = 1.0
# A process claims a slot moments before it records the run. If the run is still unknown after this
# time, the process died in between.
UNKNOWN_SECONDS = 60.0


@contextmanager
def turn(
    instance: dg.DagsterInstance,
    job: dg.JobDefinition,
    run_id: str,
    *,
    tell: Callable[[str], None],
) -> Generator[None]:
    """Wait for the pool slots that a run needs, and hold them.

    Args:
        instance: The instance of the run and its pools.
        job: The job, limited to the steps of the run.
        run_id: Id of the run.
        tell: Receives one sentence that names the run that holds the slot.

    Raises:
        KeyboardInterrupt: If somebody interrupts the wait by Ctrl-C or SIGTERM.
    """
    wanted = [(pool, node.name) for node in job.nodes for pool in node.definition.pools]
    if not wanted:
        yield
        return
    run = dg.DagsterRun(job_name=job.name, run_id=run_id)
    try:
        with raise_interrupts_as(KeyboardInterrupt):
            for pool, step in wanted:
                _wait(instance, run, pool, step, tell)
        yield
    finally:
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)


def _wait(
    instance: dg.DagsterInstance,
    run: dg.DagsterRun,
    pool: str,
    step: str,
    tell: Callable[[str], None],
) -> None:
    unknown_since: dict[str, float] = {}
    is_announced = False
    while not _takes(instance, run, pool, step):
        end_lost_runs(instance)
        holders = _holders(instance, pool)
        _free_ended(instance, holders, unknown_since)
        if not is_announced and holders:
            tell(f"waiting for {_named(instance, holders)} in pool {pool}; Ctrl-C gives up")
            is_announced = True
        time.sleep(POLL_SECONDS)


def _takes(instance: dg.DagsterInstance, run: dg.DagsterRun, pool: str, step: str) -> bool:
    # Leaving the context removes us from the queue, whose entry would survive a killed process.
    with InstanceConcurrencyContext(instance, run) as slots:
        return slots.claim(pool, step)


def _holders(instance: dg.DagsterInstance, pool: str) -> Sequence[str]:
    info = instance.event_log_storage.get_concurrency_info(pool)
    return sorted(info.active_run_ids | info.assigned_run_ids)


def _free_ended(
    instance: dg.DagsterInstance, holders: Sequence[str], unknown_since: dict[str, float]
) -> None:
    """Free the slots of runs in any final state, and of those that were never recorded.

    A process that is killed between the end of its run and the freeing of its slots leaves them
    behind.
    """
    for run_id in holders:
        run = instance.get_run_by_id(run_id)
        if run is None:
            first = unknown_since.setdefault(run_id, time.monotonic())
            is_ended = time.monotonic() - first > UNKNOWN_SECONDS
        else:
            is_ended = run.is_finished
        if is_ended:
            instance.event_log_storage.free_concurrency_slots_for_run(run_id)


def _named(instance: dg.DagsterInstance, holders: Sequence[str]) -> str:
    runs = {run_id: instance.get_run_by_id(run_id) for run_id in holders}
    named = [f"run {key[:8]} ({run.job_name})" for key, run in runs.items() if run is not None]
    return " and ".join(named) or "another run"
