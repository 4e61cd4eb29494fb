"""What the craters of a chunk share: read once, however many craters there are."""

from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_project.basemap import Basemap, azimuthal_grid, read_project_basemap
from ejmap_project.errors import StepError
from ejmap_project.models.mapping_models import mapping_model
from ejmap_project.models.promotion import promoted_bundles
from ejmap_project.open_project import OpenProject
from ejmap_project.sources.kinds import source_of

if TYPE_CHECKING:
    from ejmap_geo.masks.placed_mask import PlacedMask
    from ejmap_geo.tiles.tiling import Tile
    from ejmap_ml.bundles.ensemble import Ensemble
    from ejmap_project.mapping.segmenter import Segmenter
    from ejmap_project.mapping.tile_plan import TilePlan


class CraterWork:
    """The project, its mosaic, its craters and its promoted models, each read when first needed.

    The models are those that the recipes name, so that a promotion in between mixes nothing: the
    project is to be one opened by a book of recipes.
    """

    def __init__(self, project: OpenProject) -> None:
        self.settings = project.settings
        self.paths = project.paths
        self._project = project
        self._source = source_of(project)

    @cached_property
    def basemap(self) -> Basemap:
        """The mosaic."""
        return read_project_basemap(self._project)

    def require_mosaic(self) -> None:
        """Refuse to map craters from a published folder that came without imagery.

        Raises:
            StepError: If there is no mosaic.
        """
        if not self._source.has_mosaic():
            raise StepError(
                "the published folder holds no mosaic, so craters cannot be mapped; name one as "
                "source.mosaic, or show published maps with source.masks_run"
            )

    @cached_property
    def craters(self) -> dict[str, Crater]:
        """The craters of the catalogue by partition key."""
        return self._project.craters()

    def azimuthal_grid(self, crater: Crater) -> AzimuthalGrid:
        """Return the grid about a crater that reaches as far as its ejecta are looked for."""
        return azimuthal_grid(crater, self.basemap.grid)

    def published_mapping_tiles(self, crater: Crater) -> "list[Tile] | None":
        """Return the published mapping tiles of a crater; None if there are none."""
        return self._source.tiles_of(crater, self.basemap.grid)

    def published_connections(self, crater: Crater) -> pd.DataFrame | None:
        """Return the published connections that replace a crater's predictions, if any do.

        Raises:
            SourceError: If they are missing, or there are no mapping tiles to go with them.
        """
        return self._source.connections_of(crater, self.basemap.grid)

    def published_mask(self, crater: Crater) -> "PlacedMask | None":
        """Return the published mask that replaces a crater's own map, if one does."""
        return self._source.mask_of(crater, self.basemap.grid)

    @property
    def published_run(self) -> str:
        """Which published masks replace the project's own, and where they were published."""
        source = self.settings.source.traits
        return f"run {source.masks_run} of {source.doi}" if source.masks_run else "none"

    @cached_property
    def tile_plan(self) -> "TilePlan":
        """What the promoted models look at."""
        from ejmap_project.mapping.tile_plan import TilePlan

        bands = self.basemap.raster.shape[0]
        return TilePlan.of(
            ejconn=mapping_model(self._project, "ejconn").with_bands(bands),
            ejseg=mapping_model(self._project, "ejseg").with_bands(bands),
        )

    @cached_property
    def ejconn(self) -> "Ensemble":
        """The promoted ensemble that connects tiles to craters."""
        from ejmap_ml.bundles.ensemble import Ensemble
        from ejmap_ml.bundles.inference import fastest_precision, inference_device

        precision = fastest_precision(inference_device())
        return Ensemble.of(promoted_bundles(self._project, "ejconn"), precision=precision)

    @cached_property
    def ejseg(self) -> "Segmenter":
        """The promoted ensemble that maps ejecta."""
        from ejmap_project.mapping.segmenter import Segmenter

        return Segmenter.of(promoted_bundles(self._project, "ejseg"))
