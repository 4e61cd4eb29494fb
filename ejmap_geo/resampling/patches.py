"""Patches: squares of pixels whose places in another grid a polynomial gives to 0.0005 pixels.

Exact spherical geometry costs ten times what reading a pixel does. So it is computed at 25
places of a patch and described by a polynomial of degree 4 along both axes, which is compared
with exact geometry at the eight places where it errs most. Where it does not hold, as next to a
pole or to the antipode, the patch is split.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.grids.sphere import destination

# What a warp leads to: from pixels of one grid to their places in another.
AZIMUTHAL_TO_BASEMAP = 0
POLAR_TO_BASEMAP = 1
BASEMAP_TO_AZIMUTHAL = 2
AZIMUTHAL_TO_POLAR = 3

TERMS = 5
PATCH_PX = 128
# A block of this side has 64 pixels: it is cheaper to compute each than to fit and compare.
EXACT_SIDE_PX = 8
TOLERANCE_PX = 5e-4

# Rounding must not carry the antipode, which lies on the very edge of a whole-planet raster, over
# that edge. On a basemap of 23040 columns this is 4e-6 of a pixel.
NEARLY_PI = math.pi - 1e-9

# Splitting leaves three blocks behind at each of the four levels from 128 to 8 pixels.
STACK = 20

# First row, first column and side. Blocks of PATCH_PX start at multiples of it in their grid, so
# that a pixel is read from the same place whatever part of a raster is asked for.
Block = tuple[int, int, int]
Powers = NDArray[np.float64]
Coefficients = tuple[np.float32, np.float32, np.float32, np.float32, np.float32]


class Warp(NamedTuple):
    """How the pixels of one grid lie in another, both about one centre.

    Attributes:
        kind: One of the four constants of this module.
        lon0: Longitude of the centre in radians.
        sin_lat0: Sine of its latitude.
        cos_lat0: Cosine of its latitude.
        step_rad: Pixel size of the azimuthal raster in radians.
        half_px: Pixels from the centre of the azimuthal raster to each edge.
        period_px: Columns around the basemap; around the polar view where there is no basemap.
        turn_px: Columns around the polar view.
        inner_rad: Start of row 0 of the polar view, offset included; 1 for other warps.
        offset_rad: Offset inside the polar view's logarithm.
        per_log: Rows of the polar view a unit of the logarithm.
    """

    kind: int
    lon0: float
    sin_lat0: float
    cos_lat0: float
    step_rad: float
    half_px: int
    period_px: int
    turn_px: int = 1
    inner_rad: float = 1.0
    offset_rad: float = 0.0
    per_log: float = 1.0


class Scheme(NamedTuple):
    """Where a patch is computed exactly, and how the polynomial follows from that.

    Attributes:
        nodes: Chebyshev nodes between -1 and 1, ``(TERMS,)``.
        inverse: Coefficients of powers from values at the nodes, ``(TERMS, TERMS)``.
        probes: Row and column of the places to compare, ``(probe, 2)``.
    """

    nodes: NDArray[np.float64]
    inverse: NDArray[np.float64]
    probes: NDArray[np.float64]


@cache
def patch_scheme() -> Scheme:
    """Return the nodes of all patches.

    The error of interpolation between Chebyshev nodes is largest at the ends, so corners and
    middles of the sides are compared.
    """
    nodes = np.cos((np.arange(TERMS) + 0.5) * (np.pi / TERMS))
    inverse = np.linalg.inv(np.vander(nodes, increasing=True))
    ends = (-1.0, 0.0, 1.0)
    probes = np.array([(v, u) for v in ends for u in ends if (v, u) != (0, 0)])
    return Scheme(nodes, np.ascontiguousarray(inverse), probes)


@njit(cache=True)
def place_in(warp: Warp, row: float, col: float) -> tuple[float, float]:
    """Return where a position of the one grid lies in the other, exact; columns are not wrapped."""
    if warp.kind == BASEMAP_TO_AZIMUTHAL:
        return _place_in_azimuthal(warp, row, col)
    if warp.kind == POLAR_TO_BASEMAP:
        c = warp.inner_rad * math.exp(row / warp.per_log) - warp.offset_rad
        az = col * (2 * math.pi / warp.turn_px)
        return _basemap_place(warp, c, math.sin(az), math.cos(az))
    y, x = (warp.half_px - row) * warp.step_rad, (col - warp.half_px) * warp.step_rad
    c = math.sqrt(x * x + y * y)
    if warp.kind == AZIMUTHAL_TO_POLAR:
        ring = math.log((c + warp.offset_rad) / warp.inner_rad) * warp.per_log
        return ring, math.atan2(x, y) * (warp.period_px / (2 * math.pi))
    # At the centre every direction is as good: north.
    sin_az, cos_az = (x / c, y / c) if c > 0 else (0.0, 1.0)
    return _basemap_place(warp, c, sin_az, cos_az)


@njit(cache=True)
def _basemap_place(warp: Warp, c: float, sin_az: float, cos_az: float) -> tuple[float, float]:
    per_rad = warp.period_px / (2 * math.pi)
    lon, lat = destination(warp.sin_lat0, warp.cos_lat0, warp.lon0, c, sin_az, cos_az)
    return (math.pi / 2 - lat) * per_rad, (lon + math.pi) * per_rad


@njit(cache=True)
def _place_in_azimuthal(warp: Warp, row: float, col: float) -> tuple[float, float]:
    cell = 2 * math.pi / warp.period_px
    lat, dlon = math.pi / 2 - row * cell, col * cell - math.pi - warp.lon0
    sin_lat, cos_lat, cos_dlon = math.sin(lat), math.cos(lat), math.cos(dlon)
    east = cos_lat * math.sin(dlon)
    north = warp.cos_lat0 * sin_lat - warp.sin_lat0 * cos_lat * cos_dlon
    up = warp.sin_lat0 * sin_lat + warp.cos_lat0 * cos_lat * cos_dlon
    sin_c = math.sqrt(east * east + north * north)
    range_px = min(math.atan2(sin_c, up), NEARLY_PI) / warp.step_rad
    # At the centre and its antipode every direction is as good: north.
    sin_az, cos_az = (east / sin_c, north / sin_c) if sin_c > 0 else (0.0, 1.0)
    return warp.half_px - range_px * cos_az, warp.half_px + range_px * sin_az


@njit(cache=True, inline="always")
def _place_from(
    warp: Warp, origin: tuple[float, float], row: float, col: float
) -> tuple[float, float]:
    """Return a place in pixels from an origin, columns the short way round."""
    there_row, there_col = place_in(warp, row, col)
    across = there_col - origin[1]
    if warp.kind != BASEMAP_TO_AZIMUTHAL:
        across -= warp.period_px * math.floor(across / warp.period_px + 0.5)
    return there_row - origin[0], across


@njit(cache=True)
def fit_patch(
    warp: Warp, block: Block, scheme: Scheme, powers: Powers
) -> tuple[bool, tuple[float, float]]:
    """Describe the places of a block of pixels by polynomials.

    Args:
        warp: From the grid of the block to another.
        block: Pixels to describe.
        scheme: See :func:`patch_scheme`.
        powers: Is filled with coefficients ``(row or col, power of v, power of u)`` that give the
            place relative to that of the middle; v and u grow from -1 at the centre of the first
            row and column to 1 at that of the last.

    Returns:
        Whether the polynomials hold everywhere, and the exact place of the middle of the block.
    """
    row, col, side = block
    middle_row, middle_col, half = row + side / 2, col + side / 2, (side - 1) / 2
    origin = place_in(warp, middle_row, middle_col)
    values = np.empty((2, TERMS, TERMS))
    for i in range(TERMS):
        for j in range(TERMS):
            down = middle_row + scheme.nodes[i] * half
            right = middle_col + scheme.nodes[j] * half
            values[0, i, j], values[1, i, j] = _place_from(warp, origin, down, right)
    for axis in range(2):
        _to_powers(values[axis], scheme.inverse, powers[axis])
    for k in range(scheme.probes.shape[0]):
        v, u = scheme.probes[k, 0], scheme.probes[k, 1]
        down, right = middle_row + v * half, middle_col + u * half
        exact_row, exact_col = _place_from(warp, origin, down, right)
        off_row = _value(powers[0], v, u) - exact_row
        off_col = _value(powers[1], v, u) - exact_col
        # Not the opposite comparison: NaN is no fit.
        if not (abs(off_row) <= TOLERANCE_PX and abs(off_col) <= TOLERANCE_PX):
            return False, origin
    return True, origin


@njit(cache=True)
def _to_powers(values: NDArray[np.float64], inverse: NDArray[np.float64], powers: Powers) -> None:
    along = np.zeros((TERMS, TERMS))
    for i in range(TERMS):
        for j in range(TERMS):
            for k in range(TERMS):
                along[i, j] += inverse[j, k] * values[i, k]
    for i in range(TERMS):
        for j in range(TERMS):
            powers[i, j] = 0.0
            for k in range(TERMS):
                powers[i, j] += inverse[i, k] * along[k, j]


@njit(cache=True)
def _value(powers: Powers, v: float, u: float) -> float:
    total = 0.0
    for i in range(TERMS - 1, -1, -1):
        row = 0.0
        for j in range(TERMS - 1, -1, -1):
            row = row * u + powers[i, j]
        total = total * v + row
    return total


@njit(cache=True)
def patch_reach(powers: Powers) -> float:
    """Return how far the places of a patch lie from that of its middle at most, along one axis."""
    reach = 0.0
    for i in range(TERMS):
        for j in range(TERMS):
            reach += abs(powers[i, j])
    return reach


@njit(cache=True, inline="always")
def _down_to(powers: Powers, v: float, k: int) -> float:
    ends = v * (powers[3, k] + v * powers[4, k])
    return powers[0, k] + v * (powers[1, k] + v * (powers[2, k] + ends))


@njit(cache=True, inline="always")
def along_row(powers: Powers, v: float, start: float) -> Coefficients:
    """Return the polynomial in u of one row of a patch, in float32, ``start`` added to it.

    Float32 is good to 1e-4 pixels because places are counted from the middle of the patch.
    """
    return (
        np.float32(_down_to(powers, v, 0) + start),
        np.float32(_down_to(powers, v, 1)),
        np.float32(_down_to(powers, v, 2)),
        np.float32(_down_to(powers, v, 3)),
        np.float32(_down_to(powers, v, 4)),
    )


@njit(cache=True, inline="always")
def along_u(p: Coefficients, u: np.float32) -> np.float32:
    """Return the value of a row's polynomial."""
    return p[0] + u * (p[1] + u * (p[2] + u * (p[3] + u * p[4])))


@njit(cache=True)
def push_quarters(stack: NDArray[np.int64], count: int, block: Block) -> int:
    """Put the quarters of a block on a stack of ``count`` blocks and return how many there are."""
    row, col, side = block[0], block[1], block[2] // 2
    push(stack, count, (row, col, side))
    push(stack, count + 1, (row, col + side, side))
    push(stack, count + 2, (row + side, col, side))
    push(stack, count + 3, (row + side, col + side, side))
    return count + 4


@njit(cache=True)
def push(stack: NDArray[np.int64], count: int, block: Block) -> None:
    """Put a block on a stack of ``count`` blocks."""
    stack[count, 0], stack[count, 1], stack[count, 2] = block
