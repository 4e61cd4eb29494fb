"""Sensors on what people edit: the mosaic, the crater table, the masks of labelled craters.

They look at names, sizes and times of change, never at pixels. A file that was only touched is read
again, and then nothing follows, because its content has the same data version.
"""

import dagster as dg

from ejmap_assets.jobs import RETRAIN
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.lineage.stages import PREPARE
from ejmap_assets.resources import ProjectResource
from ejmap_project.errors import StepError


def build_file_sensors(*, seconds_between_ticks: int) -> list[dg.SensorDefinition]:
    """Return the sensors; somebody switches them on in the UI.

    Args:
        seconds_between_ticks: Least time from one tick to the next.
    """
    return [
        _sensor(
            "mosaic_file",
            asset="basemap_mosaic",
            job=PREPARE.name,
            selection=("basemap_mosaic",),
            seconds=seconds_between_ticks,
            description="Reads the mosaic again when its file changes.",
        ),
        _sensor(
            "crater_table",
            asset="crater_catalogue",
            job=PREPARE.name,
            selection=("crater_catalogue",),
            seconds=seconds_between_ticks,
            description="Reads the crater table again when its file changes. A crater that was "
            "added becomes a partition, and is mapped when keep_up_to_date is on.",
        ),
        _sensor(
            "manual_mask_files",
            asset="manual_masks",
            job=RETRAIN,
            selection=None,
            seconds=seconds_between_ticks,
            description="Trains candidates when masks of labelled craters were edited: new labels, "
            "new tiles, new members, which map the craters once they pass the gate.",
        ),
    ]


def _sensor(
    name: str,
    *,
    asset: str,
    job: str,
    selection: tuple[str, ...] | None,
    description: str,
    seconds: int,
) -> dg.SensorDefinition:
    @dg.sensor(
        name=name,
        job_name=job,
        minimum_interval_seconds=seconds,
        description=description,
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
            return dg.SkipReason(f"{asset} is what its files say")
        # Asked for once: a file that cannot be read would fail at every tick.
        key = f"{asset} {recipe.digest}"
        keys = None if selection is None else [dg.AssetKey(one) for one in selection]
        return dg.RunRequest(run_key=key, asset_selection=keys)

    return watch
