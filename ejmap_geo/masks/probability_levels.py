"""Probabilities in one byte: steps of equal odds, none of which lies on one half.

Level ``k`` of 1 to 254 stands for the probability whose logit is ``(k - 127.5) / 16``: .00037 to
.99963, at most .008 from what it was. 0 and 255 are zero and one themselves. Levels above 127 are
the probabilities above one half, so a mask follows from levels as from what they were rounded from.
"""

from functools import cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.resampling.lookup import looked_up
from ejmap_geo.resampling.strips import in_strips, kernel_input

STEPS_A_LOGIT = 16
HALF_LEVEL = 127.5
CERTAIN = 255
LEVELS = np.arange(CERTAIN + 1, dtype=np.uint8)
# Levels of votes: an even number, so that one half is a level.
VOTE_STEPS = 254
FORMULA = f"0: 0; 1 to 254: 1 / (1 + exp(({HALF_LEVEL} - value) / {STEPS_A_LOGIT})); 255: 1"
# Bits of a float32 that a first guess of its level drops: 64 kB of guesses stay in the cache.
_DROPPED_BITS = 14


def levels_of(probability: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the levels of probabilities.

    Args:
        probability: ``(rows, cols)``, 0 to 1. NaN counts as 0.
    """
    height, width = probability.shape
    levels = np.empty((height, width), np.uint8)
    given, tables = kernel_input(probability), level_tables()
    bits = given.view(np.uint32)
    in_strips(
        lambda *rows: _fill_levels(given, bits, tables, levels, rows),
        rows=height,
        cols=width,
    )
    return levels


def probability_of(levels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the probabilities that levels stand for, in their shape."""
    return looked_up(_values(), levels)


def as_probability(values: NDArray[np.float32 | np.uint8]) -> NDArray[np.float32]:
    """Return probabilities that are given as such, or as levels in bytes."""
    if values.dtype == np.uint8:
        return probability_of(values.view(np.uint8))
    return values.astype(np.float32, copy=False)


def vote_levels_of(share: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return shares of votes, ``(rows, cols)``, in 254 equal steps; one half is step 127."""
    height, width = share.shape
    levels, given = np.empty((height, width), np.uint8), kernel_input(share)
    in_strips(lambda *rows: _fill_vote_levels(given, levels, rows), rows=height, cols=width)
    return levels


def vote_share_of(levels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the shares of votes that levels stand for, in their shape."""
    return levels.astype(np.float32) / np.float32(VOTE_STEPS)


@cache
def _values() -> NDArray[np.float32]:
    logit = (np.arange(CERTAIN + 1) - HALF_LEVEL) / STEPS_A_LOGIT
    values = (1 / (1 + np.exp(-logit))).astype(np.float32)
    values[[0, CERTAIN]] = 0, 1
    return values


@cache
def level_tables() -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Return the highest probability of each level, and the lowest level of leading bits."""
    logit = (np.arange(CERTAIN) - 127) / STEPS_A_LOGIT
    edges = (1 / (1 + np.exp(-logit))).astype(np.float32)
    edges[127] = 0.5
    # Half of the first step, and what rounds to no less than one.
    edges[0], edges[CERTAIN - 1] = _values()[1] / 2, (1 + _values()[CERTAIN - 1]) / 2
    leading = np.arange((np.float32(1).view(np.uint32) >> _DROPPED_BITS) + 1, dtype=np.uint32)
    lowest = (leading << _DROPPED_BITS).view(np.float32)
    return edges, np.searchsorted(edges, lowest).astype(np.uint8)


@njit(cache=True, nogil=True)
def _fill_levels(
    probability: NDArray[np.float32],
    bits: NDArray[np.uint32],
    tables: tuple[NDArray[np.float32], NDArray[np.uint8]],
    levels: NDArray[np.uint8],
    rows: tuple[int, int],
) -> None:
    for i in range(rows[0], rows[1]):
        row_levels(probability[i], bits[i], tables, levels[i])


@njit
def row_levels(
    row: NDArray[np.float32],
    bits: NDArray[np.uint32],
    tables: tuple[NDArray[np.float32], NDArray[np.uint8]],
    levels: NDArray[np.uint8],
) -> None:
    """Write the levels of a row of probabilities, given as bits too, by :func:`level_tables`."""
    edges, guesses = tables
    for j in range(row.size):
        level = 0
        if row[j] > edges[0]:
            level = guesses[bits[j] >> _DROPPED_BITS]
            while level < CERTAIN and row[j] > edges[level]:
                level += 1
        levels[j] = level


@njit(cache=True, nogil=True)
def _fill_vote_levels(
    share: NDArray[np.float32], levels: NDArray[np.uint8], rows: tuple[int, int]
) -> None:
    for i in range(rows[0], rows[1]):
        row_vote_levels(share[i], levels[i])


@njit
def row_vote_levels(row: NDArray[np.float32], levels: NDArray[np.uint8]) -> None:
    """Write the levels of a row of shares of votes."""
    for j in range(row.size):
        levels[j] = np.uint8(row[j] * np.float32(VOTE_STEPS) + np.float32(0.5))
