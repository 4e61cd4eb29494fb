"""The loops of polar views: means of samples on the way in, interpolation on the way back."""

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.resampling.patches import (
    EXACT_SIDE_PX,
    PATCH_PX,
    STACK,
    Block,
    Powers,
    Scheme,
    Warp,
    along_row,
    along_u,
    fit_patch,
    place_in,
    push,
    push_quarters,
)

# Rows from one to the one after the last, and the first column, of a part of a raster.
Place: TypeAlias = tuple[int, int, int]


@njit(cache=True, nogil=True)
def pool(
    samples: NDArray[np.generic],
    out: NDArray[np.float32],
    across: tuple[int, int],
    nodata: float,
    rows: tuple[int, int],
) -> None:
    """Write the means of samples into rows of cells; a cell without a valid sample is left alone.

    Args:
        samples: ``(band, sampled rows, sampled columns)``.
        out: ``(band, rows, cols)``.
        across: Samples a cell along rows and columns. The last cells may have fewer rows of them.
        nodata: A sample whose bands all hold this value is left out; NaN equals nothing.
        rows: First row of ``out`` and the row after the last.
    """
    total = np.zeros(samples.shape[0])
    for i in range(rows[0], rows[1]):
        for j in range(out.shape[2]):
            total[:] = 0.0
            count = 0
            for row in range(i * across[0], min((i + 1) * across[0], samples.shape[1])):
                for col in range(j * across[1], (j + 1) * across[1]):
                    is_valid = False
                    for band in range(total.size):
                        is_valid |= samples[band, row, col] != nodata
                    if is_valid:
                        count += 1
                        for band in range(total.size):
                            total[band] += samples[band, row, col]
            if count > 0:
                for band in range(total.size):
                    out[band, i, j] = total[band] / count


