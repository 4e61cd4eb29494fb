"""One run in this process: recorded on the instance, silent on the console, and why it failed."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.errors import DagsterAssetCheckFailedError
from dagster._core.execution.api import execute_run
from dagster._core.execution.execute_in_process import merge_run_tags
from dagster._core.execution.execution_result import ExecutionResult

from ejmap_assets.code_location import job_origin
from ejmap_assets.run_process import process_tags
from ejmap_assets.runs.pool_turn import turn
from ejmap_project.errors import ProjectError
from ejmap_project.quiet_output import quiet_output

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
# Whoever typed the command types it again; a daemon would execute the run a second time.
NO_RETRY = {"dagster/max_retries": "0"}
SILENT_LOG = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class RunFailedError(ProjectError, RuntimeError):
    """A run failed that later stages need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun:
    """A run to execute.

    Attributes:
        assets: Assets that it materialises.
        first: First partition; None for unpartitioned assets.
        last: Last partition of the range.
        config: Run configuration.
    """

    assets: tuple[str, ...]
    first: str | None = None
    last: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])


def execute(
    instance: dg.DagsterInstance,
    job: dg.JobDefinition,
    planned: PlannedRun,
    *,
    tell: Callable[[str], None],
) -> ExecutionResult:
    """Execute a run in this process, once its pools have a free slot.

    Args:
        instance: The instance that records it.
        job: A job that includes the assets.
        planned: The run.
        tell: Receives one sentence if the run must wait.

    Raises:
        KeyboardInterrupt: If somebody interrupts the wait.
    """
    run_id = str(uuid.uuid4())
    keys = frozenset(dg.AssetKey(name) for name in planned.assets)
    subset = job.get_subset(asset_selection=keys)
    is_range = planned.first is not None and planned.first != planned.last
    span = {RANGE_START: planned.first or "", RANGE_END: planned.last or ""} if is_range else {}
    config = {**SILENT_LOG, **planned.config}
    tags = merge_run_tags(
        subset,
        None if is_range else planned.first,
        {**process_tags(run_id), **NO_RETRY, **span},
        list(keys),
        instance,
        config,
    )
    with turn(instance, subset, run_id, tell=tell), quiet_output():
        run = instance.create_run_for_job(
            subset,
            run_id=run_id,
            run_config=config,
            tags=tags,
            asset_selection=keys,
            # The pages list runs by the job of their origin.
            remote_job_origin=job_origin(job.name),
        )
        here = job.with_executor_def(dg.in_process_executor)
        return execute_run(InMemoryJob(here), run, instance)


def was_interrupted(result: ExecutionResult) -> bool:
    """Return whether somebody pressed Ctrl-C, which Dagster reports as a failed step."""
    interrupt = dg.DagsterExecutionInterruptedError.__name__
    return any(
        error.cls_name == interrupt
        for failure in _step_failures(result)
        for error in _causes(failure)
    )


def failure_sentence(result: ExecutionResult) -> str:
    """Return the description of the first failed step, or the message of its deepest cause.

    Of a blocking check, that is what it found.
    """
    where = f"(run {result.run_id[:8]}; `ejmap ui` shows its log)"
    for failure in _step_failures(result):
        described = failure.user_failure_data
        if described is not None and described.description:
            return f"{described.description} {where}"
        for error in list(_causes(failure))[-1:]:
            if error.cls_name == DagsterAssetCheckFailedError.__name__:
                told = "; ".join(_failed_checks(result, dg.AssetCheckSeverity.ERROR))
                return f"{told} {where}"
            return f"{error.message.strip()} {where}"
    return f"the run failed before its first step {where}"


def warnings_of(result: ExecutionResult) -> list[str]:
    """Return the sentences of checks that ask a person to look, after the crater or member."""
    return _failed_checks(result, dg.AssetCheckSeverity.WARN)


def _failed_checks(result: ExecutionResult, severity: dg.AssetCheckSeverity) -> list[str]:
    failed = [
        evaluation
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed and evaluation.severity == severity
    ]
    return [
        ": ".join(filter(None, (one.partition, one.description or one.check_name)))
        for one in failed
    ]


def _step_failures(result: ExecutionResult) -> Iterator[Any]:
    return (event.step_failure_data for event in result.all_events if event.is_step_failure)


def _causes(failure: Any) -> Iterator[Any]:  # noqa: ANN401 - Dagster does not export StepFailureData
    error = failure.error
    while error is not None:
        yield error
        error = error.cause
