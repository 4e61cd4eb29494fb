"""Files of the user as the source of a project: a mosaic, a crater table, and known ejecta."""

import glob
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas as gpd

from ejmap_geo import statements
from ejmap_geo.craters.catalogue import Crater, craters_of, read_catalogue
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import basemap_grid_of, mask_window_of, read_basemap
from ejmap_geo.rasters.sidecars import files_of
from ejmap_geo.tiles.tile_locations import read_tile_locations
from ejmap_ml.config.bands import count_of
from ejmap_project.basemap import Basemap
from ejmap_project.errors import SourceError
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.sources import FilesSource
from ejmap_project.sources.known_places import misplaced
from ejmap_project.sources.mask_files import MASK_NAMES, read_masks, wrong_names
from ejmap_project.sources.mistakes import Result, attempt
from ejmap_project.sources.source import ProjectSource, SourceFiles


@dataclass(frozen=True, slots=True)
class UserFiles(ProjectSource):
    """Files that lie wherever the user keeps them.

    Attributes:
        project: The project.
        stated: The settings of the source.
    """

    project: OpenProject
    stated: FilesSource

    def basemap(self, _tell: Callable[[str], None]) -> Basemap:
        """Read the mosaic."""
        return Basemap(*self._from_mosaic(read_basemap))

    def catalogue(self) -> gpd.GeoDataFrame:
        """Read the crater table."""
        return read_catalogue(
            self._file(self.stated.craters),
            body=self.project.settings.planet,
            west_positive=self.stated.west_positive,
            columns=self.stated.columns,
        )

    def masks(
        self, craters: Mapping[str, Crater], basemap: BasemapGrid
    ) -> Iterator[tuple[Crater, PlacedMask]]:
        """Yield the masks of the named folder; nothing if none is named."""
        if self.stated.masks is not None:
            yield from read_masks(self._file(self.stated.masks), craters, basemap)

    def locations(
        self, _craters: Sequence[Crater], basemap: BasemapGrid
    ) -> Mapping[int, Window] | None:
        """Read the rectangles in which the user mapped the ejecta of every labelled crater."""
        if self.stated.tiles is None:
            return None
        return read_tile_locations(self._file(self.stated.tiles), basemap=basemap)

    def files(self) -> SourceFiles:
        """Return all files that the settings name."""
        craters = self._file(self.stated.craters)
        masks, tiles = self.stated.masks, self.stated.tiles
        return SourceFiles(
            mosaic=files_of(self._file(self.stated.mosaic)),
            # A Shapefile is several files of one name.
            catalogue=craters.parent.glob(f"{glob.escape(craters.stem)}.*"),
            masks=()
            if masks is None
            else (file for mask in self._file(masks).glob("*.tif") for file in files_of(mask)),
            tiles=None if tiles is None else self._file(tiles),
        )

    def check(self) -> list[str]:
        """Check every file; mistakes of all of them are one error."""
        wrong: list[str] = []
        catalogue = attempt(wrong, self.catalogue)
        basemap = attempt(wrong, lambda: self._from_mosaic(basemap_grid_of))
        if catalogue is not None:
            wrong += misplaced(craters_of(catalogue), body=self.project.settings.planet)
        if self.stated.masks is not None:
            folder = self._file(self.stated.masks)
            if catalogue is not None or not folder.is_dir():
                wrong += wrong_names(folder, [] if catalogue is None else craters_of(catalogue))
            if catalogue is not None:
                wrong += _without_ids(catalogue)
            if basemap is not None:
                for path in sorted(folder.glob(MASK_NAMES)):
                    attempt(wrong, partial(mask_window_of, path, basemap))
        if basemap is not None:
            attempt(wrong, partial(self.locations, (), basemap))
        if wrong:
            raise SourceError("; and ".join(wrong))
        return [] if catalogue is None else list(catalogue.attrs["notes"])

    def _from_mosaic(self, read: Callable[..., Result]) -> Result:
        return read(
            self._file(self.stated.mosaic),
            body=self.project.settings.planet,
            bands=count_of(self.project.settings.mosaic_bands),
            value_range=self.stated.value_range,
            pad=self.stated.pad,
        )

    def _file(self, stated: Path) -> Path:
        return self.project.paths.user_file(stated)


def _without_ids(catalogue: gpd.GeoDataFrame) -> list[str]:
    if catalogue.attrs["has_own_ids"]:
        return []
    told = "the crater table has no numbers as crater_id, by which masks are named"
    stated = statements.column("crater_id", "NAME")
    return [f"{told}; add that column, or state another one ({stated})"]
