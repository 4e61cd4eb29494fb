"""The loops that read one raster at the places of another's pixels: nearest pixel.

Places are those of exact float64 geometry to 0.001 pixels (see :mod:`ejmap_geo.patches`): only a
source this close to the edge of its pixel may be read from the pixel beyond. Rasters come as
unsigned integers of their width and flat bands, so that few kernels have to be compiled.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.patches import (
    AZIMUTHAL_TO_BASEMAP,
    BASEMAP_TO_AZIMUTHAL,
    EXACT_PX,
    PATCH_PX,
    STACK,
    Block,
    Powers,
    Scheme,
    Warp,
    along_row,
    along_u,
    fit_patch,
    patch_reach,
    place_in,
    push,
    push_quarters,
)

OUTSIDE = -(2**31)


class Route(NamedTuple):
    """Which pixels are read from which.

    Attributes:
        warp: From the grid of the raster to fill to the grid of the values.
        source: Where the values lie in their grid: first row and column, height and width. The
            columns may run past the last one, once round the planet.
        corner: First row and column of the raster to fill in its grid.
    """

    warp: Warp
    source: tuple[int, int, int, int]
    corner: tuple[int, int]


class _Patch(NamedTuple):
    """A block whose places are known: relative to a pixel of the source, its *spot*.

    Attributes:
        block: First row, first column, height and width in the grid.
        powers: Coefficients of the polynomials.
        spot: Row and column, counted from the corner of the source; they may lie outside.
        start: Where in its pixel the middle of the block lies, 0 to 1.
    """

    block: Block
    powers: Powers
    spot: tuple[int, int]
    start: tuple[float, float]


@njit(cache=True, nogil=True)
def gather(
    values: NDArray[np.unsignedinteger],
    out: NDArray[np.unsignedinteger],
    route: Route,
    scheme: Scheme,
    rows: tuple[int, int],
) -> None:
    """Fill rows of a raster; pixels whose place lies outside of the source stay as they are.

    Args:
        values: ``(band, height * width)`` of the source.
        out: ``(band, rows, cols)``.
        route: How the two lie.
        scheme: See :func:`~ejmap_geo.patches.patch_scheme`.
        rows: First row of ``out`` to fill and the row after the last.
    """
    powers = np.empty((2, *scheme.inverse.shape))
    index = np.empty((PATCH_PX, PATCH_PX), np.int32)
    stack = np.empty((STACK, 4), np.int64)
    for top in range(rows[0], rows[1], PATCH_PX):
        height = min(PATCH_PX, rows[1] - top)
        for left in range(0, out.shape[2], PATCH_PX):
            width = min(PATCH_PX, out.shape[2] - left)
            push(stack, 0, (route.corner[0] + top, route.corner[1] + left, height, width))
            count = 1
            while count > 0:
                count -= 1
                block = stack[count, 0], stack[count, 1], stack[count, 2], stack[count, 3]
                if _is_out_of_reach(route, block):
                    continue
                if block[2] * block[3] <= EXACT_PX:
                    _read_pixels(values, out, route, block)
                    continue
                fits, middle = fit_patch(route.warp, block, scheme, powers)
                if fits:
                    _read_patch(values, out, route, _patch(route, block, powers, middle), index)
                else:
                    count = push_quarters(stack, count, block)


@njit
def _is_out_of_reach(route: Route, block: Block) -> bool:
    """Return whether all of a block lies beyond the antipode, or its places beyond the source."""
    warp, source = route.warp, route.source
    row, col, height, width = block
    middle = place_in(warp, row + height / 2, col + width / 2)
    # No pixel of the block is farther than this from its middle, on the sphere.
    apart = (height + width) / 2
    if warp.kind == BASEMAP_TO_AZIMUTHAL:
        apart_px = apart * (2 * math.pi / warp.period_px) / warp.step_rad
        range_px = math.hypot(middle[0] - warp.half_px, middle[1] - warp.half_px)
        return range_px - apart_px > math.sqrt(2) * warp.half_px + 1
    nearest_px = math.hypot(
        max(row - warp.half_px, warp.half_px - row - height, 0),
        max(col - warp.half_px, warp.half_px - col - width, 0),
    )
    apart_px = apart * warp.step_rad * warp.period_px / (2 * math.pi) + 1
    return (
        nearest_px * warp.step_rad > math.pi
        or middle[0] + apart_px < source[0]
        or middle[0] - apart_px > source[0] + source[2]
    )


@njit
def _read_pixels(
    values: NDArray[np.unsignedinteger],
    out: NDArray[np.unsignedinteger],
    route: Route,
    block: Block,
) -> None:
    """Read every pixel of a block by exact geometry."""
    for i in range(block[2]):
        for j in range(block[3]):
            place = place_in(route.warp, block[0] + i + 0.5, block[1] + j + 0.5)
            row, col = math.floor(place[0]), math.floor(place[1])
            row, col = _in_source(route, row - route.source[0], col - route.source[1])
            if row < 0 or _is_off_planet(route.warp, block[0] + i + 0.5, block[1] + j + 0.5):
                continue
            down, right = block[0] - route.corner[0] + i, block[1] - route.corner[1] + j
            for b in range(out.shape[0]):
                out[b, down, right] = values[b, row * route.source[3] + col]


@njit(inline="always")
def _is_off_planet(warp: Warp, row: float, col: float) -> bool:
    """Return whether a position of an azimuthal raster lies beyond the antipode."""
    if warp.kind != AZIMUTHAL_TO_BASEMAP:
        return False
    x, y = col - warp.half_px, row - warp.half_px
    return math.sqrt(x * x + y * y) * warp.step_rad > math.pi


@njit(inline="always")
def _in_source(route: Route, row: int, col: int) -> tuple[int, int]:
    """Return the pixel of the source for one counted from its corner; row -1 for none."""
    top, _, height, width = route.source
    if route.warp.kind == AZIMUTHAL_TO_BASEMAP:
        # The south pole itself would be one row too far.
        row = min(max(row, -top), route.warp.period_px // 2 - 1 - top)
        col %= route.warp.period_px
    return (row, col) if 0 <= row < height and 0 <= col < width else (-1, -1)


@njit
def _patch(route: Route, block: Block, powers: Powers, middle: tuple[float, float]) -> _Patch:
    row, col = math.floor(middle[0]), math.floor(middle[1])
    start = (middle[0] - row, middle[1] - col)
    row, col = row - route.source[0], col - route.source[1]
    if route.warp.kind == AZIMUTHAL_TO_BASEMAP:
        col %= route.warp.period_px
    return _Patch(block, powers, (row, col), start)


@njit
def _read_patch(
    values: NDArray[np.unsignedinteger],
    out: NDArray[np.unsignedinteger],
    route: Route,
    patch: _Patch,
    index: NDArray[np.int32],
) -> None:
    """Read the pixels of a block at the places that its polynomials give."""
    is_inside, is_outside = _overlap(route, patch)
    if is_outside:
        return
    if is_inside:
        _place_inside(index, route, patch)
    else:
        _place_anywhere(index, route, patch)
    first = patch.spot[0] * route.source[3] + patch.spot[1]
    down, right = patch.block[0] - route.corner[0], patch.block[1] - route.corner[1]
    for b in range(out.shape[0]):
        band = values[b]
        for i in range(patch.block[2]):
            places, line = index[i], out[b, down + i, right : right + patch.block[3]]
            if is_inside:
                for j in range(line.size):
                    # Unsigned: numba would count negative indices from the end.
                    line[j] = band[np.uint64(first + places[j])]
            else:
                for j in range(line.size):
                    if places[j] != OUTSIDE:
                        line[j] = band[np.uint64(first + places[j])]


@njit
def _overlap(route: Route, patch: _Patch) -> tuple[bool, bool]:
    """Return whether all places of a patch surely lie in the source, and whether none does."""
    warp, (_, _, height, width) = route.warp, route.source
    # A pixel for rounding down and one for float32.
    down, right = patch_reach(patch.powers[0]) + 2, patch_reach(patch.powers[1]) + 2
    top, bottom = patch.spot[0] - down, patch.spot[0] + down
    left, right = patch.spot[1] - right, patch.spot[1] + right
    is_inside = top >= 0 and left >= 0 and bottom < height and right < width
    is_outside = bottom < 0 or top > height or left > width or right < 0
    if warp.kind == AZIMUTHAL_TO_BASEMAP:
        row, col, block_height, block_width = patch.block
        farthest_row = max(warp.half_px - row, row + block_height - warp.half_px)
        farthest_col = max(warp.half_px - col, col + block_width - warp.half_px)
        is_inside &= math.hypot(farthest_row, farthest_col) * warp.step_rad <= math.pi
        # The spot's column is 0 to the period: the source may be met this, last or next time round.
        is_outside = bottom < 0 or top > height or (left > width and right < warp.period_px)
    return is_inside, is_outside


@njit
def _place_inside(index: NDArray[np.int32], route: Route, patch: _Patch) -> None:
    """Write which pixel of the source each pixel of a block is, counted from the spot."""
    height, width = patch.block[2], patch.block[3]
    half_height, half_width = max(height - 1, 1) / 2, max(width - 1, 1) / 2
    scale, shift = np.float32(1 / half_width), np.float32((0.5 - width / 2) / half_width)
    stride = np.int32(route.source[3])
    for i in range(height):
        v = (i + 0.5 - height / 2) / half_height
        down = along_row(patch.powers[0], v, patch.start[0])
        right = along_row(patch.powers[1], v, patch.start[1])
        line = index[i]
        for j in range(width):
            u = np.float32(j) * scale + shift
            row = np.int32(np.floor(along_u(down, u)))
            line[j] = row * stride + np.int32(np.floor(along_u(right, u)))


@njit
def _place_anywhere(index: NDArray[np.int32], route: Route, patch: _Patch) -> None:
    """Do as :func:`_place_inside` where places may lie outside or come round to the source."""
    height, width = patch.block[2], patch.block[3]
    half_height, half_width = max(height - 1, 1) / 2, max(width - 1, 1) / 2
    for i in range(height):
        v = (i + 0.5 - height / 2) / half_height
        down = along_row(patch.powers[0], v, patch.start[0])
        right = along_row(patch.powers[1], v, patch.start[1])
        for j in range(width):
            u = np.float32((j + 0.5 - width / 2) / half_width)
            row = patch.spot[0] + math.floor(along_u(down, u))
            col = patch.spot[1] + math.floor(along_u(right, u))
            row, col = _in_source(route, row, col)
            if row < 0 or _is_off_planet(
                route.warp, patch.block[0] + i + 0.5, patch.block[1] + j + 0.5
            ):
                index[i, j] = OUTSIDE
            else:
                index[i, j] = (row - patch.spot[0]) * route.source[3] + col - patch.spot[1]
