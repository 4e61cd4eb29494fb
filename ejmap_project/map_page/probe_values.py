"""Values that the page tells of a place: the probability of each crater, and who claims it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask, crop
from ejmap_geo.rasters.raster_file import opened
from ejmap_geo.resampling.reproject import covering_window
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.planetwide.mapped_craters import MappedCraters

# Columns of the finest grid.
MOST_COLUMNS = 4096
STEP_PERCENT = 2
# Below, a crater that claims nothing is not named.
LEAST_PERCENT = 5
CLAIMED = 0x80


class ProbeValues(NamedTuple):
    """What is known of a crater in a window of the probe grid.

    Attributes:
        window: The window, which may go round the planet.
        cells: ``(height, width)``: probability in steps, with the highest bit set where the
            crater claims the cell; 0 where there is nothing to tell.
    """

    window: Window
    cells: NDArray[np.uint8]


def probe_grids(mosaic: BasemapGrid) -> list[BasemapGrid]:
    """Return grids of the values, the finest first: that of the mosaic or a coarser one.

    A cell holds the values of the pixel in its middle.
    """
    finest = min(mosaic.width_px, MOST_COLUMNS)
    widths = [finest, *(half for half in (finest // 2, finest // 4) if half % 2 == 0)]
    return [BasemapGrid(body=mosaic.body, width_px=width) for width in widths]


def probe_values(mapped: MappedCraters, crater_id: int, grid: BasemapGrid) -> ProbeValues | None:
    """Return the values of a crater of the map; None if it neither claims nor may claim anything.

    Args:
        mapped: The craters of the map.
        crater_id: One of them.
        grid: The probe grid.
    """
    crater = mapped.craters[crater_id]
    around = azimuthal_grid(crater, mapped.grid)
    window = covering_window(around, grid, reach_m=crater.reach(grid.body))
    placed = mapped.masks[crater_id]
    claimed = sampled(placed, window, mosaic=mapped.grid, grid=grid)
    # Published masks have no probability: they count as sure where they claim.
    sure = mapped.probability(crater_id, window, grid=grid)
    percent = 100 * (claimed if sure is None else sure)
    steps = np.rint(percent / STEP_PERCENT).astype(np.uint8)
    cells = np.where(claimed | (percent >= LEAST_PERCENT), steps, 0).astype(np.uint8)
    cells |= np.where(claimed, CLAIMED, 0).astype(np.uint8)
    kept = PlacedMask.in_window(cells > 0, window=window, basemap=grid).window
    return None if kept is None else ProbeValues(kept, _cropped(cells, window, kept, grid))


def sampled(
    placed: PlacedMask, window: Window, *, mosaic: BasemapGrid, grid: BasemapGrid
) -> NDArray[np.bool_]:
    """Return a mask at the middle of each cell of a coarser grid, ``(height, width)`` of a window.

    Args:
        placed: The mask, on the mosaic.
        window: Part of ``grid``.
        mosaic: Grid of the mask.
        grid: The coarser grid.
    """
    out = np.zeros(window.shape, np.bool_)
    if placed.window is None:
        return out
    rows = middles(np.arange(window.row, window.row + window.height), mosaic, grid)
    cols = middles(np.arange(window.col, window.col + window.width), mosaic, grid)
    down = rows - placed.window.row
    over = (cols - placed.window.col) % mosaic.width_px
    is_row = (down >= 0) & (down < placed.window.height)
    is_col = over < placed.window.width
    out[np.ix_(is_row, is_col)] = placed.mask[np.ix_(down[is_row], over[is_col])]
    return out


def middles(cells: NDArray[np.int_], mosaic: BasemapGrid, grid: BasemapGrid) -> NDArray[np.int_]:
    """Return the row or column of the mosaic that the middle of each cell lies in."""
    return ((2 * cells + 1) * mosaic.width_px) // (2 * grid.width_px)


def overlap_cells(mapped: MappedCraters, grid: BasemapGrid) -> NDArray[np.uint8]:
    """Return how many craters claim each cell, at most 255, ``(rows, cols)`` of the grid."""
    rows, cols = (middles(np.arange(side), mapped.grid, grid) for side in grid.shape)
    out = np.zeros(grid.shape, np.uint8)
    with opened(mapped.project.paths.overlap_count) as counted:
        for number, row in enumerate(rows.tolist()):
            line = counted.read(1, window=((row, row + 1), (0, mapped.grid.width_px)))[0]
            out[number] = np.minimum(line[cols], 255)
    return out


def _cropped(
    cells: NDArray[np.uint8], window: Window, kept: Window, grid: BasemapGrid
) -> NDArray[np.uint8]:
    """Return the part of the cells of a window that a trimmed window keeps."""
    left = (kept.col - window.col) % grid.width_px
    top = kept.row - window.row
    part = Window(row=top, col=left, height=kept.height, width=kept.width)
    # Cells of all columns go round; others hold what is kept in one piece.
    return crop(cells, part) if window.width == grid.width_px else cells[part.slices]
