"""The loops that read one raster at the places of another's pixels: nearest pixel.

Places are those of exact float64 geometry to 0.001 pixels (see
:mod:`ejmap_geo.resampling.patches`): only a source this close to the edge of its pixel may be read
from the pixel beyond. Rasters come as unsigned integers of their width and flat bands, so that few
kernels have to be compiled.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.resampling.patch_index import (
    OUTSIDE,
    Part,
    Patch,
    Route,
    in_source,
    index_anywhere,
    index_inside,
    is_off_planet,
    overlap,
    patch_of,
)
from ejmap_geo.resampling.patches import (
    BASEMAP_TO_AZIMUTHAL,
    EXACT_SIDE_PX,
    PATCH_PX,
    POLAR_TO_BASEMAP,
    STACK,
    Block,
    Scheme,
    fit_patch,
    place_in,
    push,
    push_quarters,
)

# Half of a cache line of bytes.
TOUCH_PX = 32


@njit(cache=True, nogil=True)
def gather(
    values: NDArray[np.unsignedinteger],
    out: NDArray[np.unsignedinteger],
    route: Route,
    scheme: Scheme,
    rows: tuple[int, int],
) -> int:
    """Fill rows of a raster; pixels whose place lies outside of the source stay as they are.

    Args:
        values: ``(band, height * width)`` of the source.
        out: ``(band, rows, cols)``.
        route: How the two lie.
        scheme: See :func:`~ejmap_geo.resampling.patches.patch_scheme`.
        rows: First row of ``out`` to fill and the row after the last.

    Returns:
        A sum that means nothing: it keeps the compiler from leaving out :func:`_touch`.
    """
    touched = 0
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
                    patch = patch_of(route, block, part, powers, middle)
                    touched += _read_patch(values, out, route, patch, index)
                else:
                    count = push_quarters(stack, count, block)
    return touched


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
            row, col = in_source(route, row - route.source[0], col - route.source[1])
            if row < 0 or is_off_planet(route.warp, block[0] + i + 0.5, block[1] + j + 0.5):
                continue
            down, right = block[0] - route.corner[0] + i, block[1] - route.corner[1] + j
            for b in range(out.shape[0]):
                out[b, down, right] = values[b, row * route.source[3] + col]


@njit
def _read_patch(
    values: NDArray[np.unsignedinteger],
    out: NDArray[np.unsignedinteger],
    route: Route,
    patch: Patch,
    index: NDArray[np.int32],
) -> int:
    """Read the pixels of a block at the places that its polynomials give."""
    is_inside, is_outside = overlap(route, patch)
    if is_outside:
        return 0
    first = patch.spot[0] * route.source[3] + patch.spot[1]
    if is_inside:
        index_inside(index, route, patch)
        return _copy_all(values, out, route, patch, index, first)
    index_anywhere(index, route, patch)
    _copy_held(values, out, route, patch, index, first)
    return 0


@njit
def _copy_held(
    values: NDArray[np.unsignedinteger],
    out: NDArray[np.unsignedinteger],
    route: Route,
    patch: Patch,
    index: NDArray[np.int32],
    first: int,
) -> None:
    """Copy the pixels of a patch that lie inside, band by band."""
    down, start = patch.block[0] - route.corner[0], patch.part[2]
    left = patch.block[1] - route.corner[1]
    for b in range(out.shape[0]):
        band = values[b]
        for i in range(patch.part[0], patch.part[1]):
            places = index[i, start : patch.part[3]]
            line = out[b, down + i, left + start : left + patch.part[3]]
            for j in range(line.size):
                # Without a branch: where the outline runs, none can be foreseen.
                is_held = places[j] != OUTSIDE
                value = band[np.uint64(first + places[j] if is_held else 0)]
                line[j] = value if is_held else line[j]


@njit
def _copy_all(
    values: NDArray[np.unsignedinteger],
    out: NDArray[np.unsignedinteger],
    route: Route,
    patch: Patch,
    index: NDArray[np.int32],
    first: int,
) -> int:
    """Copy the pixels of a patch that lies wholly inside, band by band."""
    touched = 0
    for b in range(out.shape[0]):
        touched += _touch(values[b], index, first, patch.part)
    down, start = patch.block[0] - route.corner[0], patch.part[2]
    left = patch.block[1] - route.corner[1]
    for b in range(out.shape[0]):
        band = values[b]
        for i in range(patch.part[0], patch.part[1]):
            places = index[i, start : patch.part[3]]
            line = out[b, down + i, left + start : left + patch.part[3]]
            for j in range(line.size):
                # Unsigned: numba would count negative indices from the end.
                line[j] = band[np.uint64(first + places[j])]
    return touched


@njit
def _touch(
    band: NDArray[np.unsignedinteger], index: NDArray[np.int32], first: int, part: Part
) -> int:
    """Fetch what a patch reads into the cache: many lines at a time instead of one by one."""
    total = 0
    for i in range(part[0], part[1]):
        for j in range(part[2], part[3], TOUCH_PX):
            total += np.int64(band[np.uint64(first + index[i, j])])
        total += np.int64(band[np.uint64(first + index[i, part[3] - 1])])
    return int(total)
