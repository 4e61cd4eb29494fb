"""Interrupted and failed runs in this process."""

import dagster as dg
import pytest

from ejmap_assets.runs.in_process import was_interrupted


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
