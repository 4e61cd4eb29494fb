"""Jobs, named by what people do with them; the lineage says which assets they make.

An asset job makes the partitions that a person selects. ``repair`` and ``retrain`` compare every
recipe, start a run for each missing or stale artefact, and log what they start.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import dagster as dg

from ejmap_assets.launch_config import ROLL_BACK, promotion_run_config
from ejmap_assets.lineage.selection import assets_of
from ejmap_assets.lineage.stages import RELEASE, STAGES
from ejmap_assets.making.failures import PERMANENT_ERRORS, permanent
from ejmap_assets.resources import ProjectResource
from ejmap_assets.runs.runner import Runner
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS
from ejmap_project.progress import Listener
from ejmap_project.run_log import RunLog

if TYPE_CHECKING:
    # Dagster does not export the type that define_asset_job returns.
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

REPAIR, RETRAIN = "repair", "retrain"

# An argument, because a runner needs all definitions, and the definitions need these jobs.
RunnerOf: TypeAlias = Callable[[OpenProject, dg.DagsterInstance, Listener], Runner]


def build_asset_jobs() -> list["UnresolvedAssetJobDefinition"]:
    """Return the jobs of the stages of a project, and those that roll a model back."""
    stages = (*STAGES, RELEASE)
    jobs = {stage.job.name: stage.job for stage in stages}
    of_stages = [
        _asset_job(
            job.name,
            assets_of(*(stage for stage in stages if stage.job == job)),
            job.description,
            tags={"ejmap/kind": "train"} if job.trains else None,
        )
        for job in jobs.values()
    ]
    roll_backs = [
        _asset_job(
            f"roll_back_{kind}",
            (f"promoted_{kind}",),
            f"Promote the former {kind} ensemble again.",
            config=promotion_run_config(kind, ROLL_BACK),
        )
        for kind in MODEL_KINDS
    ]
    return [*of_stages, *roll_backs]


def build_upkeep_jobs(runner_of: RunnerOf) -> list[dg.JobDefinition]:
    """Return the jobs that find missing and stale artefacts themselves.

    Args:
        runner_of: Makes the runner that brings a project up to date.
    """
    return [
        _upkeep_job(
            REPAIR,
            runner_of,
            Runner.repair,
            kind="map",
            description="Map the craters that are missing, stale or failed, then refresh the map "
            "and its scores.",
        ),
        _upkeep_job(
            RETRAIN,
            runner_of,
            Runner.retrain,
            kind="train",
            description="Read the labels again, lay out and split their tiles, train the "
            "configured versions and the candidate if something changed, and promote them if they "
            "pass the gate.",
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
    # In process: a process for each step costs seconds, and would load a model again.
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
    bring_up_to_date: Callable[[Runner], list[str]],
    *,
    kind: str,
    description: str,
) -> dg.JobDefinition:
    @dg.op(name=f"{name}_project", description=description)
    def operation(context: dg.OpExecutionContext, project: ProjectResource) -> None:
        try:
            runner = runner_of(project.open(), context.instance, RunLog(context.log))
            complaints = bring_up_to_date(runner)
        except PERMANENT_ERRORS as error:
            raise permanent(error) from error
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
