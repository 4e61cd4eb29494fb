"""The tiles around each crater, as the models take them."""

from ejmap_assets.making.chunk import CraterTask
from ejmap_project.artefact import Artefact
from ejmap_project.mapping.tile_store import cut_tile_store


def tile_store(task: CraterTask) -> Artefact:
    """Tiles around one crater and its polar view, cut as the models take them.

    A Zarr store: square tiles on a regular grid and, for a polar EJSEG, the polar view, which plots
    azimuth against range, so that rays are straight stripes. The picture shows the polar view with
    the crater along the bottom.
    """
    recipe = task.recipe
    return cut_tile_store(
        task.work, task.crater, recipe=recipe.digest, inputs=recipe.input_versions
    )
