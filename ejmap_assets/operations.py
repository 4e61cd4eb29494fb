"""Jobs that first find out what there is to do: ``repair`` and ``retrain``.

A job of assets makes the partitions that somebody names. These look at every recipe, start a run
for what is missing or out of date, and tell in their log what they started.
"""

import io
from collections.abc import Callable
from logging import Logger
from typing import TYPE_CHECKING

import dagster as dg

from ejmap_assets.console import Console
from ejmap_assets.failures import is_permanent, permanent
from ejmap_assets.resources import ProjectResource

if TYPE_CHECKING:
    from ejmap_assets.runner import Runner


class _LogStream(io.StringIO):
    """A stream whose lines go to a run's log."""

    def __init__(self, log: Logger) -> None:
        super().__init__()
        self._log = log
        self._line = ""

    def write(self, text: str, /) -> int:
        """Log every line that is complete."""
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            if line.strip():
                self._log.info(line)
        return len(text)


@dg.op
def repair_craters(context: dg.OpExecutionContext, project: ProjectResource) -> None:
    """Map exactly the craters that are missing or out of date; refresh map and scores."""
    from ejmap_assets.runner import Runner

    _run(context, project, Runner.repair)


@dg.op
def retrain_models(context: dg.OpExecutionContext, project: ProjectResource) -> None:
    """Train the configured versions where labels or settings changed, and promote by the gate."""
    from ejmap_assets.runner import Runner

    _run(context, project, Runner.retrain)


@dg.job(
    description="Map exactly the craters that are missing or out of date, failed ones included, "
    "then refresh the map and its scores.",
    executor_def=dg.in_process_executor,
    tags={"ejmap/kind": "map"},
)
def repair() -> None:
    """Map what is missing or out of date."""
    repair_craters()


@dg.job(
    description="Read labels again, lay out and split their tiles, train the configured versions "
    "where something changed, and promote them through the gate.",
    executor_def=dg.in_process_executor,
    tags={"ejmap/kind": "train"},
)
def retrain() -> None:
    """From edited labels to models that map the craters."""
    retrain_models()


def build_operations() -> list[dg.JobDefinition]:
    """Return the jobs."""
    return [repair, retrain]


def _run(
    context: dg.OpExecutionContext,
    project: ProjectResource,
    follow: Callable[["Runner"], list[str]],
) -> None:
    from ejmap_assets.runner import Runner

    console = Console(_LogStream(context.log))
    try:
        complaints = follow(Runner(project.open(), context.instance, console))
    except Exception as error:
        if is_permanent(error):
            raise permanent(error) from error
        raise
    if complaints:
        raise dg.Failure(description=" ".join(complaints), allow_retries=False)
