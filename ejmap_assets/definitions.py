"""The code location: all definitions that Dagster loads."""

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta

import dagster as dg

from ejmap_assets.alerts import build_alert_sensor
from ejmap_assets.assets.registry import crater_steps, project_assets
from ejmap_assets.automation import build_automation_sensor
from ejmap_assets.checks.registry import project_checks
from ejmap_assets.jobs import build_asset_jobs, build_upkeep_jobs
from ejmap_assets.making.crater_assets import build_crater_assets
from ejmap_assets.making.crater_step import CraterStep
from ejmap_assets.resources import ProjectResource
from ejmap_assets.runs.instance import HOME_VARIABLE
from ejmap_assets.runs.parts import chunk_size
from ejmap_assets.runs.run_plan import RunPlan
from ejmap_assets.runs.runner import Runner
from ejmap_assets.schedules import build_schedules
from ejmap_assets.sensors import build_file_sensors, build_job_sensor
from ejmap_project.errors import ProjectError
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Listener, Silence
from ejmap_project.settings.mapping import MappingSettings

DEFAULT_SECONDS_BETWEEN_TICKS = 30
MAP = dg.AssetKey("global_map")


def build_defs(
    *,
    resource_overrides: Mapping[str, object] | None = None,
    steps: Sequence[CraterStep] | None = None,
    chunk_craters: int | None = None,
    seconds_between_ticks: int = DEFAULT_SECONDS_BETWEEN_TICKS,
) -> dg.Definitions:
    """Assemble a fresh code location.

    Args:
        resource_overrides: Resources that replace the default ``project`` or ``progress``.
        steps: Steps of a crater; all declared ones by default.
        chunk_craters: Most craters in a run of a backfill; None uses the project's setting.
        seconds_between_ticks: Minimum interval of a sensor's ticks.
    """
    project = _project()
    return dg.Definitions(
        assets=[
            *(_with_freshness(one, project) for one in project_assets()),
            build_crater_assets(
                steps=steps or crater_steps(),
                chunk_craters=chunk_craters or _chunk_craters(project),
            ),
        ],
        asset_checks=project_checks(),
        jobs=[*build_asset_jobs(), *build_upkeep_jobs(runner_of)],
        sensors=[
            build_automation_sensor(seconds_between_ticks=seconds_between_ticks),
            *build_file_sensors(seconds_between_ticks=seconds_between_ticks),
            build_alert_sensor(seconds_between_ticks=seconds_between_ticks),
            *([build_job_sensor()] if _has_queue(project) else []),
        ],
        schedules=build_schedules(),
        # Runs launched in the UI take no process for each step either.
        executor=dg.in_process_executor,
        resources={
            "project": ProjectResource(),
            "progress": Silence(),
            **(resource_overrides or {}),
        },
    )


def runner_of(project: OpenProject, instance: dg.DagsterInstance, listener: Listener) -> Runner:
    """Return the runner that brings a project up to date.

    Args:
        project: The project.
        instance: Its instance.
        listener: Receives the progress.
    """
    folder = ProjectResource(folder=str(project.paths.folder))
    built = build_defs(
        resource_overrides={"project": folder, "progress": listener},
        chunk_craters=project.settings.mapping.chunk_craters,
    )
    return Runner(project, instance, listener, defs=built)


def _project() -> OpenProject | None:
    """Return the project, for what Dagster fixes when it loads the code location.

    None if there is no valid one.
    """
    try:
        return ProjectResource().open()
    except ProjectError:
        return None


def _has_queue(project: OpenProject | None) -> bool:
    """Return whether runs wait in the queue of a cluster that this process asks for them.

    On Kubernetes the daemon asks, and the code server need not speak to the cluster.
    """
    return project is not None and bool(project.settings.slurm or project.settings.ray)


def _chunk_craters(project: OpenProject | None) -> int:
    """Return the most craters in a run of a backfill: fewer where they are divided among jobs."""
    if project is None:
        return MappingSettings().chunk_craters
    if project.settings.cluster is None or HOME_VARIABLE not in os.environ:
        return project.settings.mapping.chunk_craters
    with dg.DagsterInstance.get() as instance:
        return chunk_size(RunPlan(project=project, instance=instance))


def _with_freshness(asset: dg.AssetsDefinition, project: OpenProject | None) -> dg.AssetsDefinition:
    """Give the map its freshness policy, if the project states one."""
    days = None if project is None else project.settings.mapping.fresh_days
    if days is None or asset.key != MAP:
        return asset
    policy = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=days))
    return asset.map_asset_specs(lambda spec: dg.apply_freshness_policy(spec, policy))


@dg.definitions
def defs() -> dg.Definitions:
    """Return the code location; Dagster calls this when it loads it, Python does not on import."""
    return build_defs()
