"""Jobs that first find out what there is to do: ``repair`` and ``retrain``.

A job of assets makes the partitions that somebody names. These look at every recipe, start a run
for what is missing or out of date, and tell in their log what they started.
"""

from collections.abc import Callable
from typing import TypeAlias

import dagster as dg

from ejmap_assets.making.failures import is_permanent, permanent
from ejmap_assets.resources import ProjectResource
from ejmap_assets.runs.run_log import RunLog
from ejmap_assets.runs.runner import Runner
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Listener

REPAIR, RETRAIN = "repair", "retrain"

# Handed in by the definitions: a runner needs all of them, and they need these jobs.
RunnerOf: TypeAlias = Callable[[OpenProject, dg.DagsterInstance, Listener], Runner]


def build_operations(runner_of: RunnerOf) -> list[dg.JobDefinition]:
    """Return the jobs.

    Args:
        runner_of: Makes what brings a project up to date.
    """
    return [
        _job(
            REPAIR,
            runner_of,
            Runner.repair,
            kind="map",
            description="Map exactly the craters that are missing or out of date, failed ones "
            "included, then refresh the map and its scores.",
        ),
        _job(
            RETRAIN,
            runner_of,
            Runner.retrain,
            kind="train",
            description="Read labels again, lay out and split their tiles, train the configured "
            "versions where something changed, and promote them through the gate.",
        ),
    ]


def _job(
    name: str,
    runner_of: RunnerOf,
    follow: Callable[[Runner], list[str]],
    *,
    kind: str,
    description: str,
) -> dg.JobDefinition:
    @dg.op(name=f"{name}_project", description=description)
    def operation(context: dg.OpExecutionContext, project: ProjectResource) -> None:
        try:
            runner = runner_of(project.open(), context.instance, RunLog(context.log))
            complaints = follow(runner)
        except Exception as error:
            if is_permanent(error):
                raise permanent(error) from error
            raise
        if complaints:
            raise dg.Failure(description=" ".join(complaints), allow_retries=False)

    @dg.job(
        name=name,
        description=description,
        executor_def=dg.in_process_executor,
        tags={"ejmap/kind": kind},
    )
    def job() -> None:
        operation()

    return job
