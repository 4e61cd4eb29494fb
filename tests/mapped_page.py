"""A map page of three discs of ejecta, with marks in the mosaic whose places are known."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from ejmap_geo.craters.catalogue import catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import RowCol
from ejmap_geo.rasters.raster import read_mask_on, write_cog
from ejmap_project.analysis.crater_profile import profile_table
from ejmap_project.basemap import read_project_basemap
from ejmap_project.files.table_file import write_table
from ejmap_project.global_map.planet_map import draw_planet_map
from ejmap_project.map_page.page import write_map_page
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Silence
from tests.mapped_discs import CRATERS, GRID, write_mapped_discs

# What a name can do to a page that takes it for anything else than text.
HOSTILE = "</script><img src=x onerror=\"document.title='taken'\"> {{1}}"
NAMES: Mapping[int, str] = {1: "Ålvar", 2: HOSTILE, 3: "Polaris"}
# Corners of four bright pixels each: in the middle, at the antimeridian, near both poles.
MARKS = tuple(
    GRID.point(RowCol(row, col)) for row, col in ((200, 800), (230, 1022), (20, 300), (500, 700))
)
TAGS = {
    "EJMAP_MODEL": "ready_grey, digest 0123",
    "EJMAP_MOSAIC": "discs",
    "TIFFTAG_COPYRIGHT": "free",
}


def write_mapped_page(folder: Path) -> OpenProject:
    """Write the project, its map and its page."""
    project = write_mapped_discs(folder)
    paths = project.paths
    raster = np.full((1, *GRID.shape), 90, np.uint8)
    for mark in MARKS:
        at = GRID.position(mark)
        raster[0, round(at.row) - 1 : round(at.row) + 1, round(at.col) - 1 : round(at.col) + 1] = (
            255
        )
    write_cog(paths.basemap_mosaic, raster, grid=GRID, nodata=0)
    craters = [replace(one, name=NAMES[one.crater_id]) for one in CRATERS]
    write_catalogue(catalogue_from(craters, MERCURY), paths.crater_catalogue)
    basemap = read_project_basemap(project)
    for crater in craters:
        mask = read_mask_on(paths.basemap_mask(crater.key), GRID)
        write_table(profile_table(basemap, crater, mask), paths.crater_profile(crater.key))
    states = dict.fromkeys(project.craters(), CraterState.CURRENT)
    draw_planet_map(project, states, tags=TAGS)
    write_map_page(project, Silence())
    return project
