"""What EJCONN looks at: crops that hold a crater and a tile, with a channel that marks both.

Crops of tiles overlap many times, so one crater reads its raster a hundred times over: kernels cut
them, from rows that are added up once for all tiles that see the same rows.
"""

import math
from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.errors import GridError
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.resampling.strips import kernel_input
from ejmap_geo.tiles.tiling import Tile

DEFAULT_MARGIN = 0.1
# Values of the attention channel.
ELSEWHERE, IN_TILE, IN_CRATER = 0, 1, 2
# Pixels of the raster that are averaged into one of a crop, at most twice as many along each axis:
# more would cost minutes a planet and change nothing that a network could tell. Kernels hold the
# sum of so many bytes in 16 bits.
SAMPLES_PER_PX = 4


def attention_windows(
    azimuthal: AzimuthalGrid,
    squares: NDArray[np.int64],
    *,
    radius_m: float,
    margin: float = DEFAULT_MARGIN,
) -> NDArray[np.int64]:
    """Return the square crops in which a network sees both the crater and a tile.

    Each is the bounding box of the crater's rim and a tile, grown by a margin on every side and
    made square about its middle, so that directions and shapes survive a change of size. Where it
    would leave the raster it is shifted back inside; it is never larger than the raster.

    Args:
        azimuthal: Grid about the crater's centre.
        squares: First row, first column and side of each tile, ``(tile, 3)``.
        radius_m: Rim radius of the crater.
        margin: Margin on each side as a share of the longer side of the bounding box.

    Returns:
        First row, first column and side of each crop, ``(tile, 3)``.
    """
    size = azimuthal.shape[0]
    rim_px = radius_m / azimuthal.resolution_m
    near, far = azimuthal.half_size_px - rim_px, azimuthal.half_size_px + rim_px
    corners, sides = squares[:, :2], squares[:, 2:]
    start = np.floor(np.minimum(corners, near))
    stop = np.ceil(np.maximum(corners + sides, far))
    longest = (stop - start).max(axis=1, keepdims=True)
    side_px = np.minimum(size, np.ceil(longest * (1 + 2 * margin)))
    corner = np.clip(np.floor((start + stop - side_px) / 2), 0, size - side_px)
    return np.concatenate([corner, side_px], axis=1).astype(np.int64)


def attention_crops(
    mosaic: NDArray[np.uint8],
    tiles: Sequence[Tile],
    *,
    azimuthal: AzimuthalGrid,
    radius_m: float,
    size_px: int,
) -> NDArray[np.uint8]:
    """Cut the crops of tiles and bring them to one size: means where they shrink, else copies.

    A crop of more than ``SAMPLES_PER_PX`` pixels for each of its own takes every second, third ...
    row and column of the raster.

    The published channel of attention has values from 0 to 2 and marks the same two things, how is
    not known; this is our own design: 0 elsewhere, 1 in the tile, 2 inside the rim, where the
    crater hides the tile. Both stay visible at any size: a rim smaller than 1.5 pixels of the
    channel is drawn with that radius, and a tile always has at least the pixel that holds its
    middle.

    Args:
        mosaic: Raster about the crater, ``(band, rows, cols)`` on ``azimuthal``.
        tiles: The tiles.
        azimuthal: Grid about the crater's centre.
        radius_m: Rim radius of the crater.
        size_px: Side of the crops.

    Returns:
        Bands and attention, ``(tile, band + 1, size_px, size_px)``.

    Raises:
        GridError: If the size is not positive.
    """
    if size_px < 1:
        raise GridError(f"size must be positive pixels, got {size_px}")
    places = [(tile.row, tile.col, tile.side_px) for tile in tiles]
    squares = np.array(places, np.int64).reshape(-1, 3)
    windows = attention_windows(azimuthal, squares, radius_m=radius_m)
    crops = np.empty((len(squares), len(mosaic) + 1, size_px, size_px), np.uint8)
    _fill_means(kernel_input(mosaic), windows, crops)
    rim_px = radius_m / azimuthal.resolution_m
    _fill_marks(windows, squares, float(azimuthal.half_size_px), rim_px, crops)
    return crops


