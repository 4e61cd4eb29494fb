"""Mosaics of overlapping tiles, and of the members of an ensemble.

Ties are decided on purpose: a pixel is set when its mean is above one half, so a tie clears it, as
does being covered by no tile at all (ADR 3).
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.window import Window


class EnsembleLayers(NamedTuple):
    """What the members of an ensemble say together, ``(height, width)`` each.

    Attributes:
        probability: Mean of the members' probabilities; NaN where no member has a value.
        vote_fraction: Share of the members whose own probability is above one half; NaN where no
            member has a value.
        member_count: Number of members.
    """

    probability: NDArray[np.float32]
    vote_fraction: NDArray[np.float32]
    member_count: int


def mean_probability(
    tiles: Iterable[tuple[Window, NDArray[np.floating]]], *, window: Window
) -> NDArray[np.float32]:
    """Average overlapping tiles.

    Args:
        tiles: Place in a grid and values ``(height, width)`` of each tile, read one at a time. What
            lies outside ``window`` is cut off; NaN values count as not covered.
        window: Part of the grid to fill.

    Returns:
        ``(height, width)`` of ``window``; NaN where no tile has a value.

    Raises:
        RasterError: If the values of a tile do not fill its place.
    """
    total = np.zeros(window.shape, np.float32)
    count = np.zeros(window.shape, np.uint16)
    for place, values in tiles:
        here, there = _overlap(place, values, window)
        seen = values[there]
        is_valid = ~np.isnan(seen)
        total[here] += np.where(is_valid, seen, 0)
        count[here] += is_valid
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def majority_vote(
    tiles: Iterable[tuple[Window, NDArray[np.bool_]]], *, window: Window
) -> NDArray[np.bool_]:
    """Merge overlapping binary tiles by strict majority.

    A pixel is set when more than half of the tiles that cover it set it, so a tie and an uncovered
    pixel are both clear.

    Args:
        tiles: Place in a grid and mask ``(height, width)`` of each tile, read one at a time.
        window: Part of the grid to fill.

    Returns:
        ``(height, width)`` of ``window``.

    Raises:
        RasterError: If a mask does not fill its place.
    """
    votes = np.zeros(window.shape, np.uint16)
    cover = np.zeros(window.shape, np.uint16)
    for place, mask in tiles:
        here, there = _overlap(place, mask, window)
        votes[here] += mask[there]
        cover[here] += 1
    # Wider than the counts: doubled votes must not overflow.
    return 2 * votes.astype(np.uint32) > cover


def is_set(probability: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return where a probability is above one half; one half itself and NaN are clear."""
    return probability > 0.5


def combine_members(members: Iterable[NDArray[np.floating]]) -> EnsembleLayers:
    """Average the members of an ensemble and count their votes, holding one member at a time.

    Args:
        members: Probabilities of each member, ``(height, width)``, NaN where it has none.

    Raises:
        RasterError: If there is no member or their shapes differ.
    """
    total = votes = count = None
    member_count = 0
    for member in members:
        if total is None or votes is None or count is None:
            total = np.zeros(member.shape, np.float32)
            votes, count = np.zeros(member.shape, np.uint16), np.zeros(member.shape, np.uint16)
        if member.shape != total.shape:
            raise RasterError(f"members must have one shape, got {total.shape} and {member.shape}")
        is_valid = ~np.isnan(member)
        total += np.where(is_valid, member, 0)
        votes += is_set(member)
        count += is_valid
        member_count += 1
    if total is None or votes is None or count is None:
        raise RasterError("an ensemble needs at least one member, got none")
    nothing = np.full_like(total, np.nan)
    return EnsembleLayers(
        probability=np.divide(total, count, out=nothing.copy(), where=count > 0),
        vote_fraction=np.divide(
            votes, count, out=nothing, where=count > 0, dtype=np.float32, casting="unsafe"
        ),
        member_count=member_count,
    )


def bounding_window(windows: Iterable[Window]) -> Window:
    """Return the smallest window that holds all ``windows``.

    Raises:
        RasterError: If there is none to hold.
    """
    boxes = [(w.row, w.col, w.row + w.height, w.col + w.width) for w in windows]
    if not boxes:
        raise RasterError("no window to bound; leave out craters without tiles")
    tops, lefts, bottoms, rights = zip(*boxes, strict=True)
    row, col = min(tops), min(lefts)
    return Window(row=row, col=col, height=max(bottoms) - row, width=max(rights) - col)


def _overlap(
    place: Window, values: NDArray[np.generic], window: Window
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return the slices of what a tile and a window share, in the window and in the tile."""
    if values.shape != place.shape:
        raise RasterError(f"tile must fill its place of {place.shape} px, got {values.shape}")
    common = place.intersection(window)
    if common is None:
        return (slice(0, 0), slice(0, 0)), (slice(0, 0), slice(0, 0))
    return _relative(common, window), _relative(common, place)


def _relative(common: Window, origin: Window) -> tuple[slice, slice]:
    top, left = common.row - origin.row, common.col - origin.col
    return slice(top, top + common.height), slice(left, left + common.width)
