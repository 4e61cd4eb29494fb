"""The mosaic around each crater, as seen from straight above it."""

from ejmap_assets.making.chunk import CraterTask
from ejmap_project.artefact import Artefact
from ejmap_project.mapping.azimuthal_mosaic import cut_azimuthal_mosaic


def azimuthal_mosaic(task: CraterTask) -> Artefact:
    """Mosaic around one crater in azimuthal equidistant projection.

    A GeoTIFF with the bands of the basemap mosaic. The crater is in the middle, distances from it
    are true, north is up. It reaches as far as ejecta are looked for. In the picture the crater
    must sit in the middle: if it does not, correct its place in the catalogue.
    """
    return cut_azimuthal_mosaic(task.work, task.crater, tags=task.file_tags)
