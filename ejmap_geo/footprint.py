"""Footprints: where a rectangle of the basemap lies in an azimuthal raster, and what fits in."""

import math

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray
from scipy import ndimage

from ejmap_geo.coords import LonLat
from ejmap_geo.gather import Corner, Place, basemap_pixel
from ejmap_geo.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.masks import PlacedMask
from ejmap_geo.reproject import place_of
from ejmap_geo.sphere import bearing, destination
from ejmap_geo.window import Window

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
    rows, cols, distance = _outline(tile, basemap, azimuthal)
    cell = 2 * math.pi / basemap.width_px
    is_near_antipode = distance.max() > math.pi - ANTIPODE_MARGIN_PX * cell
    size = azimuthal.shape[0]
    box = Window(row=0, col=0, height=size, width=size)
    if not (is_near_antipode or _holds(tile, basemap, _antipode(azimuthal.center))):
        box = _bounds(rows, cols).intersection(box)
    if box is None:
        return PlacedMask.empty()
    nearest = 0.0 if _holds(tile, basemap, azimuthal.center) else float(distance.min()) - cell
    inside = np.zeros(box.shape, np.bool_)
    rectangle = (tile.row, tile.col % basemap.width_px, tile.height, tile.width)
    corner = (azimuthal.half_size_px, box.row, box.col)
    _mark_inside(inside, place_of(azimuthal), corner, rectangle, nearest, basemap.width_px)
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
    side_px = min(int(_largest_side(mask)), max_side_px)
    if side_px < 1:
        return None
    rows, cols = mask.sum(axis=1), mask.sum(axis=0)
    middle = (
        float(rows @ np.arange(rows.size)) / rows.sum(),
        float(cols @ np.arange(cols.size)) / cols.sum(),
    )
    row, col = _nearest_square(mask, side_px, *middle)
    return Window(row=int(row), col=int(col), height=side_px, width=side_px)


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
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return row, col and angular distance of every pixel corner on the edge of a rectangle."""
    down = np.arange(tile.row, tile.row + tile.height + 1, dtype=np.float64)
    across = np.arange(tile.col, tile.col + tile.width + 1, dtype=np.float64)
    rows = np.concatenate(
        [down, down, np.full_like(across, down[0]), np.full_like(across, down[-1])]
    )
    cols = np.concatenate(
        [np.full_like(down, across[0]), np.full_like(down, across[-1]), across, across]
    )
    cell = 2 * math.pi / basemap.width_px
    lat, lon = math.pi / 2 - rows * cell, cols * cell - math.pi
    return _project(lat, lon, place_of(azimuthal), azimuthal.half_size_px)


def _largest_piece(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    pieces = np.zeros(mask.shape, np.int32)
    ndimage.label(mask, output=pieces)
    areas_px = np.bincount(pieces.ravel())
    areas_px[0] = 0
    return mask & (pieces == areas_px.argmax())


@njit(cache=True)
def _project(
    lat: NDArray[np.float64], lon: NDArray[np.float64], place: Place, half_px: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    lon0, lat0, step = place
    rows, cols, distance = np.empty(lat.size), np.empty(lat.size), np.empty(lat.size)
    sin0, cos0 = math.sin(lat0), math.cos(lat0)
    for i in range(lat.size):
        c, az = bearing(sin0, cos0, lon0, lon[i], lat[i])
        rows[i] = half_px - c * math.cos(az) / step
        cols[i] = half_px + c * math.sin(az) / step
        distance[i] = c
    return rows, cols, distance


@njit(parallel=True, cache=True)
def _mark_inside(
    inside: NDArray[np.bool_],
    place: Place,
    corner: Corner,
    rectangle: tuple[int, int, int, int],
    nearest: float,
    width_px: int,
) -> None:
    lon0, lat0, step = place
    half_px, row0, col0 = corner
    top, left, height, width = rectangle
    sin0, cos0 = math.sin(lat0), math.cos(lat0)
    for i in prange(inside.shape[0]):
        y = (half_px - (row0 + i) - 0.5) * step
        for j in range(inside.shape[1]):
            x = (col0 + j + 0.5 - half_px) * step
            c = math.hypot(x, y)
            # Most of a raster that is searched whole is nearer than the rectangle.
            if c < nearest or c > math.pi:
                continue
            lon, lat = destination(sin0, cos0, lon0, c, x / c, y / c)
            # The very rounding of to_azimuthal: a footprint is what that function reads.
            row, col = basemap_pixel(lon, lat, width_px)
            inside[i, j] = 0 <= row - top < height and (col - left) % width_px < width


@njit(cache=True)
def _square_sides(above: NDArray[np.int64], row: NDArray[np.bool_]) -> None:
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
def _largest_side(mask: NDArray[np.bool_]) -> int:
    sides = np.zeros(mask.shape[1] + 1, np.int64)
    largest = 0
    for i in range(mask.shape[0]):
        _square_sides(sides, mask[i])
        largest = max(largest, sides.max())
    return largest


@njit(cache=True)
def _nearest_square(
    mask: NDArray[np.bool_], side_px: int, middle_row: float, middle_col: float
) -> tuple[int, int]:
    sides = np.zeros(mask.shape[1] + 1, np.int64)
    reach = (side_px - 1) / 2
    best, best_row, best_col = np.inf, 0, 0
    for i in range(mask.shape[0]):
        _square_sides(sides, mask[i])
        for j in range(mask.shape[1]):
            apart = (i - reach - middle_row) ** 2 + (j - reach - middle_col) ** 2
            if sides[j + 1] >= side_px and apart < best:
                best, best_row, best_col = apart, i - side_px + 1, j - side_px + 1
    return best_row, best_col
