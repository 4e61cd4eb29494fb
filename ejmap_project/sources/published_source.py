"""A published EJMAP folder as the source of a project: mosaic, craters, masks and tiles."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import basemap_grid_of, read_basemap, read_mask_on
from ejmap_project.basemap import Basemap
from ejmap_project.open_project import OpenProject
from ejmap_project.published import layout
from ejmap_project.published.craters import read_craters
from ejmap_project.published.grid import published_grid
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.settings.project import EjmapFolderSource

PUBLISHED_BANDS = 3


def published_folder(project: OpenProject) -> PublishedFolder | None:
    """Return the folder that a project stands on; None when it has another source.

    Raises:
        SourceError: If the folder is not there.
    """
    source = project.settings.source
    if not isinstance(source, EjmapFolderSource):
        return None
    return PublishedFolder.at(project.paths.user_file(source.folder))


def has_mosaic(project: OpenProject) -> bool:
    """Return whether there is imagery to cut tiles from: a published folder may come without."""
    source = project.settings.source
    if not isinstance(source, EjmapFolderSource) or source.mosaic is not None:
        return True
    published = PublishedFolder.at(project.paths.user_file(source.folder))
    return published.file(layout.MOSAIC) is not None


def published_basemap(project: OpenProject, source: EjmapFolderSource) -> Basemap:
    """Return the mosaic; all nodata, on the grid of the masks, when there is none.

    Raises:
        GeoError: If the mosaic does not fit.
        SourceError: If there is neither a mosaic nor a raster to take the grid from.
    """
    body = project.settings.planet
    published = PublishedFolder.at(project.paths.user_file(source.folder))
    path = published.file(layout.MOSAIC)
    if source.mosaic is not None:
        path = project.paths.user_file(source.mosaic)
    if path is not None:
        return Basemap(*read_basemap(path, body=body))
    grid = published_grid(published, body=body)
    return Basemap(np.zeros((PUBLISHED_BANDS, *grid.shape), np.uint8), grid)


def published_catalogue(project: OpenProject, source: EjmapFolderSource) -> gpd.GeoDataFrame:
    """Return the craters, each reaching as far as its published tiles.

    Raises:
        GeoError: If the table does not fit.
        SourceError: If it is missing.
    """
    body = project.settings.planet
    return read_craters(
        PublishedFolder.at(project.paths.user_file(source.folder)),
        body=body,
        basemap=basemap_grid_of(project.paths.basemap_mosaic, body=body),
    )


def published_masks(
    project: OpenProject,
    source: EjmapFolderSource,
    craters: dict[str, Crater],
    basemap: BasemapGrid,
) -> Iterator[tuple[Crater, PlacedMask]]:
    """Yield the manual mask of each crater that has one, one in memory at a time.

    Raises:
        GeoError: If a mask does not fit the mosaic.
    """
    published = PublishedFolder.at(project.paths.user_file(source.folder))
    for crater in craters.values():
        path = published.file(layout.MANUAL_MASK, crater=crater.crater_id)
        if path is not None:
            yield crater, read_mask_on(path, basemap)


def published_output_mask(
    published: PublishedFolder, crater: Crater, *, run: str, basemap: BasemapGrid
) -> PlacedMask:
    """Return the published map of a crater.

    Raises:
        GeoError: If it does not fit the mosaic.
        SourceError: If that run holds no mask of the crater.
    """
    return read_mask_on(
        published.required(layout.OUTPUT_MASK, run=run, crater=crater.crater_id), basemap
    )
