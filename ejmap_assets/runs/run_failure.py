"""Why a run failed, in one sentence."""

import dagster as dg

from ejmap_project.errors import ProjectError


class RunFailedError(ProjectError, RuntimeError):
    """A run on which the rest stands has failed."""


def was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Return whether somebody pressed Ctrl-C, which Dagster reports as a failure of the step."""
    for event in result.all_events:
        if not event.is_step_failure:
            continue
        error = event.step_failure_data.error
        while error is not None:
            if error.cls_name == dg.DagsterExecutionInterruptedError.__name__:
                return True
            error = error.cause
    return False


def failure_sentence(result: dg.ExecuteInProcessResult) -> str:
    """Return the reason that the failed step of a run gave, or the last line of its error."""
    where = f"(run {result.run_id[:8]}; `ejmap ui` shows its log)"
    for event in result.all_events:
        if not event.is_step_failure:
            continue
        data = event.step_failure_data
        if data.user_failure_data is not None and data.user_failure_data.description:
            return f"{data.user_failure_data.description} {where}"
        error = data.error
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None:
            return f"{error.message.strip()} {where}"
    return f"the run failed before its first step {where}"
