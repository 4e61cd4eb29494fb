"""Clusters: pixels that hang together, found as runs along rows that touch runs of the next row.

A mask of many million pixels has few runs, and only those are joined and counted.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.resampling.strips import in_strips, kernel_input


class Runs(NamedTuple):
    """Unbroken runs of pixels along rows, row by row and from left to right.

    Attributes:
        first: Index of the first run of each row, and the number of runs, ``(rows + 1,)``.
        start: First column of each run, ``(run,)``.
        stop: Column after the last of each run, ``(run,)``.
    """

    first: NDArray[np.int64]
    start: NDArray[np.int32]
    stop: NDArray[np.int32]

    def where(self, is_chosen: NDArray[np.bool_]) -> "Runs":
        """Return some of the runs, ``is_chosen`` being ``(run,)``."""
        before = np.zeros(is_chosen.size + 1, np.int64)
        np.cumsum(is_chosen, out=before[1:])
        return Runs(before[self.first], self.start[is_chosen], self.stop[is_chosen])


class Clusters(NamedTuple):
    """What each run hangs together with, ``(run,)`` each.

    Attributes:
        number: Number of the cluster; the first run of a cluster has its own index.
        size_px: Pixels of the cluster.
        is_open: Whether the cluster reaches an edge of the raster.
    """

    number: NDArray[np.int64]
    size_px: NDArray[np.int64]
    is_open: NDArray[np.bool_]


def runs_of(mask: NDArray[np.bool_]) -> Runs:
    """Return the runs of set pixels of a mask, ``(rows, cols)``."""
    rows, cols = mask.shape
    given = kernel_input(mask)
    first = np.zeros(rows + 1, np.int64)
    in_strips(lambda *strip: _count_runs(given, first, strip), rows=rows, cols=cols)
    first = np.cumsum(first)
    runs = Runs(first, np.empty(first[-1], np.int32), np.empty(first[-1], np.int32))
    in_strips(lambda *strip: _list_runs(given, runs, strip), rows=rows, cols=cols)
    return runs


def gaps_between(runs: Runs, *, cols: int) -> Runs:
    """Return the runs of the pixels that no run holds, on a raster of ``cols`` columns."""
    most = runs.start.size + runs.first.size - 1
    gaps = Runs(np.zeros_like(runs.first), np.empty(most, np.int32), np.empty(most, np.int32))
    _list_gaps(runs, gaps, cols)
    count = int(gaps.first[-1])
    return Runs(gaps.first, gaps.start[:count], gaps.stop[:count])


def clusters_of(runs: Runs, *, cols: int, joins_corners: bool, wraps: bool = False) -> Clusters:
    """Return which runs hang together.

    Args:
        runs: Runs of a raster.
        cols: Columns of the raster.
        joins_corners: Whether pixels that touch with a corner hang together.
        wraps: Whether the last column is next to the first; the two are no edges then.
    """
    parent = np.arange(runs.start.size)
    _join_rows(runs, parent, 1 if joins_corners else 0)
    if wraps:
        _join_across_the_seam(runs, parent, cols, 1 if joins_corners else 0)
    clusters = Clusters(parent, np.zeros_like(parent), np.zeros(parent.size, np.bool_))
    _measure(runs, clusters, cols, wraps)
    return clusters


@njit(cache=True, nogil=True)
def paint_runs(mask: NDArray[np.bool_], runs: Runs, value: bool) -> None:
    """Give all pixels of the runs a value."""
    for i in range(mask.shape[0]):
        for k in range(runs.first[i], runs.first[i + 1]):
            mask[i, runs.start[k] : runs.stop[k]] = value


@njit(cache=True, nogil=True)
def _count_runs(mask: NDArray[np.bool_], count: NDArray[np.int64], rows: tuple[int, int]) -> None:
    """Write the number of runs of row i to place i + 1."""
    for i in range(rows[0], rows[1]):
        line = mask[i].view(np.uint8)
        starts = np.int64(line[0]) if line.size > 0 else 0
        for j in range(1, line.size):
            starts += line[j] > line[j - 1]
        count[i + 1] = starts


@njit(cache=True, nogil=True)
def _list_runs(mask: NDArray[np.bool_], runs: Runs, rows: tuple[int, int]) -> None:
    for i in range(rows[0], rows[1]):
        k, is_in_run = runs.first[i], False
        for j in range(mask.shape[1]):
            if mask[i, j] != is_in_run:
                if is_in_run:
                    runs.stop[k] = j
                    k += 1
                else:
                    runs.start[k] = j
                is_in_run = not is_in_run
        if is_in_run:
            runs.stop[k] = mask.shape[1]


@njit(cache=True, nogil=True)
def _list_gaps(runs: Runs, gaps: Runs, cols: int) -> None:
    count = 0
    for i in range(runs.first.size - 1):
        end = 0
        for k in range(runs.first[i], runs.first[i + 1] + 1):
            start = runs.start[k] if k < runs.first[i + 1] else cols
            if start > end:
                gaps.start[count], gaps.stop[count] = end, start
                count += 1
            if k < runs.first[i + 1]:
                end = runs.stop[k]
        gaps.first[i + 1] = count


@njit(cache=True, nogil=True)
def _root(parent: NDArray[np.int64], k: int) -> int:
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = parent[k]
    return k


@njit(cache=True, nogil=True)
def _unite(parent: NDArray[np.int64], a: int, b: int) -> None:
    a, b = _root(parent, a), _root(parent, b)
    parent[max(a, b)] = min(a, b)


@njit(cache=True, nogil=True)
def _join_rows(runs: Runs, parent: NDArray[np.int64], reach: int) -> None:
    """Unite runs that touch runs of the row above; ``reach`` is 1 where corners count."""
    for i in range(1, runs.first.size - 1):
        above, k = runs.first[i - 1], runs.first[i]
        while above < runs.first[i] and k < runs.first[i + 1]:
            if (
                runs.start[above] < runs.stop[k] + reach
                and runs.start[k] < runs.stop[above] + reach
            ):
                _unite(parent, above, k)
            # The one that ends first can touch nothing farther right.
            if runs.stop[above] < runs.stop[k]:
                above += 1
            else:
                k += 1


@njit(cache=True, nogil=True)
def _join_across_the_seam(runs: Runs, parent: NDArray[np.int64], cols: int, reach: int) -> None:
    rows = runs.first.size - 1
    for i in range(rows):
        last = runs.first[i + 1] - 1
        if last < runs.first[i] or runs.stop[last] != cols:
            continue
        for other in range(max(i - reach, 0), min(i + reach + 1, rows)):
            k = runs.first[other]
            if k < runs.first[other + 1] and runs.start[k] == 0:
                _unite(parent, last, k)


@njit(cache=True, nogil=True)
def _measure(runs: Runs, clusters: Clusters, cols: int, wraps: bool) -> None:
    """Number the clusters, whose numbers still are links from run to run, and count them."""
    number, size_px, is_open = clusters
    rows = runs.first.size - 1
    for i in range(rows):
        for k in range(runs.first[i], runs.first[i + 1]):
            number[k] = _root(number, k)
            size_px[number[k]] += runs.stop[k] - runs.start[k]
            at_side = not wraps and (runs.start[k] == 0 or runs.stop[k] == cols)
            is_open[number[k]] |= at_side or i in (0, rows - 1)
    for k in range(number.size):
        size_px[k], is_open[k] = size_px[number[k]], is_open[number[k]]
