"""Splits: which labelled tiles test, train and validate.

All draws go through the tiles in the order in which they are given: sort them by their keys first,
and the same seed gives the same split.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ejmap_ml.errors import SampleError

DISTANCE_CLASSES = 5
# What a tile is in a TV-Test split.
UNUSED, TRAINS, TESTS = -1, 0, 1


def split_classes(
    is_connected: NDArray[np.bool_], distance_m: NDArray[np.floating]
) -> NDArray[np.int_]:
    """Return the class that tiles are stratified by: connected or not, and how far.

    Distances fall into five intervals of one length between the nearest and the farthest tile. An
    interval holds its far end, the first one both ends. As published.

    Args:
        is_connected: ``(tile,)`` whether a tile holds ejecta of its crater.
        distance_m: ``(tile,)`` distance of its middle from the crater's centre.

    Returns:
        ``(tile,)`` five times connected, plus the interval from 0 (near) to 4 (far).
    """
    if not len(distance_m):
        return np.zeros(0, np.int_)
    ends = np.linspace(distance_m.min(), distance_m.max(), DISTANCE_CLASSES + 1)
    interval = np.clip(np.digitize(distance_m, ends, right=True) - 1, 0, DISTANCE_CLASSES - 1)
    return is_connected.astype(np.int_) * DISTANCE_CLASSES + interval


def tv_test_split(
    strata: NDArray[np.int_], *, fraction: float, rng: np.random.Generator
) -> NDArray[np.int8]:
    """Draw the tiles that test, as equally from all strata as whole tiles allow.

    The share is taken of all tiles in strata of two or more, rounded down, but is at least one tile
    a stratum. Strata get their shares by largest remainder, ties by chance, and keep at least one
    tile that trains. A stratum of one tile trains.

    Args:
        strata: ``(tile,)`` class of each tile; those below 0 are not used.
        fraction: Share that tests, in [0, 1).
        rng: Source of the draw.

    Returns:
        ``(tile,)`` 0 trains or validates, 1 tests, -1 is not used.

    Raises:
        SampleError: The fraction is out of range.
    """
    if not 0 <= fraction < 1:
        raise SampleError(f"test fraction must lie in [0, 1), got {fraction}")
    split = np.where(strata < 0, UNUSED, TRAINS).astype(np.int8)
    members = {one: np.flatnonzero(strata == one) for one in np.unique(strata[strata >= 0])}
    drawn_from = [found for found in members.values() if len(found) > 1]
    if not drawn_from or fraction == 0:
        return split
    sizes = np.array([len(found) for found in drawn_from])
    wanted = max(int(fraction * sizes.sum()), len(sizes))
    for found, count in zip(drawn_from, _shares(sizes, wanted, rng), strict=True):
        split[rng.permutation(found)[:count]] = TESTS
    return split


def learning_curve_split(
    split: NDArray[np.int8],
    location: NDArray[np.int_],
    *,
    locations: int,
    rng: np.random.Generator,
) -> NDArray[np.int8]:
    """Return a split that trains on some tile locations only and tests on the same tiles.

    Locations are put into one random order of which the first are taken: of two draws from equally
    seeded generators the one with more locations holds the other.

    Args:
        split: ``(tile,)`` a split as of :func:`tv_test_split`.
        location: ``(tile,)`` where each tile lies; tiles of several craters share a place.
        locations: Number of locations that train.
        rng: Source of the order.

    Raises:
        SampleError: There are fewer locations with training tiles.
    """
    trains = split == TRAINS
    places = np.unique(location[trains])
    if not 1 <= locations <= len(places):
        raise SampleError(
            f"a learning curve cannot train on {locations} tile locations where there are "
            f"{len(places)}; lower the number or label more tiles"
        )
    chosen = rng.permutation(places)[:locations]
    return np.where(trains & ~np.isin(location, chosen), UNUSED, split).astype(np.int8)


def _shares(
    sizes: NDArray[np.int_], wanted: int, rng: np.random.Generator, *, least: int = 0
) -> NDArray[np.int_]:
    """Share ``wanted`` among strata in proportion to their sizes, none of them used up.

    Each gets at least ``least``, even if these are more than wanted.
    """
    exact = wanted * sizes / max(1, sizes.sum())
    shares = np.minimum(np.maximum(np.floor(exact).astype(np.int_), least), sizes - 1)
    while shares.sum() < min(wanted, int((sizes - 1).sum())):
        short = np.where(shares < sizes - 1, exact - shares, -np.inf)
        first = np.flatnonzero(short == short.max())
        shares[rng.choice(first)] += 1
    return shares


def stratified_split(
    strata: NDArray[np.int_], *, fraction: float, rng: np.random.Generator, least: int = 0
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Draw ``fraction`` of the samples for validation, as equally from all strata as can be.

    Of all samples in strata of two or more the share is taken, rounded to the nearest whole number,
    a half to the even one. Strata get their shares by largest remainder, so that many small ones
    validate too, ties by chance, and keep at least one sample that trains. A stratum of one sample
    trains. Both results are in rising order.

    Args:
        strata: Stratum of each sample.
        fraction: Share drawn, in [0, 1).
        rng: Source of the draw.
        least: Fewest samples drawn of each stratum that has more; none are if ``fraction`` is 0.

    Returns:
        Positions that train and positions that validate.

    Raises:
        SampleError: The fraction is out of range.
    """
    if not 0 <= fraction < 1:
        raise SampleError(f"validation fraction must lie in [0, 1), got {fraction}")
    members = [np.flatnonzero(strata == one) for one in np.unique(strata)]
    sizes = np.array([len(found) for found in members if len(found) > 1], np.int_)
    drawn_from = [rng.permutation(found) for found in members if len(found) > 1]
    wanted = round(fraction * int(sizes.sum()))
    shares = _shares(sizes, wanted, rng, least=least if fraction else 0)
    drawn = [found[:count] for found, count in zip(drawn_from, shares, strict=True)]
    validates = np.sort(np.concatenate([np.empty(0, np.intp), *drawn]))
    return np.setdiff1d(np.arange(len(strata)), validates), validates


def folds_of(keys: Sequence[str], *, count: int) -> NDArray[np.int_]:
    """Return the fold of each key: folds of equal size, to one, in an order that only keys decide.

    Args:
        keys: Different texts, in any order.
        count: Number of folds; some are empty where there are fewer keys.

    Returns:
        ``(key,)`` from 0 to ``count - 1``.
    """
    digests = [hashlib.sha256(key.encode()).hexdigest() for key in keys]
    rank = np.argsort(np.argsort(digests))
    return rank % count
