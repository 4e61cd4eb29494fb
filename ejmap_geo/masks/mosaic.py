"""Mosaics of overlapping tiles, and of the members of an ensemble.

Ties are decided on purpose: a pixel is set when its mean is above one half, so a tie clears it, as
does being covered by no tile at all (ADR 3).
"""

import math
from collections.abc import Callable, Iterable
from itertools import chain
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.window import Window
from ejmap_geo.resampling.strips import in_strips, kernel_input

# Probabilities, votes and members with a value, ``(rows, cols)`` each.
_Sums = tuple[NDArray[np.float32], NDArray[np.uint16], NDArray[np.uint16]]


# The border of ejecta where nothing moved it.
HALF = np.full(1, 0.5, np.float32)


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
        _add_tile(total[here], count[here], kernel_input(values[there]))
    in_strips(
        lambda *rows: _mean_in_place(total, count, rows), rows=window.height, cols=window.width
    )
    return total


def is_set(probability: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return where a probability is above one half; one half itself and NaN are clear."""
    return probability > 0.5


def past_border(
    probability: NDArray[np.float32], border: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return probabilities measured by the one at which ejecta begin: one half on it.

    Odds are divided by the odds of the border, so 0, 1 and their order stay.

    Args:
        probability: Any shape, 0 to 1.
        border: What broadcasts to it, above 0 and below 1.
    """
    if (border == HALF).all():
        return probability
    is_past, is_not = probability * (1 - border), (1 - probability) * border
    return (is_past / (is_past + is_not)).astype(np.float32, copy=False)


def is_voted(vote_fraction: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return where at least half of the members vote; one half sets, as published, NaN is clear."""
    return vote_fraction >= 0.5


def combine_members(members: Iterable[NDArray[np.floating]]) -> EnsembleLayers:
    """Average the members of an ensemble and count their votes, holding two members at most.

    Args:
        members: Probabilities of each member, ``(height, width)``, NaN where it has none. The only
            one, if of float32, is not copied but becomes the result's probability.

    Raises:
        RasterError: If there is no member or their shapes differ.
    """
    given = iter(members)
    first = next(given, None)
    if first is None:
        raise RasterError("an ensemble needs at least one member, got none")
    second = next(given, None)
    if second is None:
        return _one_member(first)
    shape, member_count = first.shape, 0
    sums, given = _empty_sums(shape), chain((first, second), given)
    # Held on to, they would take as much memory as all sums.
    del first, second
    for member in given:
        if member.shape != shape:
            raise RasterError(f"members must have one shape, got {shape} and {member.shape}")
        _in_rows(_add_member, sums, kernel_input(member).reshape(sums[0].shape))
        member_count += 1
    vote_fraction = np.empty_like(sums[0])
    _in_rows(_divide, sums, vote_fraction)
    return EnsembleLayers(sums[0].reshape(shape), vote_fraction.reshape(shape), member_count)


def _one_member(member: NDArray[np.floating]) -> EnsembleLayers:
    votes = np.empty(member.shape, np.float32)
    rows = (math.prod(member.shape[:-1]), member.shape[-1])
    given, out = kernel_input(member).reshape(rows), votes.reshape(rows)
    in_strips(lambda *strip: _vote(given, out, strip), rows=rows[0], cols=rows[1])
    return EnsembleLayers(member.astype(np.float32, copy=False), votes, 1)


def _empty_sums(shape: tuple[int, ...]) -> _Sums:
    # Rows for the kernels, whatever the shape: every dimension but the last becomes one.
    rows = (math.prod(shape[:-1]), shape[-1])
    return np.zeros(rows, np.float32), np.zeros(rows, np.uint16), np.zeros(rows, np.uint16)


def _in_rows(
    work: Callable[[_Sums, NDArray[np.floating], tuple[int, int]], None],
    sums: _Sums,
    layer: NDArray[np.floating],
) -> None:
    in_strips(lambda *rows: work(sums, layer, rows), rows=layer.shape[0], cols=layer.shape[1])


@njit(cache=True, nogil=True)
def _add_tile(
    total: NDArray[np.float32], count: NDArray[np.uint16], values: NDArray[np.floating]
) -> None:
    for i in range(values.shape[0]):
        row, row_total, row_count = values[i], total[i], count[i]
        for j in range(row.size):
            value = row[j]
            is_valid = not math.isnan(value)
            row_total[j] += value if is_valid else 0
            row_count[j] += np.uint16(is_valid)


@njit(cache=True, nogil=True, error_model="numpy")
def _mean_in_place(
    total: NDArray[np.float32], count: NDArray[np.uint16], rows: tuple[int, int]
) -> None:
    """Divide sums by counts; NaN where nothing was counted."""
    for i in range(rows[0], rows[1]):
        row_total, row_count = total[i], count[i]
        for j in range(row_total.size):
            row_total[j] /= np.float32(row_count[j])


@njit(cache=True, nogil=True)
def _add_member(sums: _Sums, member: NDArray[np.floating], rows: tuple[int, int]) -> None:
    """Add a member's probabilities, votes and pixels with a value to their sums."""
    total, votes, count = sums
    for i in range(rows[0], rows[1]):
        # Row by row and without a branch, so that many pixels are computed at a time.
        values, row_total, row_votes, row_count = member[i], total[i], votes[i], count[i]
        for j in range(values.size):
            value = values[j]
            is_valid = not math.isnan(value)
            row_total[j] += value if is_valid else 0
            row_votes[j] += np.uint16(value > 0.5)
            row_count[j] += np.uint16(is_valid)


@njit(cache=True, nogil=True)
def _vote(member: NDArray[np.floating], votes: NDArray[np.float32], rows: tuple[int, int]) -> None:
    """Write 1 where a member is above one half, 0 where it is not, NaN where it has no value."""
    for i in range(rows[0], rows[1]):
        row, row_votes = member[i], votes[i]
        for j in range(row.size):
            row_votes[j] = np.nan if math.isnan(row[j]) else np.float32(row[j] > 0.5)


# Divisions by 0 give NaN, as they do in numpy.
@njit(cache=True, nogil=True, error_model="numpy")
def _divide(sums: _Sums, vote_fraction: NDArray[np.float32], rows: tuple[int, int]) -> None:
    """Turn sums into means, the total in place; NaN where no member has a value."""
    total, votes, count = sums
    for i in range(rows[0], rows[1]):
        row_total, row_fraction = total[i], vote_fraction[i]
        row_votes, row_count = votes[i], count[i]
        for j in range(row_total.size):
            members = np.float32(row_count[j])
            row_total[j] /= members
            row_fraction[j] = np.float32(row_votes[j]) / members


def _overlap(
    place: Window, values: NDArray[np.generic], window: Window
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return the slices of what a tile and a window share, in the window and in the tile."""
    if values.shape != place.shape:
        raise RasterError(f"tile must fill its place of {place.shape} px, got {values.shape}")
    common = place.intersection(window)
    if common is None:
        return (slice(0, 0), slice(0, 0)), (slice(0, 0), slice(0, 0))
    return common.slices_in(window), common.slices_in(place)
