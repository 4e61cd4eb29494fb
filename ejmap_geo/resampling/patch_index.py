"""Patch index: which pixel of the source each pixel of a patch is read from."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.resampling.patches import (
    AZIMUTHAL_TO_BASEMAP,
    BASEMAP_TO_AZIMUTHAL,
    Block,
    Powers,
    Warp,
    along_row,
    along_u,
    patch_reach,
)

# The index of a pixel that is to stay as it is.
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


class Patch(NamedTuple):
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


@njit(inline="always")
def is_off_planet(warp: Warp, row: float, col: float) -> bool:
    """Return whether a position of an azimuthal raster lies beyond the antipode."""
    if warp.kind != AZIMUTHAL_TO_BASEMAP:
        return False
    x, y = col - warp.half_px, row - warp.half_px
    return math.sqrt(x * x + y * y) * warp.step_rad > math.pi


@njit(inline="always")
def in_source(route: Route, row: int, col: int) -> tuple[int, int]:
    """Return the pixel of the source for one counted from its corner; row -1 for none."""
    top, _, height, width = route.source
    if route.warp.kind != BASEMAP_TO_AZIMUTHAL:
        # The south pole itself would be one row too far.
        row = min(max(row, -top), route.warp.period_px // 2 - 1 - top)
        while col < 0:
            col += route.warp.period_px
        while col >= route.warp.period_px:
            col -= route.warp.period_px
    return (row, col) if 0 <= row < height and 0 <= col < width else (-1, -1)


@njit
def patch_of(
    route: Route, block: Block, part: Part, powers: Powers, middle: tuple[float, float]
) -> Patch:
    """Return a block with its polynomials, ``middle`` being the exact place of its middle."""
    row, col = math.floor(middle[0]), math.floor(middle[1])
    start = (middle[0] - row, middle[1] - col)
    row, col = row - route.source[0], col - route.source[1]
    if route.warp.kind != BASEMAP_TO_AZIMUTHAL:
        col %= route.warp.period_px
    return Patch(block, part, powers, (row, col), start)


@njit
def overlap(route: Route, patch: Patch) -> tuple[bool, bool]:
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
    return is_inside and not _may_leave_planet(warp, patch.block), is_outside


@njit
def index_inside(index: NDArray[np.int32], route: Route, patch: Patch) -> None:
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
def index_anywhere(index: NDArray[np.int32], route: Route, patch: Patch) -> None:
    """Do as :func:`index_inside` where places may lie outside or come round to the source."""
    half = (patch.block[2] - 1) / 2
    scale, stride = np.float32(1 / half), np.int32(route.source[3])
    spot_row, spot_col = np.int32(patch.spot[0]), np.int32(patch.spot[1])
    height, width = np.int32(route.source[2]), np.int32(route.source[3])
    # Nothing comes round to an azimuthal raster: no limit is met there.
    first, last, period = np.int32(OUTSIDE), np.int32(-OUTSIDE - 1), np.int32(0)
    if route.warp.kind != BASEMAP_TO_AZIMUTHAL:
        # The south pole itself would be one row too far.
        first = np.int32(-route.source[0])
        last = np.int32(route.warp.period_px // 2 - 1 - route.source[0])
        period = np.int32(route.warp.period_px)
    for i in range(patch.part[0], patch.part[1]):
        v = (i - half) / half
        down = along_row(patch.powers[0], v, patch.start[0])
        right = along_row(patch.powers[1], v, patch.start[1])
        line = index[i]
        # Without branches, so that many pixels are computed at a time.
        for j in range(patch.part[2], patch.part[3]):
            u = np.float32(j) * scale - np.float32(1)
            row = spot_row + np.int32(np.floor(along_u(down, u)))
            col = spot_col + np.int32(np.floor(along_u(right, u)))
            row = min(max(row, first), last)
            col = col + period if col < 0 else col
            col = col - period if col >= period > 0 else col
            is_held = (row >= 0) & (row < height) & (col >= 0) & (col < width)
            place = (row - spot_row) * stride + (col - spot_col)
            line[j] = place if is_held else np.int32(OUTSIDE)
    _leave_out_beyond_planet(index, route.warp, patch)


@njit
def _leave_out_beyond_planet(index: NDArray[np.int32], warp: Warp, patch: Patch) -> None:
    if not _may_leave_planet(warp, patch.block):
        return
    for i in range(patch.part[0], patch.part[1]):
        for j in range(patch.part[2], patch.part[3]):
            if is_off_planet(warp, patch.block[0] + i + 0.5, patch.block[1] + j + 0.5):
                index[i, j] = OUTSIDE


@njit
def _may_leave_planet(warp: Warp, block: Block) -> bool:
    """Return whether a corner of a block of an azimuthal raster lies beyond the antipode."""
    row, col, side = block
    farthest_row = max(warp.half_px - row, row + side - warp.half_px)
    farthest_col = max(warp.half_px - col, col + side - warp.half_px)
    farthest_rad = math.hypot(farthest_row, farthest_col) * warp.step_rad
    return warp.kind == AZIMUTHAL_TO_BASEMAP and farthest_rad > math.pi
