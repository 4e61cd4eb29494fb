"""Brightness of the mapped ejecta: a measure where no ejecta are known."""

from ejmap_assets.making.declare import Making, project_asset
from ejmap_project.artefact import Artefact
from ejmap_project.scoring.mask_contrast import measure_contrast


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def ejecta_contrast(making: Making) -> Artefact:
    """How much brighter mapped ejecta are than the ground beside them, crater by crater.

    A table with the difference in grey levels of the mosaic, compared at the same distance from the
    crater, and with how far the ejecta reach. Fresh ejecta of Mercury are bright: look at every
    mask that is no brighter than its surroundings (a red bar in the plot).
    """
    return measure_contrast(making.project)
