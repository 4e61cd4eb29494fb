"""Interrupted and failed runs in this process, and what their checks warn of."""

from collections.abc import Iterator

import dagster as dg
import pytest

from ejmap_assets.runs.in_process import (
    PlannedRun,
    execute,
    failure_sentence,
    warnings_of,
    was_interrupted,
)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(dg.DagsterExecutionInterruptedError(), True, id="ctrl-c"),
        pytest.param(ValueError("broken"), False, id="a-failure"),
    ],
)
def test_ctrl_c_is_told_from_a_failure(error: BaseException, expected: bool) -> None:
    """A run interrupted by Ctrl-C is distinguished from a failed run."""

    @dg.op
    def doomed() -> None:
        raise error

    @dg.job
    def job() -> None:
        doomed()

    result = job.execute_in_process(raise_on_error=False)

    assert not result.success
    assert was_interrupted(result) is expected


@pytest.mark.parametrize(
    ("passed", "severity", "told"),
    [
        (False, dg.AssetCheckSeverity.WARN, ["clipped"]),
        (False, dg.AssetCheckSeverity.ERROR, []),
        (True, dg.AssetCheckSeverity.WARN, []),
    ],
)
def test_warnings_of_checks_are_told(
    passed: bool, severity: dg.AssetCheckSeverity, told: list[str]
) -> None:
    """Those that ask for a look; errors are told as failures."""

    @dg.asset
    def mosaic() -> None:
        pass

    @dg.asset_check(asset=mosaic)
    def is_whole() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=passed, severity=severity, description="clipped")

    job = dg.define_asset_job("job", selection="*")
    defs = dg.Definitions(assets=[mosaic], asset_checks=[is_whole], jobs=[job])

    result = defs.resolve_job_def("job").execute_in_process(raise_on_error=False)

    assert warnings_of(result) == told


def test_a_warning_of_a_crater_names_it() -> None:
    """Otherwise a run of many craters says the same many times, and nobody knows where to look."""
    partitions = dg.StaticPartitionsDefinition(["0003"])

    @dg.multi_asset(
        specs=[dg.AssetSpec("mask", partitions_def=partitions, skippable=True)],
        check_specs=[dg.AssetCheckSpec("is_like_before", asset="mask")],
        can_subset=True,
    )
    def mask(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        found = dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey("mask"),
            check_name="is_like_before",
            passed=False,
            metadata={},
            severity=dg.AssetCheckSeverity.WARN,
            description="look at it",
            partition="0003",
        )
        context.log_event(found)  # pyright: ignore[reportArgumentType] - as chunks do
        yield from ()

    job = dg.Definitions(assets=[mask], jobs=[dg.define_asset_job("job")]).resolve_job_def("job")

    result = job.execute_in_process(partition_key="0003", raise_on_error=False)

    assert warnings_of(result) == ["0003: look at it"]


def test_a_blocking_check_is_told_by_what_it_found() -> None:
    """Not by the words of Dagster's exception, which name the check alone."""

    @dg.asset
    def mosaic() -> None:
        pass

    @dg.asset_check(asset=mosaic, blocking=True)
    def is_whole() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False, description="the mosaic is cut off")

    @dg.asset(deps=[mosaic])
    def mask() -> None:
        pass

    job = dg.define_asset_job("job", selection="*")
    defs = dg.Definitions(assets=[mosaic, mask], asset_checks=[is_whole], jobs=[job])

    result = defs.resolve_job_def("job").execute_in_process(raise_on_error=False)

    assert failure_sentence(result).startswith("the mosaic is cut off (run ")


def test_a_run_of_the_command_line_is_listed_under_its_job_and_not_retried() -> None:
    """The pages list runs by the label of code location and repository, as for launched runs."""

    @dg.asset
    def mosaic() -> None:
        pass

    defs = dg.Definitions(assets=[mosaic], jobs=[dg.define_asset_job("prepare", selection="*")])
    job = defs.resolve_job_def("prepare")
    with dg.DagsterInstance.ephemeral() as instance:
        result = execute(instance, job, PlannedRun(assets=("mosaic",)), tell=print)
        label = dg.RunsFilter(
            job_name="prepare", tags={".dagster/repository": "__repository__@ejmap"}
        )
        (run,) = instance.get_runs(label)

    assert result.success
    assert run.run_id == result.run_id
    assert run.tags["dagster/max_retries"] == "0"
