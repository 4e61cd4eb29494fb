"""From what the members of an ensemble say in a polar view to layers around the crater.

Each member is resampled before the members are combined: a member votes in pixels of the raster,
not in polar cells. That is done patch by patch, so that no member is ever held as a raster.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.masks.mosaic import EnsembleLayers
from ejmap_geo.masks.polar_patches import (
    combine_patches,
    compare_patches,
    largest_in_patches,
    state_patches,
)
from ejmap_geo.masks.probability_levels import level_tables
from ejmap_geo.resampling.patches import PATCH_PX
from ejmap_geo.resampling.polar_gather import Spread
from ejmap_geo.resampling.polar_views import PolarViews
from ejmap_geo.resampling.strips import in_strips

Floats = NDArray[np.float32]
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
    *,
    by_votes: bool,
    polar: PolarGrid,
    azimuthal: AzimuthalGrid,
) -> NDArray[np.uint8]:
    """Combine the members around a crater, and state what they say in one byte a pixel.

    No raster of floats is made: four bytes a pixel of each layer would be most of the memory.

    Args:
        members: What decides, above one half, by each member, ``(rows, cols)`` on ``polar``.
        probability: Probability of ejecta on the same grid; None where it is the members' mean.
        by_votes: Whether at least half of the members set a pixel, instead of their mean above one
            half.
        polar: Grid of the members.
        azimuthal: Grid of the result, about the same centre.

    Returns:
        Levels of the probability, levels of the share of votes, and the mask as 0 and 1,
        ``(3, rows, cols)`` on ``azimuthal``.

    Raises:
        RasterError: If there is no member, or the grids have different centres.
    """
    others = [] if probability is None else [probability]
    views = _views([*members, *others], polar=polar, azimuthal=azimuthal)
    bands, tables = np.empty((3, *azimuthal.shape), np.uint8), level_tables()
    rule = len(members), by_votes
    _in_patches(lambda *rows: state_patches(views, rule, tables, bands, rows), azimuthal)
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
    views = _views([view], polar=polar, azimuthal=azimuthal)
    mask = np.empty(azimuthal.shape, np.bool_)
    seen = np.empty([-(-side_px // step) for side_px in azimuthal.shape], np.float32)
    # As numpy compares an array of floats with a number.
    least = np.float32(threshold)
    _in_patches(lambda *rows: compare_patches(views, least, step, (mask, seen), rows), azimuthal)
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
    views = _views(members, polar=polar, azimuthal=azimuthal)
    starts, sides = squares[:, :2], squares[:, 2:]
    # Between two neighbouring edges of squares lies no other: maxima of these blocks suffice.
    row_edges, col_edges = (
        np.unique(np.concatenate([[0, side_px], starts[:, k], starts[:, k] + sides[:, 0]]))
        for k, side_px in enumerate(azimuthal.shape)
    )

    def largest(first: int, stop: int) -> tuple[slice, Floats]:
        held = slice(*np.searchsorted(row_edges, [first + 1, stop]) - (1, 0))
        edges = row_edges[held.start : held.stop + 1]
        found = np.zeros((len(members) + 1, len(edges) - 1, len(col_edges) - 1), np.float32)
        largest_in_patches(views, (edges, col_edges), found, (first, stop))
        return held, found

    blocks = np.zeros((len(members) + 1, len(row_edges) - 1, len(col_edges) - 1), np.float32)
    # Two strips may end in one block.
    for held, found in _in_patches(largest, azimuthal):
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
    views = _views([*members, *others], polar=polar, azimuthal=azimuthal)
    count, shape = len(members), azimuthal.shape
    probability, vote_fraction = np.empty(shape, np.float32), np.empty(shape, np.float32)
    beside = np.empty(shape if others else (0, 0), np.float32)
    out = probability, vote_fraction, beside
    _in_patches(lambda *rows: combine_patches(views, count, out, rows), azimuthal)
    return EnsembleLayers(probability, vote_fraction, count), beside


def _views(views: Sequence[Floats], *, polar: PolarGrid, azimuthal: AzimuthalGrid) -> Spread:
    """Return what kernels interpolate views with.

    Raises:
        RasterError: If there is no view, or the grids have different centres.
    """
    if not len(views):
        raise RasterError("an ensemble needs at least one member, got none")
    return PolarViews(np.stack(views), polar=polar, azimuthal=azimuthal).spread


def _in_patches(work: Callable[[int, int], Result], azimuthal: AzimuthalGrid) -> list[Result]:
    rows, cols = azimuthal.shape
    return in_strips(work, rows=rows, cols=cols, step=PATCH_PX)
