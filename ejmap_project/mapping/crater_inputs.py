"""What the craters of a chunk share: read once, however many craters there are."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, wraps
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.masks.rim import Rim
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_ml.calibration.conformal import Conformal
from ejmap_project.basemap import Basemap, azimuthal_grid, read_project_basemap
from ejmap_project.mapping.origin import origin_tags
from ejmap_project.models.mapping_models import (
    ConnectionsFrom,
    connections_from,
    mapping_conformal,
    mapping_model,
    maps_in_polar_view,
    promises_recall,
)
from ejmap_project.models.promotion import promoted_bundles
from ejmap_project.models.seen_bands import SeenBands, seen_bands
from ejmap_project.open_project import OpenProject
from ejmap_project.sources.corrected_masks import CorrectedMask, corrected_mask
from ejmap_project.sources.kinds import source_of

if TYPE_CHECKING:
    from ejmap_ml.bundles.ensemble import Ensemble
    from ejmap_project.mapping.tile_plan import TilePlan

Read = TypeVar("Read")


def _read_once(read: "Callable[[CraterWork], Read]") -> "cached_property[Read]":
    """Return a property that one thread reads while those that need it too wait for it.

    Python's own lets each of them read: a mosaic and models for every crater at work.
    """

    @wraps(read)
    def read_alone(work: "CraterWork") -> Read:
        with work.reading:
            kept = vars(work)
            if read.__name__ not in kept:
                kept[read.__name__] = read(work)
            return kept[read.__name__]

    return cached_property(read_alone)


class CraterWork:
    """The project, its mosaic, its craters and its promoted models, each read when first needed.

    The models are those that the recipes name, so that a promotion in between mixes nothing: the
    project is to be one opened by a book of recipes.
    """

    def __init__(self, project: OpenProject) -> None:
        self.settings = project.settings
        self.paths = project.paths
        self.source = source_of(project)
        self._project = project
        self.reading = RLock()

    @_read_once
    def basemap(self) -> Basemap:
        """The mosaic."""
        return read_project_basemap(self._project)

    @_read_once
    def grid(self) -> BasemapGrid:
        """The grid of the mosaic, without its pixels."""
        return basemap_grid_of(self.paths.basemap_mosaic, body=self.settings.planet)

    @_read_once
    def craters(self) -> dict[str, Crater]:
        """The craters of the catalogue by partition key."""
        return self._project.craters()

    def corrected_mask(self, crater: Crater) -> CorrectedMask | None:
        """Return the mask that a person corrected in place of the model's; None of most craters."""
        return corrected_mask(self._project, crater.key)

    def origin_tags(self, inputs: Mapping[str, str], *, run_id: str) -> dict[str, str]:
        """Return the tags that say which mosaic, model and run a raster comes from."""
        return origin_tags(self._project, inputs, run_id=run_id)

    @_read_once
    def drawn_rims(self) -> dict[str, Rim]:
        """The rims that the catalogue draws, in degrees, by the key of their crater."""
        return self._project.drawn_rims()

    @_read_once
    def maps_in_polar_view(self) -> bool:
        """Whether a polar EJSEG maps the craters, so that its members left polar predictions."""
        has_own_masks = self.settings.source.traits.masks_run is None
        return has_own_masks and maps_in_polar_view(self._project)

    @_read_once
    def promises_recall(self) -> bool:
        """Whether craters get a mask at a promised recall, and an expected area."""
        return promises_recall(self._project)

    def azimuthal_grid(self, crater: Crater) -> AzimuthalGrid:
        """Return the grid about a crater that reaches as far as its ejecta are looked for."""
        return azimuthal_grid(crater, self.grid)

    @_read_once
    def connections_from(self) -> ConnectionsFrom:
        """What connects the tiles of a crater to it."""
        return connections_from(self._project)

    @_read_once
    def conformal(self) -> Conformal:
        """What the promoted ensemble that maps ejecta may promise."""
        return mapping_conformal(self._project)

    @_read_once
    def tile_plan(self) -> "TilePlan":
        """What the promoted models look at: no crops where EJCONN connects nothing."""
        from ejmap_project.mapping.tile_plan import TilePlan

        ejseg = mapping_model(self._project, "ejseg")
        ejconn = None
        if self.connections_from != "polar":
            ejconn = mapping_model(self._project, "ejconn")
        return replace(TilePlan.of(ejconn=ejconn, ejseg=ejseg), rims=self._project.annulus_rims())

    @_read_once
    def seen_bands(self) -> SeenBands:
        """In which bands the promoted models see the mosaic."""
        return seen_bands(self._project)

    @_read_once
    def seen_basemap(self) -> Basemap:
        """The mosaic as the promoted models see it."""
        raster, grid = self.basemap
        return Basemap(self.seen_bands.of(raster), grid)

    @_read_once
    def ejconn(self) -> "Ensemble":
        """The promoted ensemble that connects tiles to craters."""
        from ejmap_ml.bundles.ensemble import Ensemble
        from ejmap_ml.bundles.inference import fastest_precision, inference_device

        precision = fastest_precision(inference_device())
        return Ensemble.of(promoted_bundles(self._project, "ejconn"), precision=precision)

    @_read_once
    def ejseg(self) -> "Ensemble":
        """The promoted ensemble that maps ejecta."""
        from ejmap_project.mapping.segmenter import ejseg_ensemble

        return ejseg_ensemble(promoted_bundles(self._project, "ejseg"))