@njit(cache=True, nogil=True)
def spread(
    values: NDArray[np.float32],
    out: NDArray[np.float32],
    warp: Warp,
    ranges_px: tuple[float, float],
    scheme: Scheme,
    place: Place,
) -> None:
    """Interpolate polar views of one grid on a part of an azimuthal raster.

    Args:
        values: ``(view, rows + 1, cols + 1)``: each view, its last row once more, and its first
            column behind the last.
        out: ``(view, rows, cols)``, the part asked for; what lies out of range stays as it is.
        warp: From the raster to the views.
        ranges_px: Nearest and farthest pixel centre to fill, in pixels of the raster.
        scheme: See :func:`~ejmap_geo.resampling.patches.patch_scheme`.
        place: First row of the raster that ``out`` holds, the row after the last, and the first
            column, a multiple of ``PATCH_PX``.
    """
    powers = np.empty((2, *scheme.inverse.shape))
    stack = np.empty((STACK, 3), np.int64)
    for top in range(place[0] // PATCH_PX * PATCH_PX, place[1], PATCH_PX):
        for left in range(place[2], place[2] + out.shape[2], PATCH_PX):
            push(stack, 0, (top, left, PATCH_PX))
            count = 1
            while count > 0:
                count -= 1
                block = stack[count, 0], stack[count, 1], stack[count, 2]
                nearest, farthest = _ranges_in(block, warp.half_px)
                if nearest > ranges_px[1] or farthest < ranges_px[0]:
                    continue
                if block[2] <= EXACT_SIDE_PX:
                    _spread_pixels(values, out, warp, ranges_px, block, place)
                    continue
                fits, middle = fit_patch(warp, block, scheme, powers)
                if fits:
                    fitted = (block, powers, middle)
                    _spread_patch(values, out, warp, ranges_px, fitted, place)
                else:
                    count = push_quarters(stack, count, block)


class Spread(NamedTuple):
    """What :func:`spread` takes beside the part to fill: views and how a raster lies in them."""

    values: NDArray[np.float32]
    warp: Warp
    ranges_px: tuple[float, float]
    scheme: Scheme


@njit
def spread_patch(views: Spread, room: NDArray[np.float32], place: Place) -> bool:
    """Interpolate views on a patch of the raster, 0 out of range; say whether any of it is in it.

    Args:
        views: The views.
        room: ``(view, rows, cols)`` of at most ``PATCH_PX``; as it was where nothing is in range.
        place: Where the patch lies.
    """
    block = (place[0], place[2], PATCH_PX)
    nearest, farthest = _ranges_in(block, views.warp.half_px)
    if nearest > views.ranges_px[1] or farthest < views.ranges_px[0]:
        return False
    if nearest <= views.ranges_px[0] or farthest >= views.ranges_px[1]:
        room[:] = 0
    spread(views.values, room, views.warp, views.ranges_px, views.scheme, place)
    return True


@njit
def _ranges_in(block: Block, half_px: int) -> tuple[float, float]:
    """Return how near and how far from the centre a block of a raster lies, corners included."""
    row, col, side = block
    nearest = math.hypot(
        max(row - half_px, half_px - row - side, 0), max(col - half_px, half_px - col - side, 0)
    )
    farthest = math.hypot(
        max(half_px - row, row + side - half_px), max(half_px - col, col + side - half_px)
    )
    return nearest, farthest


@njit(inline="always")
def _is_in_range(row: int, col: int, half_px: int, ranges_px: tuple[float, float]) -> bool:
    distance_px = math.sqrt((row + 0.5 - half_px) ** 2 + (col + 0.5 - half_px) ** 2)
    return ranges_px[0] <= distance_px <= ranges_px[1]


@njit(inline="always")
def _corner(
    rows: np.int32, cols: np.int32, row: np.float32, col: np.float32
) -> tuple[np.int32, np.float32, np.float32]:
    """Return the cell up and left of a place, and how far down and right of its centre it lies.

    The cell is counted in a view with one more row and one more column; ``row`` is limited to the
    first and last one, ``col`` may lie once round to either side.
    """
    row = min(max(row - np.float32(0.5), np.float32(0)), np.float32(rows - 1))
    # Positive, so that rounding towards 0 is rounding down.
    col = col + np.float32(cols) - np.float32(0.5)
    col = col + np.float32(cols) if col < 0 else col
    near, left = np.int32(row), np.int32(col)
    down, right = row - np.float32(near), col - np.float32(left)
    left = left - cols if left >= cols else left
    left = left - cols if left >= cols else left
    return near * (cols + np.int32(1)) + left, down, right


@njit(inline="always")
def _between(
    values: NDArray[np.float32], stride: int, cell: np.int32, down: np.float32, right: np.float32
) -> np.float32:
    """Return the value between the centres of a cell and the next ones."""
    # Unsigned: numba would count negative indices from the end.
    upper, lower = np.uint64(cell), np.uint64(cell + stride)
    one = np.uint64(1)
    above = values[upper] + (values[upper + one] - values[upper]) * right
    below = values[lower] + (values[lower + one] - values[lower]) * right
    return above + (below - above) * down


@njit
def _spread_pixels(
    values: NDArray[np.float32],
    out: NDArray[np.float32],
    warp: Warp,
    ranges_px: tuple[float, float],
    block: Block,
    place: Place,
) -> None:
    stride = values.shape[2]
    height, width = np.int32(values.shape[1] - 1), np.int32(values.shape[2] - 1)
    for i in range(max(block[0], place[0]), min(block[0] + block[2], place[1])):
        for j in range(block[1], min(block[1] + block[2], place[2] + out.shape[2])):
            if _is_in_range(i, j, warp.half_px, ranges_px):
                row, col = place_in(warp, i + 0.5, j + 0.5)
                cell, down, right = _corner(height, width, np.float32(row), np.float32(col))
                for view in range(values.shape[0]):
                    flat = values[view].reshape(-1)
                    out[view, i - place[0], j - place[2]] = _between(
                        flat, stride, cell, down, right
                    )


@njit
def _spread_patch(
    values: NDArray[np.float32],
    out: NDArray[np.float32],
    warp: Warp,
    ranges_px: tuple[float, float],
    fitted: tuple[Block, Powers, tuple[float, float]],
    place: Place,
) -> None:
    block, powers, middle = fitted
    half = (block[2] - 1) / 2
    scale = np.float32(1 / half)
    stride = values.shape[2]
    height, width = np.int32(values.shape[1] - 1), np.int32(values.shape[2] - 1)
    first = block[1] - place[2]
    count = min(block[2], out.shape[2] - first)
    cells, parts = np.empty(PATCH_PX, np.int32), np.empty((2, PATCH_PX), np.float32)
    nearest, farthest = _ranges_in(block, warp.half_px)
    is_all_in_range = nearest > ranges_px[0] and farthest < ranges_px[1]
    for i in range(max(block[0], place[0]), min(block[0] + block[2], place[1])):
        v = (i - block[0] - half) / half
        down = along_row(powers[0], v, middle[0])
        right = along_row(powers[1], v, middle[1])
        # In a loop of its own, without a branch: many places are computed at a time.
        for j in range(count):
            u = np.float32(j) * scale - np.float32(1)
            cells[j], parts[0, j], parts[1, j] = _corner(
                height, width, along_u(down, u), along_u(right, u)
            )
        for view in range(values.shape[0]):
            flat = values[view].reshape(-1)
            line = out[view, i - place[0], first : first + count]
            for j in range(count):
                if is_all_in_range or _is_in_range(i, block[1] + j, warp.half_px, ranges_px):
                    line[j] = _between(flat, stride, cells[j], parts[0, j], parts[1, j])
