"""Overlaps: the compiled loops in which the masks of many craters meet on one raster.

Every loop works on rows of its own and releases the GIL, see
:mod:`ejmap_geo.resampling.strips`. A *piece* is where a part of a mask that does not cross the
antimeridian lies: first row and column on the raster, first column of the mask and the column after
its last.
"""

from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.grids.window import Window
from ejmap_geo.resampling.strips import in_strips

Piece = tuple[int, int, int, int]
Rows = tuple[int, int]


def in_pieces(
    work: Callable[[Piece, Rows], None], window: Window, *, width_px: int, step: int = 1
) -> None:
    """Call ``work`` with every strip of every piece, one or two, of a mask that fills a window.

    Args:
        work: Calls a kernel with a piece and rows of the mask.
        window: Where the mask lies.
        width_px: Columns of the raster.
        step: Strips start at multiples of this.
    """
    for there, here in window.pieces(width_px):
        piece = (there[0].start, there[1].start, here[1].start, here[1].stop)
        in_strips(
            lambda *rows, piece=piece: work(piece, rows),
            rows=window.height,
            cols=window.width,
            step=step,
        )


@njit(cache=True, nogil=True)
def claim(
    labels: NDArray[np.uint16],
    overlap_count: NDArray[np.uint16],
    mask: NDArray[np.bool_],
    piece: Piece,
    codes: tuple[int, int],
    rows: Rows,
) -> None:
    """Label the pixels that a mask sets and count the claim.

    ``codes`` are the label of a pixel that nobody has claimed and that of one that somebody has;
    ``rows`` are rows of the mask.
    """
    top, left, first, stop = piece
    for i in range(rows[0], rows[1]):
        for j in range(first, stop):
            if mask[i, j]:
                row, col = top + i, left + j - first
                labels[row, col] = codes[0] if overlap_count[row, col] == 0 else codes[1]
                overlap_count[row, col] += 1


@njit(cache=True, nogil=True)
def add_claims(
    total: NDArray[np.uint32],
    places: NDArray[np.int64],
    mask: NDArray[np.bool_],
    piece: Piece,
    color: tuple[int, int, int],
    shape: tuple[int, Rows],
) -> None:
    """Add a colour, and 1 as the fourth number, to the total of every place that a mask sets.

    Args:
        total: ``(4, place)``.
        places: Flat indices of the contested pixels of the raster, growing.
        mask: ``(height, width)``.
        piece: Where a part of it lies.
        color: Red, green and blue.
        shape: Columns of the raster, and rows of the mask: the first and the one after the last.
    """
    top, left, first, stop = piece
    width_px, start, end = shape[0], shape[1][0], shape[1][1]
    for i in range(start, end):
        origin = (top + i) * width_px + left - first
        k = np.searchsorted(places, origin + first)
        while k < places.size and places[k] < origin + stop:
            if mask[i, places[k] - origin]:
                total[0, k] += color[0]
                total[1, k] += color[1]
                total[2, k] += color[2]
                total[3, k] += 1
            k += 1


@njit(cache=True, nogil=True)
def find_claimed(
    places: NDArray[np.int64],
    mask: NDArray[np.bool_],
    pieces: NDArray[np.int64],
    width_px: int,
    found: NDArray[np.int64],
) -> int:
    """Find the places that a mask sets, row by row of the mask.

    Args:
        places: Flat indices of pixels of some rows of the raster, growing.
        mask: ``(height, width)``.
        pieces: Where its parts lie, ``(piece, 4)``, from the left to the right of the mask; rows
            count from the first of ``places`` and may begin before it.
        width_px: Columns of the raster.
        found: Receives the number of each place and its pixel of the mask, ``(2, places)``.

    Returns:
        How many were found.
    """
    count = 0
    for i in range(mask.shape[0]):
        for piece in range(pieces.shape[0]):
            top, left, first, stop = pieces[piece]
            origin = (top + i) * width_px + left - first
            k = np.searchsorted(places, origin + first)
            while k < places.size and places[k] < origin + stop:
                j = places[k] - origin
                if mask[i, j]:
                    found[0, count] = k
                    found[1, count] = i * mask.shape[1] + j
                    count += 1
                k += 1
    return count


@njit(cache=True, nogil=True)
def paint(
    rgba: NDArray[np.uint8], labels: NDArray[np.uint16], table: NDArray[np.uint8], rows: Rows
) -> None:
    """Give every pixel the four bands of its label, ``table`` being ``(label, band)``."""
    for i in range(rows[0], rows[1]):
        for j in range(labels.shape[1]):
            label = labels[i, j]
            for band in range(4):
                rgba[band, i, j] = table[label, band]


@njit(cache=True, nogil=True)
def blend(
    picture: NDArray[np.uint8],
    rgba: NDArray[np.uint8],
    ground: NDArray[np.uint8],
    opacity: np.float32,
    rows: Rows,
) -> None:
    """Lay red, green, blue and alpha over the grey mean of the ground's bands, rounding half up."""
    bands = np.float32(ground.shape[0])
    share = opacity / np.float32(255)
    for i in range(rows[0], rows[1]):
        for j in range(rgba.shape[2]):
            grey = np.float32(0)
            for band in range(ground.shape[0]):
                grey += np.float32(ground[band, i, j])
            grey /= bands
            alpha = np.float32(rgba[3, i, j]) * share
            behind = grey * (np.float32(1) - alpha) + np.float32(0.5)
            for band in range(3):
                picture[band, i, j] = np.uint8(np.float32(rgba[band, i, j]) * alpha + behind)
