"""Channels that tell a network where it looks: distance from the crater, and attention."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.errors import GridError
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.window import Window

DEFAULT_MARGIN = 0.1
# Values of the attention channel.
ELSEWHERE, IN_TILE, IN_CRATER = 0.0, 1.0, 2.0


def attention_window(
    azimuthal: AzimuthalGrid, *, tile: Window, radius_m: float, margin: float = DEFAULT_MARGIN
) -> Window:
    """Return the square crop in which a network sees both the crater and a tile.

    It is the bounding box of the crater's rim and the tile, grown by a margin on every side and
    made square about its middle, so that directions and shapes survive a change of size. Where it
    would leave the raster it is shifted back inside; it is never larger than the raster.

    Args:
        azimuthal: Grid about the crater's centre.
        tile: Place of the tile.
        radius_m: Rim radius of the crater.
        margin: Margin on each side as a share of the longer side of the bounding box.
    """
    size = azimuthal.shape[0]
    rim_px = radius_m / azimuthal.resolution_m
    near, far = azimuthal.half_size_px - rim_px, azimuthal.half_size_px + rim_px
    start = np.floor(np.minimum((tile.row, tile.col), near))
    stop = np.ceil(np.maximum((tile.row + tile.height, tile.col + tile.width), far))
    side_px = min(size, int(np.ceil((stop - start).max() * (1 + 2 * margin))))
    corner = np.floor((start + stop - side_px) / 2).astype(int)
    row, col = (int(place) for place in np.clip(corner, 0, size - side_px))
    return Window(row=row, col=col, height=side_px, width=side_px)


def attention_channel(
    crop: Window, *, azimuthal: AzimuthalGrid, tile: Window, radius_m: float, size_px: int
) -> NDArray[np.float32]:
    """Mark a crater and a tile in their common crop.

    The published channel has values from 0 to 2 and marks the same two things, how is not known;
    this is our own design: 0 elsewhere, 1 in the tile, 2 inside the rim, where the crater hides the
    tile. Both stay visible at any size: a rim smaller than 1.5 pixels of the channel is drawn with
    that radius, and a tile always has at least the pixel that holds its middle.

    Args:
        crop: Part of the raster that the channel shows, of :func:`attention_window`.
        azimuthal: Grid about the crater's centre.
        tile: Place of the tile.
        radius_m: Rim radius of the crater.
        size_px: Side of the channel.

    Returns:
        ``(size_px, size_px)``.
    """
    rows, rows_per_px = _sample_rows(crop.row, crop.height, size_px)
    cols, cols_per_px = _sample_rows(crop.col, crop.width, size_px)
    in_tile = np.outer(
        _within(rows, tile.row, tile.height, rows_per_px),
        _within(cols, tile.col, tile.width, cols_per_px),
    )
    rim_px = max(radius_m / azimuthal.resolution_m, 1.5 * max(rows_per_px, cols_per_px))
    half = azimuthal.half_size_px
    in_crater = np.hypot(rows[:, None] - half, cols - half) <= rim_px
    marks = np.where(in_tile, np.float32(IN_TILE), np.float32(ELSEWHERE))
    marks[in_crater] = IN_CRATER
    return marks


def resized(bands: NDArray[np.generic], *, size_px: int) -> NDArray[np.float32]:
    """Bring a crop to a square of fixed size: means where it shrinks, copies where it grows.

    Args:
        bands: ``(band, height, width)``.
        size_px: Side of the result.

    Returns:
        ``(band, size_px, size_px)``.

    Raises:
        GridError: If the size is not positive.
    """
    if size_px < 1:
        raise GridError(f"size must be positive pixels, got {size_px}")
    means = np.empty((len(bands), size_px, size_px), np.float32)
    rows, cols = (np.arange(size_px + 1) * length // size_px for length in bands.shape[1:])
    # Bytes are summed exactly in whole numbers, in half of the time.
    line = np.empty(bands.shape[2], np.int32 if bands.dtype == np.uint8 else np.float64)
    _box_means(bands, rows, cols, line, means)
    return means


def _sample_rows(start: int, length: int, size_px: int) -> tuple[NDArray[np.float64], float]:
    """Return where the centres of a channel's rows lie in the raster, and their spacing."""
    per_px = length / size_px
    return start + (np.arange(size_px, dtype=np.float64) + 0.5) * per_px, per_px


def _within(
    places: NDArray[np.float64], start: int, length: int, per_px: float
) -> NDArray[np.bool_]:
    middle = start + length / 2
    return (np.abs(places - middle) < length / 2) | (np.abs(places - middle) <= per_px / 2)


@njit(cache=True, nogil=True)
def _box_means(
    bands: NDArray[np.generic],
    rows: NDArray[np.intp],
    cols: NDArray[np.intp],
    line: NDArray[np.generic],
    means: NDArray[np.float32],
) -> None:
    """Fill ``means`` with those of boxes between edges; where two meet, the pixel at the edge.

    ``line`` is room for the sums of columns.
    """
    size = means.shape[1]
    for band in range(bands.shape[0]):
        for i in range(size):
            bottom = max(rows[i] + 1, rows[i + 1])
            line[:] = 0
            for row in range(rows[i], bottom):
                source = bands[band, row]
                for col in range(line.size):
                    line[col] += source[col]
            for j in range(size):
                right = max(cols[j] + 1, cols[j + 1])
                total = 0.0
                for col in range(cols[j], right):
                    total += line[col]
                means[band, i, j] = total / ((bottom - rows[i]) * (right - cols[j]))
