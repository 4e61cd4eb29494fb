"""What the craters of a chunk share: read once, however many craters there are."""

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_assets.model_choice import configured_model
from ejmap_assets.models import promoted_bundles
from ejmap_assets.resources import OpenProject
from ejmap_geo.craters import Crater
from ejmap_geo.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.raster import read_basemap

if TYPE_CHECKING:
    from ejmap_assets.crater_tiles import TilePlan
    from ejmap_assets.segmenter import Segmenter
    from ejmap_ml.ensemble import Ensemble


class Basemap(NamedTuple):
    """The mosaic of the whole planet, ``(band, rows, cols)``, and its grid."""

    raster: NDArray[np.uint8]
    grid: BasemapGrid


class CraterWork:
    """The project, its mosaic, its craters and its promoted models, each read when first needed."""

    def __init__(self, project: OpenProject) -> None:
        self.settings = project.settings
        self.paths = project.paths
        self._project = project

    @cached_property
    def basemap(self) -> Basemap:
        """The mosaic."""
        return read_project_basemap(self._project)

    @cached_property
    def craters(self) -> dict[str, Crater]:
        """The craters of the catalogue by partition key."""
        return self._project.craters()

    def azimuthal_grid(self, crater: Crater) -> AzimuthalGrid:
        """Return the grid about a crater that reaches as far as its ejecta are looked for."""
        return azimuthal_grid(crater, self.basemap.grid)

    @cached_property
    def tile_plan(self) -> "TilePlan":
        """What the configured models look at."""
        from ejmap_assets.crater_tiles import TilePlan

        bands = self.basemap.raster.shape[0]
        return TilePlan.of(
            configured_model(self._project, "ejconn", bands=bands),
            configured_model(self._project, "ejseg", bands=bands),
        )

    @cached_property
    def ejconn(self) -> "Ensemble":
        """The promoted ensemble that connects tiles to craters."""
        from ejmap_ml.ensemble import Ensemble

        return Ensemble.of(promoted_bundles(self.paths, "ejconn"))

    @cached_property
    def ejseg(self) -> "Segmenter":
        """The promoted ensemble that maps ejecta."""
        from ejmap_assets.segmenter import Segmenter

        return Segmenter.of(promoted_bundles(self.paths, "ejseg"))


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
