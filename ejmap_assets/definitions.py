"""The code location: everything that Dagster knows of EJMAP."""

from collections.abc import Mapping

import dagster as dg

from ejmap_assets.assets import contrast, evaluation, maps, scores, sources, training, vetting
from ejmap_assets.assets.craters import build_crater_assets, crater_steps
from ejmap_assets.assets.ejconn import ejconn_model, ejconn_samples, promoted_ejconn
from ejmap_assets.assets.ejseg import ejseg_model, ejseg_samples, promoted_ejseg
from ejmap_assets.automation import build_automation_sensor
from ejmap_assets.checks import build_checks
from ejmap_assets.jobs import build_jobs
from ejmap_assets.making.chunk import CraterStep
from ejmap_assets.operations import build_operations
from ejmap_assets.resources import ProjectResource
from ejmap_assets.runs.runner import Runner
from ejmap_assets.schedules import build_schedules
from ejmap_assets.sensors import build_file_sensors
from ejmap_project.errors import ProjectError
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Listener, Silence
from ejmap_project.settings.project import MappingSettings

DEFAULT_SECONDS_BETWEEN_LOOKS = 30


def build_defs(
    *,
    resource_overrides: Mapping[str, object] | None = None,
    steps: list[CraterStep] | None = None,
    chunk_craters: int | None = None,
    seconds_between_looks: int = DEFAULT_SECONDS_BETWEEN_LOOKS,
) -> dg.Definitions:
    """Assemble a fresh code location.

    Args:
        resource_overrides: Resources to put in the place of the usual ones: ``project``,
            ``progress``.
        steps: Steps of a crater; the usual ones by default.
        chunk_craters: Most craters a run of a backfill takes; None takes the project's setting.
        seconds_between_looks: Least time from one look of a sensor to the next.
    """
    return dg.Definitions(
        assets=[
            sources.basemap_mosaic,
            sources.crater_catalogue,
            sources.manual_masks,
            vetting.crater_tiles,
            vetting.crater_classifier,
            vetting.crater_candidates,
            training.training_planets,
            training.labelled_tiles,
            training.split_table,
            ejconn_samples,
            ejseg_samples,
            ejconn_model,
            ejseg_model,
            promoted_ejconn,
            promoted_ejseg,
            build_crater_assets(
                steps=steps or crater_steps(), chunk_craters=chunk_craters or _chunk_craters()
            ),
            maps.global_map,
            contrast.ejecta_contrast,
            evaluation.evaluation,
            scores.tile_scores,
            scores.map_scores,
            scores.model_comparison,
        ],
        asset_checks=build_checks(),
        jobs=[*build_jobs(), *build_operations(runner_of)],
        sensors=[
            build_automation_sensor(seconds_between_looks=seconds_between_looks),
            *build_file_sensors(seconds_between_looks=seconds_between_looks),
        ],
        schedules=build_schedules(),
        # What is materialised by a click in the UI runs in one process too.
        executor=dg.in_process_executor,
        resources={
            "project": ProjectResource(),
            "progress": Silence(),
            **(resource_overrides or {}),
        },
    )


def runner_of(project: OpenProject, instance: dg.DagsterInstance, listener: Listener) -> Runner:
    """Return what brings a project up to date.

    Args:
        project: The project.
        instance: Its instance.
        listener: Who is told how it goes.
    """
    folder = str(project.paths.folder)
    defs = build_defs(
        resource_overrides={"project": ProjectResource(folder=folder), "progress": listener}
    )
    return Runner(project, instance, listener, defs=defs)


def _chunk_craters() -> int:
    """Return the setting of the project; that of every other one where it cannot be read.

    Dagster fixes the policy of a backfill where assets are declared, so it is read there.
    """
    try:
        return ProjectResource().open().settings.mapping.chunk_craters
    except ProjectError:
        return MappingSettings().chunk_craters


defs = build_defs()
