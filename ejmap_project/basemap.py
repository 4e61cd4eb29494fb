"""The mosaic of a project on its grid, and the grid about a crater."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.rasters.raster import read_basemap
from ejmap_project.errors import StepError
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project_folder import command_on


class Basemap(NamedTuple):
    """The mosaic of the whole planet, ``(band, rows, cols)``, and its grid."""

    raster: NDArray[np.uint8]
    grid: BasemapGrid


def azimuthal_grid(crater: Crater, basemap: BasemapGrid) -> AzimuthalGrid:
    """Return the grid about a crater in the basemap's pixels, as far as ejecta are looked for."""
    return AzimuthalGrid.reaching(
        basemap.body,
        center=crater.center,
        resolution_m=basemap.resolution_m,
        reach_m=crater.reach(basemap.body),
    )


def read_project_basemap(project: OpenProject) -> Basemap:
    """Read the mosaic that the project's ``basemap_mosaic`` asset wrote."""
    raster, grid = read_basemap(project.paths.basemap_mosaic, body=project.settings.planet)
    return Basemap(raster, grid)


def require_any_map(project: OpenProject) -> None:
    """Check that a run has read mosaic and crater table, before anybody looks for a crater there.

    Raises:
        StepError: If none has.
    """
    paths = project.paths
    if not (paths.basemap_mosaic.is_file() and paths.crater_catalogue.is_file()):
        run = command_on(paths.folder, "run")
        raise StepError(f"nothing is mapped yet; map with {run}")
