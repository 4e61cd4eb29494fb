"""Jobs, named by what people do with them; which assets they make, the lineage says.

A job of assets makes the partitions that somebody names. ``repair`` and ``retrain`` first find out
what there is to do: they look at every recipe, start a run for what is missing or stale, and tell
in their log what they started.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import dagster as dg

from ejmap_assets.launch_config import ROLL_BACK, promotion_run_config
from ejmap_assets.lineage.selection import MODEL_KINDS, assets_of
from ejmap_assets.lineage.stages import STAGES
from ejmap_assets.making.failures import is_permanent, permanent
from ejmap_assets.resources import ProjectResource
from ejmap_assets.runs.run_log import RunLog
from ejmap_assets.runs.runner import Runner
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Listener

if TYPE_CHECKING:
    # Dagster returns it but does not name it in public.
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

REPAIR, RETRAIN = "repair", "retrain"

# Handed in by the definitions: a runner needs all of them, and they need these jobs.
RunnerOf: TypeAlias = Callable[[OpenProject, dg.DagsterInstance, Listener], Runner]


def build_asset_jobs() -> list["UnresolvedAssetJobDefinition"]:
    """Return the jobs of the stages of a project, and those that roll a model back."""
    jobs = {stage.job.name: stage.job for stage in STAGES}
    return [
        *(
            _asset_job(
                job.name,
                assets_of(*(stage for stage in STAGES if stage.job == job)),
                job.description,
                tags={"ejmap/kind": "train"} if job.trains else None,
            )
            for job in jobs.values()
        ),
        *(
            _asset_job(
                f"roll_back_{kind}",
                (f"promoted_{kind}",),
                f"Let the former {kind} ensemble map the craters again.",
                config=promotion_run_config(kind, ROLL_BACK),
            )
            for kind in MODEL_KINDS
        ),
    ]


def build_upkeep_jobs(runner_of: RunnerOf) -> list[dg.JobDefinition]:
    """Return the jobs that find out by themselves what there is to do.

    Args:
        runner_of: Makes what brings a project up to date.
    """
    return [
        _upkeep_job(
            REPAIR,
            runner_of,
            Runner.repair,
            kind="map",
            description="Map exactly the craters that are missing or stale, failed ones included, "
            "then refresh the map and its scores.",
        ),
        _upkeep_job(
            RETRAIN,
            runner_of,
            Runner.retrain,
            kind="train",
            description="Read labels again, lay out and split their tiles, train the configured "
            "versions where something changed, and promote them through the gate.",
        ),
    ]


def _asset_job(
    name: str,
    assets: Sequence[str],
    description: str,
    *,
    tags: dict[str, str] | None = None,
    config: dict[str, Any] | None = None,
) -> "UnresolvedAssetJobDefinition":
    # In process: a run of its own process costs seconds, and a model is then loaded once.
    return dg.define_asset_job(
        name,
        selection=dg.AssetSelection.assets(*assets),
        description=description,
        executor_def=dg.in_process_executor,
        tags=tags,
        config=config,
    )


def _upkeep_job(
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
