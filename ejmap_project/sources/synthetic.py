"""A synthetic planet as the source of a project: made from a seed, with its true ejecta."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd

from ejmap_geo.craters.catalogue import Crater, read_catalogue
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.synthetic.planet import PlanetConfig, make_planet
from ejmap_project.basemap import Basemap
from ejmap_project.files.planet_files import read_impact_order, write_planet
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.sources import SyntheticSource
from ejmap_project.sources.mask_files import read_masks
from ejmap_project.sources.source import ProjectSource


@dataclass(frozen=True, slots=True)
class SyntheticPlanet(ProjectSource):
    """A planet that is written whole with its mosaic, so that craters and masks are of the same.

    Attributes:
        project: The project.
        stated: The settings of the source.
    """

    project: OpenProject
    stated: SyntheticSource

    def basemap(self, tell: Callable[[str], None]) -> Basemap:
        """Make the planet, write it beside the mosaic, and return its mosaic."""
        config = PlanetConfig(
            body=self.project.settings.planet,
            width_px=self.stated.width_px,
            craters=self.stated.craters,
            bands=1 if self.stated.grey else 3,
        )
        planet = make_planet(config, seed=self.stated.seed, progress=tell)
        write_planet(self.project.paths.synthetic_planet, planet)
        return Basemap(planet.raster, planet.basemap)

    def catalogue(self) -> gpd.GeoDataFrame:
        """Return the fresh craters of the planet."""
        body = self.project.settings.planet
        return read_catalogue(self.project.paths.synthetic_planet / "craters.parquet", body=body)

    def masks(
        self, craters: Mapping[str, Crater], basemap: BasemapGrid
    ) -> Iterator[tuple[Crater, PlacedMask]]:
        """Yield the true ejecta of each crater."""
        return read_masks(self.project.paths.synthetic_planet / "masks", craters, basemap)

    def impact_order(self) -> tuple[int, ...]:
        """Return the order in which the planet was struck."""
        return read_impact_order(self.project.paths.synthetic_planet)
