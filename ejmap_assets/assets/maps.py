"""The map of the whole planet, and what is measured of its ejecta."""

from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.selection import is_made
from ejmap_assets.making.declare import ProjectTask, project_asset
from ejmap_assets.metadata.map_links import LINKED, links_of_map
from ejmap_project.analysis.crater_patterns import measure_patterns
from ejmap_project.artefact import Artefact
from ejmap_project.corrections.tiles_to_label import rank_tiles
from ejmap_project.global_map.planet_map import draw_planet_map
from ejmap_project.map_page.page import write_map_page
from ejmap_project.planetwide.exclusion import exclude_ejecta
from ejmap_project.planetwide.model_ages import date_blankets
from ejmap_project.planetwide.overlaps import rank_overlaps
from ejmap_project.planetwide.planet_statistics import measure_planet
from ejmap_project.planetwide.qgis_project import write_qgis_project
from ejmap_project.planetwide.raster_summaries import summarise_rasters
from ejmap_project.planetwide.superposition import order_craters
from ejmap_project.planetwide.uncertainty import map_uncertainty
from ejmap_project.scoring.mask_contrast import measure_contrast


@project_asset(group="map", kinds={"geotiff", "geopackage"}, kind="map")
def global_map(task: ProjectTask) -> Artefact:
    """Ejecta of all craters on the whole planet.

    Three GeoTIFFs on the pixels of the mosaic: a label map with the id of the crater in each pixel,
    the number of craters whose ejecta overlap there, and a colour composite (one colour a crater,
    half transparent where they overlap). Outlines of the ejecta, rays, rims and craters are layers
    of one GeoPackage (the outlines as GeoParquet too); a preview picture and a table of craters
    with their ejecta areas come with it. The map omits and names failed craters and doubtful
    craters that are held back. It draws stale craters and names them too.
    """
    drawn = draw_planet_map(task.project, crater_states(task.book), tags=task.raster_tags)
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


@project_asset(group="map", kinds={"geotiff", "parquet"}, kind="evaluate")
def overlaps(task: ProjectTask) -> Artefact:
    """Who claims the ground that several craters claim, and how clearly.

    A GeoTIFF with four bands on the pixels of the mosaic, empty where fewer than two craters claim
    the pixel: number of claimants, id of the one with the highest calibrated probability, id of the
    next, and the margin between their probabilities in percent. A table lists every pair of craters
    with the area that they share. Published masks have no probability: they count as sure, the
    margin between them is 0, and the lower id comes first.
    """
    return rank_overlaps(task.project, task.progress, tags=task.raster_tags)


@project_asset(group="map", kinds={"geotiff"}, kind="evaluate")
def uncertainty(task: ProjectTask) -> Artefact:
    """How probable it is that the map is wrong, pixel by pixel over the whole planet.

    A GeoTIFF with two bands in percent on the pixels of the mosaic. The first is the probability of
    no ejecta where the map shows some, and of ejecta where it shows none; the second that of ejecta
    of the crater that is surest of them. Probabilities are calibrated; that of ejecta of any crater
    at all is at least the second band. Empty beyond the reach of every crater.
    """
    return map_uncertainty(task.project, task.progress, tags=task.raster_tags)


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def planet_statistics(task: ProjectTask) -> Artefact:
    """Ejecta, overlaps and craters of the whole planet by latitude and longitude.

    A table of shares of the imaged ground and of crater densities with their Poisson intervals, and
    tests against chance: crowding at the poles or the equator, around the apex of motion (Moon) and
    at the hot poles (Mercury), for craters and weighted by their ejecta.
    """
    return measure_planet(task.project)


@project_asset(group="map", kinds={"geotiff", "geopackage"}, kind="evaluate")
def exclusion_mask(task: ProjectTask) -> Artefact:
    """Where not to count craters, and areas to count in.

    A GeoTIFF on the pixels of the mosaic, 1 on ejecta of the map, inside their craters and within
    ``analysis.exclusion_buffer_km`` of both, 0 on other imaged ground. A GeoPackage holds the
    latter as polygons, and of each crater the part of its optical blanket that no other claims.
    """
    return exclude_ejecta(task.project, task.progress, tags=task.raster_tags)


@project_asset(group="map", kinds={"qgis"}, kind="evaluate")
def qgis_project(task: ProjectTask) -> Artefact:
    """The map as a project for QGIS.

    It opens the mosaic, the map, its outlines, rays and rims, overlaps, probabilities and counting
    areas where they lie, styled, grouped and named, in the CRS of the mosaic. Move the project
    folder as a whole: paths count from the file.
    """
    return write_qgis_project(task.project)


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def superposition(task: ProjectTask) -> Artefact:
    """Who lies on top: which of two craters with overlapping ejecta struck later.

    Ejecta fade, so the fresher crater is the younger one. Each pair has a probability; a pair below
    0.8 is left open. No statements contradict each other. The score on a synthetic planet is shown,
    whose order of impacts is known. Probabilities were fitted on such planets: on a real one they
    rest on freshness alone, which composition and ground can mimic.
    """
    return order_craters(task.project, task.progress)


@project_asset(group="map", kinds={"html"}, kind="map")
def map_page(task: ProjectTask) -> Artefact:
    """The map as a page for a browser, from disk or from any web server.

    A folder with the mosaic, the ejecta of each crater, names, probabilities, overlaps and
    profiles, in cylindrical, polar and azimuthal views. A click tells who claims a place and how
    probably. Open ``index.html``, or copy ``data/map`` to a web server. The page holds less detail
    than the files of the map, and says how much.
    """
    return write_map_page(task.project, task.progress)


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def raster_summaries(task: ProjectTask) -> Artefact:
    """Other rasters of the project on the ejecta of each crater and on the ground beside them.

    A table of means in the optical blanket, in the rays and in rings, on ejecta and on ground at
    equal distance that no crater claims, with their difference and its 95 % interval from sectors
    of azimuth. Rasters are named under ``rasters`` in ``project.yaml``, with any bands and any
    resolution. On the Moon the maturity OMAT is added where bands of reflectance at 750 and 950 nm
    are named.
    """
    return summarise_rasters(task.project, task.progress)


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def model_ages(task: ProjectTask) -> Artefact:
    """Craters that somebody counted, on the clean blanket of each crater and outside of ejecta.

    Numbers, densities and, where ``craterstats`` is installed, model ages with their intervals.
    The table of counted craters is named as ``analysis.counted_craters`` in ``project.yaml``.
    Self-secondary craters can make a blanket look older than it is (Xiao et al. 2016).
    """
    return date_blankets(task.project)


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def tiles_to_label(task: ProjectTask) -> Artefact:
    """Which tiles of the map to label next, the most useful first.

    A table of the tiles around craters without a label of a person, by the area that their mask has
    wrong on average if probabilities come true: what a person who draws the truth would change.
    ``ejmap correct`` hands out the craters of these tiles.
    """
    return rank_tiles(task.project, task.progress)
