"""Footprints: where a rectangle of the basemap lies in an azimuthal raster, and what fits in."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.clusters import clusters_of, paint_runs, runs_of
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.resampling.patches import BASEMAP_TO_AZIMUTHAL, Warp, place_in
from ejmap_geo.resampling.reproject import to_azimuthal, warp_between
from ejmap_geo.resampling.strips import kernel_input

# Next to the antipode one basemap pixel is drawn out into a long arc, which bulges out of the box
# of an outline that is sampled once a pixel. At 64 pixels from it the bulge is pi R / (8 * 64^2),
# a third of a pixel at 23040 columns; closer than that the whole raster is searched.
ANTIPODE_MARGIN_PX = 64
BOX_MARGIN_PX = 2


def footprint(tile: Window, *, basemap: BasemapGrid, azimuthal: AzimuthalGrid) -> PlacedMask:
    """Return the azimuthal pixels whose nearest basemap pixel lies in a rectangle.

    The rectangle may run across the antimeridian, touch a pole or hold the antipode: then its
    footprint is a ring. Where the footprint splits (a raster that does not reach the whole planet
    cuts it), only the largest piece is kept; pieces hang together by the sides of pixels.

    Args:
        tile: Rectangle of the basemap.
        basemap: Grid of ``tile``.
        azimuthal: Grid of the footprint.

    Returns:
        Mask placed in ``azimuthal``, trimmed; empty when the tile lies beyond the raster.
    """
    rows, cols = _outline(tile, basemap, azimuthal)
    half = azimuthal.half_size_px
    farthest_m = np.hypot(rows - half, cols - half).max() * azimuthal.resolution_m
    is_near_antipode = (
        farthest_m > azimuthal.body.half_circumference_m - ANTIPODE_MARGIN_PX * basemap.resolution_m
    )
    box = Window.whole(azimuthal.shape)
    if not (is_near_antipode or _holds(tile, basemap, _antipode(azimuthal.center))):
        box = _bounds(rows, cols).intersection(box)
    if box is None:
        return PlacedMask.empty()
    # A footprint is what to_azimuthal reads from the rectangle.
    everything = np.ones((1, *tile.shape), np.bool_)
    inside = to_azimuthal(
        everything, basemap=basemap, azimuthal=azimuthal, source=tile, window=box
    )[0]
    return PlacedMask(mask=_largest_piece(inside), window=box).trimmed()


def inscribed_square(mask: NDArray[np.bool_], *, max_side_px: int) -> Window | None:
    """Return the largest axis-aligned square of set pixels, no larger than a limit.

    Of several such squares the one nearest to the centre of gravity of the mask is taken, and of
    these the upper left one.

    Args:
        mask: ``(height, width)``.
        max_side_px: Largest side wanted.

    Returns:
        Place in ``mask``; None when no pixel is set.
    """
    given = kernel_input(mask)
    row, col, side_px = _best_square(given, max_side_px, _middle(given))
    if side_px < 1:
        return None
    return Window(row=int(row), col=int(col), height=int(side_px), width=int(side_px))


def _bounds(rows: NDArray[np.float64], cols: NDArray[np.float64]) -> Window:
    top, left = math.floor(rows.min()) - BOX_MARGIN_PX, math.floor(cols.min()) - BOX_MARGIN_PX
    bottom, right = math.ceil(rows.max()) + BOX_MARGIN_PX, math.ceil(cols.max()) + BOX_MARGIN_PX
    return Window(row=top, col=left, height=bottom - top, width=right - left)


def _antipode(point: LonLat) -> LonLat:
    return LonLat(point.lon_deg + 180, -point.lat_deg)


def _holds(tile: Window, basemap: BasemapGrid, point: LonLat) -> bool:
    """Return whether a point lies in a rectangle or on its edge; a pole lies on all meridians."""
    row, col = basemap.position(point)
    across = (col - tile.col) % basemap.width_px
    is_pole = abs(point.lat_deg) == 90
    return tile.row <= row <= tile.row + tile.height and (is_pole or across <= tile.width)


def _outline(
    tile: Window, basemap: BasemapGrid, azimuthal: AzimuthalGrid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where every pixel corner on the edge of a rectangle lies, in rows and columns."""
    down = np.arange(tile.row, tile.row + tile.height + 1, dtype=np.float64)
    across = np.arange(tile.col, tile.col + tile.width + 1, dtype=np.float64)
    rows = np.concatenate(
        [down, down, np.full_like(across, down[0]), np.full_like(across, down[-1])]
    )
    cols = np.concatenate(
        [np.full_like(down, across[0]), np.full_like(down, across[-1]), across, across]
    )
    _project(rows, cols, warp_between(BASEMAP_TO_AZIMUTHAL, azimuthal, basemap))
    return rows, cols


def _largest_piece(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Clear all but the largest piece of a mask, in place, and return it."""
    runs = runs_of(mask)
    if runs.start.size == 0:
        return mask
    pieces = clusters_of(runs, cols=mask.shape[1], joins_corners=False)
    largest = pieces.number[pieces.size_px.argmax()]
    paint_runs(mask, runs.where(pieces.number != largest), value=False)
    return mask


@njit(cache=True)
def _project(rows: NDArray[np.float64], cols: NDArray[np.float64], warp: Warp) -> None:
    """Put the places in the other grid into the arrays of positions."""
    for i in range(rows.size):
        rows[i], cols[i] = place_in(warp, rows[i], cols[i])


@njit(cache=True)
def _square_sides(above: NDArray[np.int32], row: NDArray[np.bool_]) -> None:
    """Turn the sides of the largest squares that end in the row above into those of this row.

    Entry j + 1 belongs to the square whose lower right corner is column j; entry 0 stays 0. One row
    of memory is enough, however large the raster.
    """
    diagonal = 0
    for j in range(row.size):
        up = above[j + 1]
        above[j + 1] = min(above[j], up, diagonal) + 1 if row[j] else 0
        diagonal = up


@njit(cache=True)
def _middle(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the centre of gravity of a mask."""
    count, down, right = 0, 0, 0
    for i in range(mask.shape[0]):
        set_px = 0
        for j in range(mask.shape[1]):
            set_px += mask[i, j]
            right += j * mask[i, j]
        count += set_px
        down += i * set_px
    return down / max(count, 1), right / max(count, 1)


@njit(cache=True)
def _best_square(
    mask: NDArray[np.bool_], max_side_px: int, middle: tuple[float, float]
) -> tuple[int, int, int]:
    """Return row, column and side of the largest square, of equals the nearest to the middle."""
    sides = np.zeros(mask.shape[1] + 1, np.int32)
    best, best_row, best_col, best_side = np.inf, 0, 0, 1
    for i in range(mask.shape[0]):
        _square_sides(sides, mask[i])
        for j in range(mask.shape[1]):
            side = min(int(sides[j + 1]), max_side_px)
            if side < best_side:
                continue
            reach = (side - 1) / 2
            apart = (i - reach - middle[0]) ** 2 + (j - reach - middle[1]) ** 2
            if side > best_side or apart < best:
                best, best_row, best_col = apart, i - side + 1, j - side + 1
                best_side = side
    return best_row, best_col, best_side if best < np.inf else 0
