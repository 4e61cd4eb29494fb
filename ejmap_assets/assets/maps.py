"""The map of the whole planet, and how bright its ejecta are."""

from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.making.declare import ProjectTask, project_asset
from ejmap_assets.metadata.map_links import links_of_map
from ejmap_project.artefact import Artefact
from ejmap_project.mapping.planet_map import draw_planet_map
from ejmap_project.scoring.mask_contrast import measure_contrast


@project_asset(group="map", kinds={"geotiff", "geopackage"}, kind="map")
def global_map(task: ProjectTask) -> Artefact:
    """Ejecta of all craters on the whole planet.

    Three GeoTIFFs on the pixels of the mosaic: a label map with the id of the crater in each pixel,
    the number of craters that overlap there, and a colour composite (one colour a crater, half
    transparent where ejecta overlap). Beside them a preview picture and a table of craters with
    their ejecta areas (GeoPackage). The map leaves out craters that could not be mapped and craters
    held back as doubtful, and names them. It draws craters whose inputs have changed since they
    were mapped, and names them too.
    """
    states = {key: state.value for key, state in crater_states(task.book).items()}
    tags = {"EJMAP_RECIPE": task.recipe.digest}
    drawn = draw_planet_map(task.project, states, tags=tags)
    return drawn.with_facts(links_of_map(drawn.table))


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def ejecta_contrast(task: ProjectTask) -> Artefact:
    """How much brighter mapped ejecta are than the ground beside them, crater by crater.

    A table with the difference in grey levels of the mosaic, compared at the same distance from the
    crater, and with how far the ejecta reach. Fresh ejecta of Mercury are bright: look at every
    mask that is no brighter than its surroundings (a red bar in the plot).
    """
    return measure_contrast(task.project)
