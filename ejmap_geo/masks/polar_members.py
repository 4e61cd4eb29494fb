"""From what the members of an ensemble say in a polar view to layers around the crater.

Each member is resampled before the members are combined: a member votes in pixels of the raster,
not in polar cells. That is done some rows at a time, so that no member is ever held as a raster.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.masks.mosaic import EnsembleLayers
from ejmap_geo.masks.probability_levels import levels_of, vote_levels_of
from ejmap_geo.resampling.patches import PATCH_PX
from ejmap_geo.resampling.polar_views import PolarViews
from ejmap_geo.resampling.strips import in_strips

Floats = NDArray[np.float32]
# Which pixels are ejecta by the mean of members and the share of votes.
Decide = Callable[[Floats, Floats], NDArray[np.bool_]]
Result = TypeVar("Result")


def layers_of_views(
    members: Iterable[Floats], *, polar: PolarGrid, azimuthal: AzimuthalGrid
) -> EnsembleLayers:
    """Combine the members of an ensemble around a crater.

    Args:
        members: Probability of ejecta by each member, ``(rows, cols)`` on ``polar``.
        polar: Grid of the members.
        azimuthal: Grid of the result, about the same centre.

    Returns:
        Mean probability and vote fraction on ``azimuthal``; 0 within the inner and beyond the
        outer edge of the view.

    Raises:
        RasterError: If there is no member, or the grids have different centres.
    """
    return _layers(tuple(members), (), polar=polar, azimuthal=azimuthal)[0]


def layers_beside(
    members: Sequence[Floats], other: Floats, *, polar: PolarGrid, azimuthal: AzimuthalGrid
) -> tuple[EnsembleLayers, Floats]:
    """Combine the members around a crater, and resample another view of their grid beside them.

    Raises:
        RasterError: If there is no member, or the grids have different centres.
    """
    return _layers(members, (other,), polar=polar, azimuthal=azimuthal)


def stated_layers(
    members: Sequence[Floats],
    probability: Floats | None,
    is_ejecta: Decide,
    *,
    polar: PolarGrid,
    azimuthal: AzimuthalGrid,
) -> NDArray[np.uint8]:
    """Combine the members around a crater, and state what they say in one byte a pixel.

    No raster of floats is made: four bytes a pixel of each layer would be most of the memory.

    Args:
        members: What decides, above one half, by each member, ``(rows, cols)`` on ``polar``.
        probability: Probability of ejecta on the same grid; None where it is the members' mean.
        is_ejecta: Says of mean and share of votes, above one half each, which pixels are ejecta.
        polar: Grid of the members.
        azimuthal: Grid of the result, about the same centre.

    Returns:
        Levels of the probability, levels of the share of votes, and the mask as 0 and 1,
        ``(3, rows, cols)`` on ``azimuthal``.

    Raises:
        RasterError: If there is no member, or the grids have different centres.
    """
    count, others = len(members), [] if probability is None else [probability]
    bands = np.empty((3, *azimuthal.shape), np.uint8)

    def state(first: int, views: Floats) -> None:
        shape = views.shape[1:]
        mean, votes = np.empty(shape, np.float32), np.empty(shape, np.float32)
        _combine(views[:count], mean, votes)
        levels, vote_levels, mask = bands[:, first : first + len(mean)]
        levels[:] = levels_of(views[count] if others else mean)
        vote_levels[:] = vote_levels_of(votes)
        mask[:] = is_ejecta(mean, votes)

    _by_rows([*members, *others], state, polar=polar, azimuthal=azimuthal)
    return bands


def mask_above(
    view: Floats, threshold: float, *, polar: PolarGrid, azimuthal: AzimuthalGrid, step: int
) -> tuple[NDArray[np.bool_], Floats]:
    """Return where a view is above a threshold around a crater, and every n-th pixel of the view.

    Args:
        view: ``(rows, cols)`` on ``polar``.
        threshold: Pixels above are set.
        polar: Grid of the view.
        azimuthal: Grid of the mask, about the same centre.
        step: Rows and columns from a pixel of the view to the next one that is returned.

    Raises:
        RasterError: If the grids have different centres.
    """
    mask = np.empty(azimuthal.shape, np.bool_)
    seen = np.empty([-(-side_px // step) for side_px in azimuthal.shape], np.float32)

    def compare(first: int, views: Floats) -> None:
        stop = first + views.shape[1]
        np.greater(views[0], threshold, out=mask[first:stop])
        picked = seen[-(-first // step) : -(-stop // step)]
        picked[:] = views[0, -first % step :: step, ::step]

    _by_rows([view], compare, polar=polar, azimuthal=azimuthal)
    return mask, seen


def largest_in_squares(
    members: Sequence[Floats],
    squares: NDArray[np.int64],
    *,
    polar: PolarGrid,
    azimuthal: AzimuthalGrid,
) -> Floats:
    """Return the largest value of each member, and of their mean, in squares of a raster.

    Args:
        members: Probability of ejecta by each member, none below 0, ``(rows, cols)`` on ``polar``.
        squares: First row, first column and side of each inside ``azimuthal``, ``(square, 3)``.
        polar: Grid of the members.
        azimuthal: Grid of the raster, about the same centre.

    Returns:
        ``(member + 1, square)``, that of the mean last.

    Raises:
        RasterError: If there is no member, or the grids have different centres.
    """
    starts, sides = squares[:, :2], squares[:, 2:]
    # Between two neighbouring edges of squares lies no other: maxima of these blocks suffice.
    row_edges, col_edges = (
        np.unique(np.concatenate([[0, side_px], starts[:, k], starts[:, k] + sides[:, 0]]))
        for k, side_px in enumerate(azimuthal.shape)
    )
    count = len(members)
    blocks = np.zeros((count + 1, len(row_edges) - 1, len(col_edges) - 1), np.float32)

    def largest(first: int, views: Floats) -> tuple[slice, Floats]:
        stop = first + views.shape[1]
        mean = np.empty(views.shape[1:], np.float32)
        _combine(views, mean, np.empty_like(mean))
        held = slice(*np.searchsorted(row_edges, [first + 1, stop]) - (1, 0))
        edges = np.clip(row_edges[held.start : held.stop + 1], first, stop) - first
        found = np.empty((count + 1, len(edges) - 1, views.shape[2]), np.float32)
        for k, (top, bottom) in enumerate(pairwise(edges)):
            views[:, top:bottom].max(axis=1, out=found[:count, k])
            mean[top:bottom].max(axis=0, out=found[count, k])
        return held, np.maximum.reduceat(found, col_edges[:-1], axis=2)

    for held, found in _by_rows(members, largest, polar=polar, azimuthal=azimuthal):
        blocks[:, held] = np.maximum(blocks[:, held], found)
    rows, cols = (
        (np.searchsorted(edges, starts[:, k]), np.searchsorted(edges, starts[:, k] + sides[:, 0]))
        for k, edges in enumerate((row_edges, col_edges))
    )
    return _largest_of_blocks(blocks, rows, cols)


def _largest_of_blocks(
    blocks: Floats,
    rows: tuple[NDArray[np.intp], NDArray[np.intp]],
    cols: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> Floats:
    """Return the largest value of rectangles of blocks, given by their first and the one after."""
    found = np.zeros((len(blocks), len(rows[0])), np.float32)
    for down in range((rows[1] - rows[0]).max(initial=0)):
        row = np.minimum(rows[0] + down, rows[1] - 1)
        for right in range((cols[1] - cols[0]).max(initial=0)):
            col = np.minimum(cols[0] + right, cols[1] - 1)
            np.maximum(found, blocks[:, row, col], out=found)
    return found


def _layers(
    members: Sequence[Floats],
    others: Sequence[Floats],
    *,
    polar: PolarGrid,
    azimuthal: AzimuthalGrid,
) -> tuple[EnsembleLayers, Floats]:
    count, shape = len(members), azimuthal.shape
    probability, vote_fraction = np.empty(shape, np.float32), np.empty(shape, np.float32)
    beside = np.empty(shape if others else (0, 0), np.float32)

    def combine(first: int, views: Floats) -> None:
        rows = slice(first, first + views.shape[1])
        _combine(views[:count], probability[rows], vote_fraction[rows])
        if others:
            beside[rows] = views[count]

    _by_rows([*members, *others], combine, polar=polar, azimuthal=azimuthal)
    return EnsembleLayers(probability, vote_fraction, count), beside


def _by_rows(
    views: Sequence[Floats],
    work: Callable[[int, Floats], Result],
    *,
    polar: PolarGrid,
    azimuthal: AzimuthalGrid,
) -> list[Result]:
    """Call ``work`` with the first of some rows of the raster and the views on them, side by side.

    Raises:
        RasterError: If there is no view, or the grids have different centres.
    """
    if not len(views):
        raise RasterError("an ensemble needs at least one member, got none")
    given = PolarViews(np.stack(views), polar=polar, azimuthal=azimuthal)
    rows, cols = azimuthal.shape

    def strip(first: int, stop: int) -> list[Result]:
        room = np.empty((len(views), PATCH_PX, cols), np.float32)
        results: list[Result] = []
        for top in range(first, stop, PATCH_PX):
            part = room[:, : min(PATCH_PX, stop - top)]
            part[:] = 0
            given.fill(part, top)
            results.append(work(top, part))
        return results

    strips = in_strips(strip, rows=rows, cols=cols, step=PATCH_PX)
    return [result for results in strips for result in results]


@njit(cache=True, nogil=True)
def _combine(members: Floats, probability: Floats, vote_fraction: Floats) -> None:
    """Write the mean of members, and the share of them that is above one half."""
    count = np.float32(members.shape[0])
    for i in range(members.shape[1]):
        mean, votes = probability[i], vote_fraction[i]
        mean[:] = 0
        votes[:] = 0
        for member in range(members.shape[0]):
            values = members[member, i]
            for j in range(values.size):
                mean[j] += values[j]
                votes[j] += np.float32(values[j] > 0.5)
        for j in range(mean.size):
            mean[j] /= count
            votes[j] /= count
