"""Where tiles of the raster around a crater lie on the basemap."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.resampling.reproject import covering_window, to_basemap


def area_of_tiles(
    tiles: Sequence[Window], *, azimuthal: AzimuthalGrid, basemap: BasemapGrid
) -> PlacedMask:
    """Return the pixels of the basemap that lie in at least one tile, nearest pixel.

    Tiles are counted from the upper left corner of ``azimuthal`` and may lie beyond its edges, as
    far as the antipode.

    Args:
        tiles: Places in the raster around a crater.
        azimuthal: Grid of the tiles.
        basemap: Grid of the result.
    """
    half_px = azimuthal.half_size_px
    reach_px = max((_reach_px(tile, half_px) for tile in tiles), default=0)
    if reach_px == 0:
        return PlacedMask.empty()
    # No larger than the tiles: a whole planet takes half a gigabyte.
    grid = AzimuthalGrid.reaching(
        azimuthal.body,
        center=azimuthal.center,
        resolution_m=azimuthal.resolution_m,
        reach_m=reach_px * azimuthal.resolution_m,
    )
    shift_px = grid.half_size_px - half_px
    area = np.zeros(grid.shape, np.bool_)
    for tile in tiles:
        moved = replace(tile, row=tile.row + shift_px, col=tile.col + shift_px)
        seen = moved.intersection(Window.whole(grid.shape))
        if seen is not None:
            area[seen.slices] = True
    corner_m = np.sqrt(2) * grid.half_size_px * grid.resolution_m
    window = covering_window(grid, basemap, reach_m=float(corner_m))
    on_basemap = to_basemap(area, azimuthal=grid, basemap=basemap, window=window)
    return PlacedMask.in_window(on_basemap, window=window, basemap=basemap)


def _reach_px(tile: Window, half_px: int) -> int:
    # From the middle of the raster to the farthest edge of the tile along rows or columns.
    edges = (tile.row, tile.row + tile.height, tile.col, tile.col + tile.width)
    return max(abs(edge - half_px) for edge in edges)
