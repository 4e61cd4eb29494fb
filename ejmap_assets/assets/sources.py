"""The sources of a project: the mosaic, the craters, and the known ejecta."""

from ejmap_assets import partitions
from ejmap_assets.making.declare import ProjectTask, project_asset
from ejmap_project.artefact import Artefact
from ejmap_project.sources.source_artefacts import take_catalogue, take_masks, take_mosaic


@project_asset(group="sources", kinds={"geotiff"}, kind="prepare")
def basemap_mosaic(task: ProjectTask) -> Artefact:
    """Image of the whole planet in simple cylindrical projection.

    A GeoTIFF from longitude -180 to 180, 8 bits a band, 0 where nothing was imaged. All maps use
    its pixel grid.
    """
    return take_mosaic(task.project, task.progress)


@project_asset(group="sources", kinds={"parquet"}, kind="prepare")
def crater_catalogue(task: ProjectTask) -> Artefact:
    """Fresh craters whose ejecta are mapped.

    A table with number, name, centre and rim radius. Each crater becomes a partition. An added
    crater is mapped without mapping the others again. The plot shows where the craters lie.
    """
    taken = take_catalogue(task.project)
    added, removed = partitions.sync_craters(task.instance, list(task.project.craters()))
    return taken.with_facts({"new_craters": added, "removed_craters": removed})


@project_asset(group="sources", kinds={"geotiff"}, kind="prepare")
def manual_masks(task: ProjectTask) -> Artefact:
    """Known ejecta, one mask a crater.

    GeoTIFFs of 0 and 1: ejecta that a person drew, or the truth of a synthetic planet. They train
    models and score maps. A project may have none. The picture shows all of them over the mosaic.
    """
    return take_masks(task.project, tags=task.raster_tags)
