"""Labels: how much of each crater's ejecta is known to lie in each tile location."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely import box
from shapely.geometry import MultiPolygon, Polygon

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.coords import LonLat, RowCol
from ejmap_geo.grids.distance import angle_rad
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask, crop
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_geo.tiles.tiling import labelled_tiles

# Layers of the masks that tiles are counted in: the crater's own ejecta, and those of any crater.
OWN, ANY = 0, 1


class Label(NamedTuple):
    """What is known of a crater's ejecta in a tile location; columns of :func:`label_table`."""

    crater_id: int
    tile_id: int
    basemap_row: int
    basemap_col: int
    basemap_height_px: int
    basemap_width_px: int
    row: int
    col: int
    side_px: int
    distance_m: float
    ejecta_px: int
    any_ejecta_px: int


def label_table(
    craters: Sequence[Crater],
    truth: Mapping[int, PlacedMask],
    *,
    basemap: BasemapGrid,
    locations: Mapping[int, Window],
    grid_of: Callable[[Crater], AzimuthalGrid],
    progress: Callable[[int], None] | None = None,
) -> gpd.GeoDataFrame:
    """Carry every tile location to the raster of every crater and count ejecta in it.

    Locations whose middle lies beyond a crater's reach, or that its raster does not show, have no
    square there: their side is 0, distance and counts are those of the rectangle. Memory holds two
    masks of the whole basemap and one crater's mask, however many craters there are.

    Args:
        craters: Craters whose ejecta are known.
        truth: Ejecta by crater id; each mask is asked for twice.
        basemap: Grid of masks and locations.
        locations: Rectangles by tile id, in which the ejecta of all craters are known.
        grid_of: The raster about a crater that squares are counted in.
        progress: Called with the number of craters that are done.

    Returns:
        One row for each pair of crater and location, craters first, both in the order they are
        given in: ``crater_id``, ``tile_id``, the rectangle (``basemap_row``, ...), the square
        (``row``, ``col``, ``side_px``), ``distance_m``, pixels of this and of any crater's ejecta
        (``ejecta_px``, ``any_ejecta_px``) and the rectangle as geometry in the CRS of the basemap.
    """
    masks = np.zeros((2, *basemap.shape), np.bool_)
    for crater in craters:
        truth[crater.crater_id].paste_into(masks[ANY])
    rows: list[Label] = []
    for done, crater in enumerate(craters, start=1):
        placed = truth[crater.crater_id]
        placed.paste_into(masks[OWN])
        rows += _labels(
            crater, masks, basemap=basemap, locations=locations, azimuthal=grid_of(crater)
        )
        _clear(masks[OWN], placed)
        if progress is not None:
            progress(done)
    table = pd.DataFrame(rows, columns=pd.Index(Label._fields))
    outlines = [outline(window, basemap) for window in locations.values()]
    return gpd.GeoDataFrame(table, geometry=outlines * len(craters), crs=basemap.crs)


def windows_of(labelled: pd.DataFrame) -> dict[int, Window]:
    """Return the rectangles of labelled tiles by ``tile_id``, in the order they first occur."""
    places = labelled.drop_duplicates("tile_id")[["tile_id", *Label._fields[2:6]]]
    return {
        int(tile_id): Window(row=int(row), col=int(col), height=int(height), width=int(width))
        for tile_id, row, col, height, width in places.itertuples(index=False)
    }


def outline(window: Window, basemap: BasemapGrid) -> Polygon | MultiPolygon:
    """Return a rectangle of the basemap in its CRS, in two parts across the antimeridian."""
    boxes = []
    for (rows, cols), _ in window.pieces(basemap.width_px):
        west, north = basemap.transform @ (cols.start, rows.start)
        east, south = basemap.transform @ (cols.stop, rows.stop)
        boxes.append(box(west, south, east, north))
    return boxes[0] if len(boxes) == 1 else MultiPolygon(boxes)


def _labels(
    crater: Crater,
    masks: NDArray[np.bool_],
    *,
    basemap: BasemapGrid,
    locations: Mapping[int, Window],
    azimuthal: AzimuthalGrid,
) -> Iterator[Label]:
    distance_m = {
        tile_id: basemap.body.radius_m * angle_rad(crater.center, _middle(window, basemap))
        for tile_id, window in locations.items()
    }
    # Footprints cost a hundred times as much as a distance, and most craters reach few locations.
    reach_m = crater.reach(basemap.body)
    near = {key: one for key, one in locations.items() if distance_m[key] <= reach_m}
    tiles = labelled_tiles(near, basemap=basemap, azimuthal=azimuthal)
    squares = {tile.tile_id: tile for tile in tiles}
    for tile_id, window in locations.items():
        square = squares.get(tile_id)
        if square is None:
            place = (0, 0, 0, distance_m[tile_id])
            counts = crop(masks, window)
        else:
            place = (square.row, square.col, square.side_px, square.distance_m)
            counts = to_azimuthal(masks, basemap=basemap, azimuthal=azimuthal, window=square.window)
        ejecta_px = (int(np.count_nonzero(counts[layer])) for layer in (OWN, ANY))
        yield Label._make((crater.crater_id, tile_id, *astuple(window), *place, *ejecta_px))


def _middle(window: Window, basemap: BasemapGrid) -> LonLat:
    return basemap.point(RowCol(window.row + window.height / 2, window.col + window.width / 2))


def _clear(mask: NDArray[np.bool_], placed: PlacedMask) -> None:
    if placed.window is not None:
        for there, _ in placed.window.pieces(mask.shape[1]):
            mask[there] = False
