"""The map of the whole planet, and what is measured of its ejecta."""

from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.selection import is_made
from ejmap_assets.making.declare import ProjectTask, project_asset
from ejmap_assets.metadata.map_links import LINKED, links_of_map
from ejmap_project.analysis.crater_patterns import measure_patterns
from ejmap_project.artefact import Artefact
from ejmap_project.global_map.planet_map import draw_planet_map
from ejmap_project.mapping.origin import origin_tags
from ejmap_project.scoring.mask_contrast import measure_contrast


@project_asset(group="map", kinds={"geotiff", "geopackage"}, kind="map")
def global_map(task: ProjectTask) -> Artefact:
    """Ejecta of all craters on the whole planet.

    Three GeoTIFFs on the pixels of the mosaic: a label map with the id of the crater in each pixel,
    the number of craters whose ejecta overlap there, and a colour composite (one colour a crater,
    half transparent where ejecta overlap). Outlines of the ejecta, rims and craters come with them
    as layers of one GeoPackage (the outlines as GeoParquet too), and so do a preview picture and a
    table of craters with their ejecta areas. The map omits and names failed craters and doubtful
    craters that are held back. It draws stale craters and names them too.
    """
    origin = origin_tags(task.project, task.recipe.input_versions, run_id=task.run_id)
    tags = {**origin, "EJMAP_RECIPE": task.recipe.digest}
    drawn = draw_planet_map(task.project, crater_states(task.book), tags=tags)
    linked = [name for name in LINKED if is_made(task.project, name)]
    return drawn.with_facts(links_of_map(drawn.table, linked=linked))


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def ejecta_contrast(task: ProjectTask) -> Artefact:
    """How much brighter mapped ejecta are than the ground beside them, crater by crater.

    A table with the difference in grey levels of the mosaic at equal distance from the crater, and
    with the reach of the ejecta. Fresh ejecta of Mercury are bright: inspect every mask that is no
    brighter than its surroundings (a red bar in the plot).
    """
    return measure_contrast(task.project)


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def crater_patterns(task: ProjectTask) -> Artefact:
    """Patterns of all craters, whole and where no other crater claims their ejecta.

    One row a crater with the quantities of ``crater_pattern`` and the clean and shared parts of its
    ejecta, a table of all rays, and the published columns, which ``ejmap export`` writes. The
    picture shows blankets and longest rays over the radius of their crater.
    """
    return measure_patterns(task.project, task.progress)
