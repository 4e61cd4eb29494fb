"""The mask of each crater on the basemap."""

from ejmap_assets.making.chunk import CraterTask
from ejmap_project.artefact import Artefact
from ejmap_project.mapping.basemap_mask import place_mask


def basemap_mask(task: CraterTask) -> Artefact:
    """Ejecta of one crater on the pixels of the basemap.

    A GeoTIFF of 0 and 1, cropped to the ejecta. Its tags name the mosaic and the models it comes
    from. The picture shows the ejecta over the mosaic.
    """
    return place_mask(task.work, task.crater, tags=task.file_tags)
