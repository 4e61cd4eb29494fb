"""A planet as the sources of a project, written as the assets upstream write them."""

from pathlib import Path

from ejmap_geo.craters.catalogue import catalogue_from, write_catalogue
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.synthetic.planet import Planet
from ejmap_project.files.mask_file import write_mask
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import ProjectPaths
from tests.tiny_presets import EJCONN, POLAR

OWN_MASKS = """
bands: mercury-enhanced
source: {kind: files, mosaic: mosaic.tif, craters: craters.csv, masks: masks}
training: {kind: own-masks}
models: {ejconn: ejconn_test.yaml, ejseg: ejseg_test.yaml, iterations: 1}
mapping: {tile_side_px: 32}
"""


def write_sources(paths: ProjectPaths, planet: Planet) -> None:
    """Write mosaic, catalogue and the manual masks of those craters whose ejecta are known."""
    write_cog(paths.basemap_mosaic, planet.raster, grid=planet.basemap, nodata=0)
    write_catalogue(catalogue_from(planet.craters, planet.basemap.body), paths.crater_catalogue)
    for crater in planet.craters:
        if crater.crater_id in planet.truth:
            write_mask(
                paths.manual_mask(crater.key),
                planet.truth[crater.crater_id],
                basemap=planet.basemap,
                center=crater.center,
            )


def write_project(folder: Path, planet: Planet, settings: str = OWN_MASKS) -> OpenProject:
    """Write a project with its sources in place and the smallest models to train."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "project.yaml").write_text(settings)
    (folder / "ejconn_test.yaml").write_text(EJCONN)
    (folder / "ejseg_test.yaml").write_text(POLAR)
    project = OpenProject.at(folder)
    write_sources(project.paths, planet)
    return project