@njit(cache=True, nogil=True)
def _fill_means(
    mosaic: NDArray[np.uint8], windows: NDArray[np.int64], crops: NDArray[np.uint8]
) -> None:
    """Fill the bands of crops, those of neighbours together that show the same rows."""
    first = 0
    while first < len(windows):
        last = first + 1
        while (
            last < len(windows)
            and windows[last, 0] == windows[first, 0]
            and windows[last, 2] == windows[first, 2]
        ):
            last += 1
        _fill_means_of_rows(mosaic, windows[first:last], crops[first:last])
        first = last


@njit(cache=True, nogil=True)
def _fill_means_of_rows(
    mosaic: NDArray[np.uint8], windows: NDArray[np.int64], crops: NDArray[np.uint8]
) -> None:
    """Fill the bands of crops of the same rows."""
    size, row, side = crops.shape[2], windows[0, 0], windows[0, 2]
    step = max(1, side // (SAMPLES_PER_PX * size))
    sampled = -(-side // step)
    # Edges of boxes. They are counts without a sign, which saves a check of every place.
    starts, stops = np.empty(size, np.uint32), np.empty(size, np.uint32)
    for i in range(size):
        starts[i] = i * sampled // size
        stops[i] = max(i * sampled // size + 1, (i + 1) * sampled // size)
    left, right = windows[:, 1].min(), windows[:, 1].max() + side
    sums = np.empty(right - left, np.uint16)
    sums_before = np.zeros(sampled + 1, np.uint32)
    for band in range(mosaic.shape[0]):
        for i in range(size):
            rows = stops[i] - starts[i]
            top = row + np.int64(starts[i]) * step
            _sum_rows(mosaic[band], (top, step, rows), (left, right), sums)
            for k in range(len(windows)):
                col = windows[k, 1] - left
                seen = sums[col : col + side : step]
                total = np.uint32(0)
                for j in range(sampled):
                    total += seen[j]
                    sums_before[j + 1] = total
                means = crops[k, band, i]
                for j in range(size):
                    # Sums of bytes and numbers of pixels are exact in float32.
                    box = np.float32(sums_before[stops[j]] - sums_before[starts[j]])
                    means[j] = np.uint8(np.rint(box / np.float32(rows * (stops[j] - starts[j]))))


@njit(cache=True, nogil=True)
def _sum_rows(
    band: NDArray[np.uint8],
    rows: tuple[int, int, int],
    cols: tuple[int, int],
    sums: NDArray[np.uint16],
) -> None:
    """Add up rows, of which the first, the distance and the number are given."""
    at, step, count = rows
    left, right = cols
    sums[:] = 0
    # Four at a time: sums are fetched and stored less often.
    for _ in range(count // 4):
        first, second = band[at, left:right], band[at + step, left:right]
        third, fourth = band[at + 2 * step, left:right], band[at + 3 * step, left:right]
        for j in range(sums.size):
            sums[j] += (np.uint16(first[j]) + np.uint16(second[j])) + (
                np.uint16(third[j]) + np.uint16(fourth[j])
            )
        at += 4 * step
    for _ in range(count % 4):
        row = band[at, left:right]
        for j in range(sums.size):
            sums[j] += np.uint16(row[j])
        at += step


@njit(cache=True, nogil=True)
def _fill_marks(
    windows: NDArray[np.int64],
    squares: NDArray[np.int64],
    half_size_px: float,
    rim_px: float,
    crops: NDArray[np.uint8],
) -> None:
    """Fill the last channel of crops: what of them is crater, and what is tile."""
    size = crops.shape[2]
    for k in range(len(windows)):
        marks = crops[k, -1]
        per_px = windows[k, 2] / size
        rim = max(rim_px, 1.5 * per_px)
        for i in range(size):
            y = windows[k, 0] + (i + 0.5) * per_px
            is_row = _is_within(y, squares[k, 0], squares[k, 2], per_px)
            for j in range(size):
                x = windows[k, 1] + (j + 0.5) * per_px
                is_in = is_row and _is_within(x, squares[k, 1], squares[k, 2], per_px)
                marks[i, j] = IN_TILE if is_in else ELSEWHERE
            if abs(y - half_size_px) > rim:
                continue
            for j in range(size):
                x = windows[k, 1] + (j + 0.5) * per_px
                if math.hypot(y - half_size_px, x - half_size_px) <= rim:
                    marks[i, j] = IN_CRATER


@njit(cache=True, nogil=True)
def _is_within(place: float, start: int, length: int, per_px: float) -> bool:
    from_middle = abs(place - (start + length / 2))
    return from_middle < length / 2 or from_middle <= per_px / 2
