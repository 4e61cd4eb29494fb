"""Sensors on files that people edit: the mosaic, the crater table, the masks of labelled craters.

They compare names, sizes and modification times, never pixels. A touched file is read again. Its
data version does not change, so nothing downstream becomes stale.
"""

from typing import NamedTuple

import dagster as dg

from ejmap_assets.jobs import RETRAIN
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.lineage.stages import PREPARE
from ejmap_assets.resources import ProjectResource
from ejmap_assets.runs.lost_runs import end_lost_runs
from ejmap_project.errors import StepError

JOB_SECONDS = 30


class _Watched(NamedTuple):
    name: str
    asset: str
    job: str
    description: str


WATCHED = (
    _Watched(
        "mosaic_file",
        asset="basemap_mosaic",
        job=PREPARE.name,
        description="Reads the mosaic again when its file changes.",
    ),
    _Watched(
        "crater_table",
        asset="crater_catalogue",
        job=PREPARE.name,
        description="Reads the crater table again when its file changes. An added crater becomes a "
        "partition; keep_up_to_date maps it if that sensor is on.",
    ),
    _Watched(
        "manual_mask_files",
        asset="manual_masks",
        job=RETRAIN,
        description="Retrains when masks of labelled craters change: new labels, new tiles, new "
        "members. The new members map the craters if they pass the gate.",
    ),
)


def build_file_sensors(*, seconds_between_ticks: int) -> list[dg.SensorDefinition]:
    """Return the sensors; a person must start them in the UI.

    Args:
        seconds_between_ticks: Minimum interval of ticks.
    """
    return [_sensor(watched, seconds_between_ticks) for watched in WATCHED]


def _sensor(watched: _Watched, seconds: int) -> dg.SensorDefinition:
    asset = watched.asset
    # The job ``retrain`` finds out which assets to make.
    selection = None if watched.job == RETRAIN else [dg.AssetKey(asset)]

    @dg.sensor(
        name=watched.name,
        job_name=watched.job,
        minimum_interval_seconds=seconds,
        description=watched.description,
    )
    def watch(
        context: dg.SensorEvaluationContext, project: ProjectResource
    ) -> dg.RunRequest | dg.SkipReason:
        book = book_of(project.open(), context.instance)
        try:
            recipe = book.recipe(asset)
        except StepError as error:
            return dg.SkipReason(str(error))
        if book.is_current(asset):
            return dg.SkipReason(f"the files of {asset} did not change")
        # The run key makes Dagster start one run for a change, even if the file is unreadable.
        return dg.RunRequest(run_key=f"{asset} {recipe.digest}", asset_selection=selection)

    return watch


def build_job_sensor() -> dg.SensorDefinition:
    """Return the sensor that looks after the jobs of a cluster; it is on by itself.

    The daemon's own health check never looks at a job that waits in the queue.
    """

    @dg.sensor(
        name="cluster_jobs",
        minimum_interval_seconds=JOB_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Ends runs whose job of Slurm or Ray ended without a word: killed, out of "
        "memory or time, or removed from the queue.",
    )
    def watch(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        lost = end_lost_runs(context.instance)
        return dg.SkipReason(f"{len(lost)} runs lost their job" if lost else "all jobs are well")

    return watch
