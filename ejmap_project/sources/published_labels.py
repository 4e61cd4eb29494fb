"""Labelled tiles of a published folder, as far as it holds them."""

from collections.abc import Iterable, Mapping

import geopandas as gpd

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.rectangles import COLUMNS, read_rectangles
from ejmap_project.published.tiles import read_labelled_tiles


def published_labels(
    published: PublishedFolder, craters: Iterable[Crater], *, basemap: BasemapGrid
) -> gpd.GeoDataFrame | None:
    """Return the labelled tiles as they were published.

    Args:
        published: The folder.
        craters: Craters of the project.
        basemap: Grid of the mosaic.

    Returns:
        The table; None where the folder does not say what tiles hold or where they lie.

    Raises:
        SourceError: If a table does not fit.
    """
    if published.file(layout.LABELLED_TILES) is None or not _has_rectangles(published):
        return None
    grids = {crater.crater_id: azimuthal_grid(crater, basemap) for crater in craters}
    return read_labelled_tiles(published, basemap=basemap, grids=grids)


def published_locations(
    published: PublishedFolder, craters: Iterable[Crater], *, basemap: BasemapGrid
) -> Mapping[int, Window]:
    """Return the rectangles in which ejecta were mapped, by tile id; none if none were published.

    Args:
        published: The folder.
        craters: Craters whose ejecta were mapped.
        basemap: Grid of the mosaic.

    Raises:
        SourceError: If a table does not fit.
    """
    found: dict[int, Window] = {}
    if not _has_rectangles(published):
        return found
    for crater in craters:
        table = read_rectangles(published, crater.crater_id, basemap=basemap)
        for tile_id, place in zip(table.index, table[list(COLUMNS)].to_numpy(), strict=True):
            row, col, height, width = (int(one) for one in place)
            found[int(tile_id)] = Window(row=row, col=col, height=height, width=width)
    return dict(sorted(found.items()))


def _has_rectangles(published: PublishedFolder) -> bool:
    rectangles = published.found(layout.RECTANGLES)
    return bool(rectangles) or published.file(layout.ALL_RECTANGLES) is not None
