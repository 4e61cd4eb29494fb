"""The loops of polar members: from views to layers, a patch at a time in the cache."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.masks.probability_levels import row_levels, row_vote_levels
from ejmap_geo.resampling.patches import PATCH_PX
from ejmap_geo.resampling.polar_gather import Spread, spread_patch

Floats = NDArray[np.float32]
# Compared with a number of Python, each value would become one of eight bytes.
HALF = np.float32(0.5)


@njit(cache=True, nogil=True)
def state_patches(
    views: Spread,
    rule: tuple[int, bool],
    tables: tuple[Floats, NDArray[np.uint8]],
    bands: NDArray[np.uint8],
    rows: tuple[int, int],
) -> None:
    """Write levels of probability and votes, and the mask, of rows of a raster.

    Args:
        views: Members, and behind them the probability if it is not their mean.
        rule: Number of members, and whether votes decide instead of their mean.
        tables: Of ``probability_levels``.
        bands: ``(3, rows, cols)``, the whole raster.
        rows: First row, a multiple of ``PATCH_PX``, and the row after the last.
    """
    count, by_votes = rule
    room = np.empty((views.values.shape[0], PATCH_PX, PATCH_PX), np.float32)
    mean, votes = np.empty(PATCH_PX, np.float32), np.empty(PATCH_PX, np.float32)
    for top in range(rows[0], rows[1], PATCH_PX):
        stop = min(top + PATCH_PX, rows[1])
        for left in range(0, bands.shape[2], PATCH_PX):
            right = min(left + PATCH_PX, bands.shape[2])
            part = room[:, : stop - top, : right - left]
            if not spread_patch(views, part, (top, stop, left)):
                bands[:, top:stop, left:right] = 0
                continue
            for i in range(stop - top):
                _combine(room, (count, i), mean, votes, right - left)
                likely = mean if count == room.shape[0] else room[count, i]
                levels, voted, mask = (
                    bands[0, top + i, left:right],
                    bands[1, top + i, left:right],
                    bands[2, top + i, left:right],
                )
                row_levels(
                    likely[: right - left], likely.view(np.uint32)[: right - left], tables, levels
                )
                row_vote_levels(votes[: right - left], voted)
                for j in range(right - left):
                    mask[j] = votes[j] >= HALF if by_votes else mean[j] > HALF


@njit(cache=True, nogil=True)
def combine_patches(
    views: Spread, count: int, out: tuple[Floats, Floats, Floats], rows: tuple[int, int]
) -> None:
    """Write the mean of members, the share of them above one half, and a further view if asked.

    Args:
        views: ``count`` members, and a further view or none.
        count: Number of members.
        out: The three layers, ``(rows, cols)``, the whole raster; the last one may be empty.
        rows: First row, a multiple of ``PATCH_PX``, and the row after the last.
    """
    mean, votes, beside = out
    room = np.empty((views.values.shape[0], PATCH_PX, PATCH_PX), np.float32)
    for top in range(rows[0], rows[1], PATCH_PX):
        stop = min(top + PATCH_PX, rows[1])
        for left in range(0, mean.shape[1], PATCH_PX):
            right = min(left + PATCH_PX, mean.shape[1])
            part = room[:, : stop - top, : right - left]
            if not spread_patch(views, part, (top, stop, left)):
                part[:] = 0
            for i in range(stop - top):
                places = mean[top + i, left:right], votes[top + i, left:right]
                _combine(room, (count, i), places[0], places[1], right - left)
                if count < room.shape[0]:
                    beside[top + i, left:right] = part[count, i]


@njit(cache=True, nogil=True)
def compare_patches(
    views: Spread,
    least: np.float32,
    step: int,
    out: tuple[NDArray[np.bool_], Floats],
    rows: tuple[int, int],
) -> None:
    """Write where a view is above a threshold, and its pixels in every n-th row and column.

    Args:
        views: The view.
        least: The threshold.
        step: From one of those pixels to the next.
        out: Mask and pixels, ``(rows, cols)``, both of the whole raster.
        rows: First row, a multiple of ``PATCH_PX``, and the row after the last.
    """
    mask, seen = out
    room = np.empty((1, PATCH_PX, PATCH_PX), np.float32)
    for top in range(rows[0], rows[1], PATCH_PX):
        stop = min(top + PATCH_PX, rows[1])
        for left in range(0, mask.shape[1], PATCH_PX):
            right = min(left + PATCH_PX, mask.shape[1])
            part = room[:, : stop - top, : right - left]
            if not spread_patch(views, part, (top, stop, left)):
                part[:] = 0
            for i in range(stop - top):
                line, values = mask[top + i, left:right], room[0, i]
                for j in range(line.size):
                    line[j] = values[j] > least
            for i in range(-(-top // step) * step, stop, step):
                for j in range(-(-left // step) * step, right, step):
                    seen[i // step, j // step] = room[0, i - top, j - left]


@njit(cache=True, nogil=True)
def largest_in_patches(
    views: Spread,
    edges: tuple[NDArray[np.int64], NDArray[np.int64]],
    largest: Floats,
    rows: tuple[int, int],
) -> None:
    """Raise to the largest value of members, and of their mean, in blocks of a raster.

    Args:
        views: The members.
        edges: First rows and columns of blocks, and the ones after the last; the first block may
            begin before ``rows`` and the last one end behind.
        largest: ``(member + 1, block rows, block columns)``.
        rows: First row, a multiple of ``PATCH_PX``, and the row after the last.
    """
    count, cols = views.values.shape[0], edges[1][-1]
    room, votes = (
        np.empty((count + 1, PATCH_PX, PATCH_PX), np.float32),
        np.empty(PATCH_PX, np.float32),
    )
    for top in range(rows[0], rows[1], PATCH_PX):
        stop = min(top + PATCH_PX, rows[1])
        for left in range(0, cols, PATCH_PX):
            right = min(left + PATCH_PX, cols)
            place = top, stop, left
            if spread_patch(views, room[:count, : stop - top, : right - left], place):
                for i in range(stop - top):
                    _combine(room, (count, i), room[count, i], votes, right - left)
                for view in range(count + 1):
                    _raise_blocks(room[view], edges, largest[view], (top, stop, left, right))


@njit
def _raise_blocks(
    values: Floats,
    edges: tuple[NDArray[np.int64], NDArray[np.int64]],
    largest: Floats,
    place: tuple[int, int, int, int],
) -> None:
    """Raise the largest values of the blocks that a patch of values touches."""
    (row_edges, col_edges), (top, stop, left, right) = edges, place
    high = np.empty(PATCH_PX, np.float32)
    first_col = np.searchsorted(col_edges, left, "right") - 1
    down = np.searchsorted(row_edges, top, "right") - 1
    while down < row_edges.size - 1 and row_edges[down] < stop:
        # Largest of columns first: many of them are compared at a time.
        high[:] = 0
        for i in range(max(row_edges[down], top), min(row_edges[down + 1], stop)):
            row = values[i - top]
            for j in range(high.size):
                high[j] = max(high[j], row[j])
        col = first_col
        while col < col_edges.size - 1 and col_edges[col] < right:
            found = largest[down, col]
            for j in range(max(col_edges[col], left), min(col_edges[col + 1], right)):
                found = max(found, high[j - left])
            largest[down, col] = found
            col += 1
        down += 1


# Checked for a division by 0, each pixel would be divided alone.
@njit(error_model="numpy")
def _combine(room: Floats, row: tuple[int, int], mean: Floats, votes: Floats, size: int) -> None:
    """Write the mean of the first members in a row, and the share of them above one half."""
    count = np.float32(row[0])
    mean[:size] = 0
    votes[:size] = 0
    for member in range(row[0]):
        # By one index each: a row of a part of the room would be taken for scattered values.
        values = room[member, row[1]]
        for j in range(size):
            mean[j] += values[j]
            votes[j] += np.float32(values[j] > HALF)
    for j in range(size):
        mean[j] /= count
        votes[j] /= count
