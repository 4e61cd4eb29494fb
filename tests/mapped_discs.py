"""A project of three discs of ejecta that are mapped already: two overlap, one lies over a pole."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.label_map import label_map
from ejmap_geo.masks.mosaic import EnsembleLayers
from ejmap_geo.masks.placed_mask import PlacedMask, disc
from ejmap_geo.masks.placement import mask_to_azimuthal
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.files.layer_file import layer_bands, write_layers
from ejmap_project.files.mask_file import write_mask
from ejmap_project.open_project import OpenProject
from tests.tiny_presets import EJCONN, POLAR

GRID = BasemapGrid(body=MERCURY, width_px=1024)
RADIUS_M, DISC_M = 60_000.0, 420_000.0
# The first two overlap across the antimeridian; the third lies alone over the pole.
CRATERS = tuple(
    Crater(crater_id=one, name="", center=center, radius_m=RADIUS_M, reach_m=900_000)
    for one, center in enumerate((LonLat(178, 3), LonLat(-167, 3), LonLat(20, 89.5)), start=1)
)
# What the network says of each crater's ejecta.
SURE = {1: 0.6, 2: 0.85, 3: 0.7}
SETTINGS = """
source: {kind: files, mosaic: mosaic.tif, craters: craters.csv}
training: {kind: synthetic, seeds: [1], width_px: 256, craters: 3, grey: true}
models: {ejconn: ejconn_test.yaml, ejseg: ejseg_test.yaml, iterations: 1}
mapping: {tile_side_px: 32}
"""


def write_settings(folder: Path, *, bands: str = "grey") -> OpenProject:
    """Write the settings of the project and the presets that they name."""
    (folder / "project.yaml").write_text(f"{SETTINGS}bands: {bands}\n")
    (folder / "ejconn_test.yaml").write_text(EJCONN)
    (folder / "ejseg_test.yaml").write_text(POLAR)
    return OpenProject.at(folder)


def write_planet(
    folder: Path, craters: Sequence[Crater], grid: BasemapGrid, *, greys: Sequence[int] = (90,)
) -> OpenProject:
    """Write settings, a mosaic of one grey level a band and the catalogue."""
    project = write_settings(folder, bands="grey" if len(greys) == 1 else "mercury-enhanced")
    mosaic = np.array(greys, np.uint8)[:, None, None] * np.ones(grid.shape, np.uint8)
    write_cog(project.paths.basemap_mosaic, mosaic, grid=grid, nodata=0)
    write_catalogue(catalogue_from(craters, MERCURY), project.paths.crater_catalogue)
    return project


def write_mapped_discs(folder: Path, *, greys: Sequence[int] = (90,)) -> OpenProject:
    """Write the project: mosaic, catalogue, masks, probabilities and the count of overlaps."""
    project = write_planet(folder, CRATERS, GRID, greys=greys)
    masks = {one.crater_id: disc(GRID, center=one.center, radius_m=DISC_M) for one in CRATERS}
    for crater in CRATERS:
        grid = azimuthal_grid(crater, GRID)
        mask = mask_to_azimuthal(masks[crater.crater_id], basemap=GRID, azimuthal=grid)
        write_mapped(project, crater, mask, masks[crater.crater_id])
    write_overlap_count(project, masks)
    return project


def write_mapped(
    project: OpenProject, crater: Crater, mask: NDArray[np.bool_], placed: PlacedMask
) -> None:
    """Write the mask of a crater about it, with its probability, and on the basemap."""
    paths, grid = project.paths, azimuthal_grid(crater, GRID)
    write_mask(paths.basemap_mask(crater.key), placed, basemap=GRID, center=crater.center)
    sure = np.full(mask.shape, SURE[crater.crater_id], np.float32)
    layers = EnsembleLayers(sure, mask.astype(np.float32), 1)
    write_layers(paths.segmentation(crater.key), layer_bands(layers, mask), grid=grid)


def write_overlap_count(project: OpenProject, masks: Mapping[int, PlacedMask]) -> None:
    """Write how many craters claim each pixel."""
    write_cog(project.paths.overlap_count, label_map(masks, basemap=GRID).overlap_count, grid=GRID)
