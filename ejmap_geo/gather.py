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
    EXACT_SIDE_PX,
    PATCH_PX,
    POLAR_TO_BASEMAP,
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
# First and last rows, first and last columns; the last ones are not part of it.
Part = tuple[int, int, int, int]


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
        block: Where it lies in its grid.
        part: What is asked for of it.
        powers: Coefficients of the polynomials.
        spot: Row and column, counted from the corner of the source; they may lie outside.
        start: Where in its pixel the middle of the block lies, 0 to 1.
    """

    block: Block
    part: Part
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
    stack = np.empty((STACK, 3), np.int64)
    top, left = route.corner[0] + rows[0], route.corner[1]
    asked = top, left, route.corner[0] + rows[1], left + out.shape[2]
    for patch_top in range(top // PATCH_PX * PATCH_PX, asked[2], PATCH_PX):
        for patch_left in range(left // PATCH_PX * PATCH_PX, asked[3], PATCH_PX):
            push(stack, 0, (patch_top, patch_left, PATCH_PX))
            count = 1
            while count > 0:
                count -= 1
                block = stack[count, 0], stack[count, 1], stack[count, 2]
                part = _part(block, asked)
                if part[0] >= part[1] or part[2] >= part[3] or _is_out_of_reach(route, block):
                    continue
                if block[2] <= EXACT_SIDE_PX:
                    _read_pixels(values, out, route, block, part)
                    continue
                fits, middle = fit_patch(route.warp, block, scheme, powers)
                if fits:
                    patch = _patch(route, block, part, powers, middle)
                    _read_patch(values, out, route, patch, index)
                else:
                    count = push_quarters(stack, count, block)


@njit(inline="always")
def _part(block: Block, asked: Part) -> Part:
    """Return which rows and columns of a block are asked for, counted from its corner."""
    row, col, side = block
    return (
        max(asked[0] - row, 0),
        min(asked[2] - row, side),
        max(asked[1] - col, 0),
        min(asked[3] - col, side),
    )


@njit
def _is_out_of_reach(route: Route, block: Block) -> bool:
    """Return whether all of a block lies beyond the antipode, or its places beyond the source."""
    warp, source = route.warp, route.source
    if warp.kind == POLAR_TO_BASEMAP:
        return False
    row, col, side = block
    middle = place_in(warp, row + side / 2, col + side / 2)
    # No pixel of the block is farther than this from its middle, on the sphere.
    if warp.kind == BASEMAP_TO_AZIMUTHAL:
        apart_px = side * (2 * math.pi / warp.period_px) / warp.step_rad
        range_px = math.hypot(middle[0] - warp.half_px, middle[1] - warp.half_px)
        return range_px - apart_px > math.sqrt(2) * warp.half_px + 1
    nearest_px = math.hypot(
        max(row - warp.half_px, warp.half_px - row - side, 0),
        max(col - warp.half_px, warp.half_px - col - side, 0),
    )
    apart_px = side * warp.step_rad * warp.period_px / (2 * math.pi) + 1
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
    part: Part,
) -> None:
    """Read every pixel of a block by exact geometry."""
    for i in range(part[0], part[1]):
        for j in range(part[2], part[3]):
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
    if route.warp.kind != BASEMAP_TO_AZIMUTHAL:
        # The south pole itself would be one row too far.
        row = min(max(row, -top), route.warp.period_px // 2 - 1 - top)
        col %= route.warp.period_px
    return (row, col) if 0 <= row < height and 0 <= col < width else (-1, -1)


@njit
def _patch(
    route: Route, block: Block, part: Part, powers: Powers, middle: tuple[float, float]
) -> _Patch:
    row, col = math.floor(middle[0]), math.floor(middle[1])
    start = (middle[0] - row, middle[1] - col)
    row, col = row - route.source[0], col - route.source[1]
    if route.warp.kind != BASEMAP_TO_AZIMUTHAL:
        col %= route.warp.period_px
    return _Patch(block, part, powers, (row, col), start)


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
        for i in range(patch.part[0], patch.part[1]):
            start, stop = patch.part[2], patch.part[3]
            places, line = index[i, start:stop], out[b, down + i, right + start : right + stop]
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
    if warp.kind != BASEMAP_TO_AZIMUTHAL:
        # The spot's column is 0 to the period: the source may be met this, last or next time round.
        is_outside = bottom < 0 or top > height or (left > width and right < warp.period_px)
    if warp.kind == AZIMUTHAL_TO_BASEMAP:
        row, col, side = patch.block
        farthest_row = max(warp.half_px - row, row + side - warp.half_px)
        farthest_col = max(warp.half_px - col, col + side - warp.half_px)
        is_inside &= math.hypot(farthest_row, farthest_col) * warp.step_rad <= math.pi
    return is_inside, is_outside


@njit
def _place_inside(index: NDArray[np.int32], route: Route, patch: _Patch) -> None:
    """Write which pixel of the source each pixel of a block is, counted from the spot."""
    half = (patch.block[2] - 1) / 2
    scale, stride = np.float32(1 / half), np.int32(route.source[3])
    for i in range(patch.part[0], patch.part[1]):
        v = (i - half) / half
        down = along_row(patch.powers[0], v, patch.start[0])
        right = along_row(patch.powers[1], v, patch.start[1])
        line = index[i]
        for j in range(patch.part[2], patch.part[3]):
            u = np.float32(j) * scale - np.float32(1)
            row = np.int32(np.floor(along_u(down, u)))
            line[j] = row * stride + np.int32(np.floor(along_u(right, u)))


@njit
def _place_anywhere(index: NDArray[np.int32], route: Route, patch: _Patch) -> None:
    """Do as :func:`_place_inside` where places may lie outside or come round to the source."""
    half = (patch.block[2] - 1) / 2
    scale = np.float32(1 / half)
    for i in range(patch.part[0], patch.part[1]):
        v = (i - half) / half
        down = along_row(patch.powers[0], v, patch.start[0])
        right = along_row(patch.powers[1], v, patch.start[1])
        for j in range(patch.part[2], patch.part[3]):
            u = np.float32(j) * scale - np.float32(1)
            row = patch.spot[0] + math.floor(along_u(down, u))
            col = patch.spot[1] + math.floor(along_u(right, u))
            row, col = _in_source(route, row, col)
            if row < 0 or _is_off_planet(
                route.warp, patch.block[0] + i + 0.5, patch.block[1] + j + 0.5
            ):
                index[i, j] = OUTSIDE
            else:
                index[i, j] = (row - patch.spot[0]) * route.source[3] + col - patch.spot[1]
