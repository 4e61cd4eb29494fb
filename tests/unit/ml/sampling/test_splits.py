"""Splits and validation draws keep the strata, and repeat with their seed."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_ml.errors import SampleError
from ejmap_ml.sampling.splits import (
    TESTS,
    TRAINS,
    UNUSED,
    folds_of,
    learning_curve_split,
    split_classes,
    stratified_split,
    tv_test_split,
)


@given(
    strata=st.lists(st.integers(0, 4), min_size=1, max_size=60),
    fraction=st.floats(0, 0.99),
    seed=st.integers(0, 99),
)
def test_every_sample_lands_in_exactly_one_part(
    strata: list[int], fraction: float, seed: int
) -> None:
    """Parts are disjoint, complete and sorted, and every stratum trains."""
    values = np.array(strata)

    train, validates = stratified_split(values, fraction=fraction, rng=np.random.default_rng(seed))

    np.testing.assert_array_equal(
        np.sort(np.concatenate([train, validates])), np.arange(len(strata))
    )
    assert set(values[train]) == set(strata)
    shared = [count for count in np.bincount(values) if count > 1]
    wanted = round(fraction * sum(shared))
    assert len(validates) == min(wanted, sum(shared) - len(shared))


def test_each_stratum_gives_its_share() -> None:
    """A tenth of 100 and of 20."""
    strata = np.repeat([0, 5], [100, 20])

    _, validates = stratified_split(strata, fraction=0.1, rng=np.random.default_rng(0))

    np.testing.assert_array_equal(np.bincount(strata[validates]), [10, 0, 0, 0, 0, 2])


@given(
    sizes=st.lists(st.integers(0, 9), min_size=1, max_size=6),
    fraction=st.floats(0.01, 0.6),
    seed=st.integers(0, 9),
)
def test_each_stratum_validates_where_asked(sizes: list[int], fraction: float, seed: int) -> None:
    """At least one of each stratum of two, never all of one, and never fewer than the share."""
    strata = np.repeat(np.arange(len(sizes)), sizes)

    train, validates = stratified_split(
        strata, fraction=fraction, rng=np.random.default_rng(seed), least=1
    )

    counts = np.bincount(strata[validates], minlength=len(sizes))
    assert [bool(count) for count in counts] == [size > 1 for size in sizes]
    assert set(strata[train]) == set(strata)
    shared = [size for size in sizes if size > 1]
    wanted = max(round(fraction * sum(shared)), len(shared))
    # Where one stratum is used up by its least, the others may give more than their share.
    assert wanted <= len(validates) or len(validates) == sum(shared) - len(shared)


def test_no_share_validates_nothing_whatever_the_least() -> None:
    """A fraction of 0 asks for no validation."""
    strata = np.array([0, 0, 1, 1])

    _, validates = stratified_split(strata, fraction=0, rng=np.random.default_rng(0), least=1)

    assert not validates.size


def test_many_small_strata_validate_too() -> None:
    """A tenth of four is none, but a tenth of ten times four is four."""
    strata = np.repeat(np.arange(10), 4)

    _, validates = stratified_split(strata, fraction=0.1, rng=np.random.default_rng(0))

    assert len(set(strata[validates])) == len(validates) == 4


def test_one_seed_draws_one_split() -> None:
    """Another seed draws another."""
    strata = np.zeros(50, int)
    draws = [
        stratified_split(strata, fraction=0.2, rng=np.random.default_rng(seed))[1].tolist()
        for seed in (1, 1, 2)
    ]

    assert draws[0] == draws[1] != draws[2]


def test_a_fraction_of_all_is_refused() -> None:
    """Something must train."""
    with pytest.raises(SampleError, match="must lie in"):
        stratified_split(np.zeros(3, int), fraction=1.0, rng=np.random.default_rng(0))


def test_a_class_tells_connection_and_distance() -> None:
    """Intervals of 20 between 0 and 100; each holds its far end, the first one both ends."""
    distance_m = np.array([0, 20, 20.1, 40, 99, 100, 50])
    is_connected = np.array([1, 0, 1, 0, 0, 1, 0], bool)

    classes = split_classes(is_connected, distance_m)

    assert classes.tolist() == [5, 0, 6, 1, 4, 9, 2]


def test_tiles_at_one_distance_are_of_one_class() -> None:
    """And no tiles have no classes."""
    assert split_classes(np.array([True, False]), np.array([7.0, 7.0])).tolist() == [5, 0]
    assert split_classes(np.zeros(0, bool), np.zeros(0)).size == 0


@given(
    strata=st.lists(st.integers(-1, 9), max_size=80),
    fraction=st.floats(0.01, 0.5),
    seed=st.integers(0, 99),
)
def test_a_test_split_leaves_something_of_every_class_to_train(
    strata: list[int], fraction: float, seed: int
) -> None:
    """Classes below 0 are not used, those of one tile train, every other one tests and trains."""
    classes = np.array(strata, np.int_)

    split = tv_test_split(classes, fraction=fraction, rng=np.random.default_rng(seed))

    np.testing.assert_array_equal(split == UNUSED, classes < 0)
    for one in np.unique(classes[classes >= 0]):
        own = split[classes == one]
        assert (own == TRAINS).any()
        assert not (len(own) == 1 and (own == TESTS).any())
    shared = [np.sum(classes == one) for one in np.unique(classes[classes >= 0])]
    shared = [count for count in shared if count > 1]
    wanted = max(int(fraction * sum(shared)), len(shared)) if shared else 0
    assert (split == TESTS).sum() == min(wanted, sum(shared) - len(shared))


def test_classes_test_in_their_share() -> None:
    """A fifth of 100, 50 and 5 tiles."""
    classes = np.repeat([0, 3, 7], [100, 50, 5])

    split = tv_test_split(classes, fraction=0.2, rng=np.random.default_rng(0))

    assert [int((split[classes == one] == TESTS).sum()) for one in (0, 3, 7)] == [20, 10, 1]


def test_one_seed_draws_one_test_split() -> None:
    """And another seed another one."""
    classes = np.repeat([0, 5], 40)

    first, again, other = (
        tv_test_split(classes, fraction=0.2, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )

    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@given(
    tiles=st.lists(
        st.tuples(st.sampled_from([UNUSED, TRAINS, TESTS]), st.integers(0, 12)),
        min_size=1,
        max_size=60,
    ).filter(lambda tiles: any(side == TRAINS for side, _ in tiles)),
    seed=st.integers(0, 99),
    order=st.randoms(use_true_random=False),
)
def test_learning_curves_are_nested_and_know_no_order(tiles, seed: int, order) -> None:
    """They test on the same tiles, train on ever more places, and rows may come in any order."""
    split = np.array([side for side, _ in tiles], np.int8)
    place = np.array([where for _, where in tiles])
    longest = len(np.unique(place[split == TRAINS]))
    shuffled = order.sample(range(len(tiles)), len(tiles))

    curve = [
        learning_curve_split(split, place, locations=count, rng=np.random.default_rng(seed))
        for count in range(1, longest + 1)
    ]

    for count, drawn in enumerate(curve, start=1):
        np.testing.assert_array_equal(drawn == TESTS, split == TESTS)
        assert len(np.unique(place[drawn == TRAINS])) == count
        again = learning_curve_split(
            split[shuffled], place[shuffled], locations=count, rng=np.random.default_rng(seed)
        )
        np.testing.assert_array_equal(again, drawn[shuffled])
    for shorter, longer in pairwise(curve):
        assert ((longer == TRAINS) | (shorter != TRAINS)).all()
    np.testing.assert_array_equal(curve[-1], split)


def test_a_learning_curve_cannot_be_longer_than_there_are_places() -> None:
    """One sentence with the number that there is."""
    split = np.zeros(4, np.int8)

    with pytest.raises(SampleError, match="train on 9 tile locations where there are 2; lower"):
        learning_curve_split(
            split, np.array([1, 1, 2, 2]), locations=9, rng=np.random.default_rng(0)
        )


@given(keys=st.lists(st.text(max_size=6), unique=True, max_size=30), count=st.integers(1, 7))
def test_folds_are_of_equal_size_and_know_no_order(keys: list[str], count: int) -> None:
    """To one key; the same keys in another order lie in the same folds."""
    folds = folds_of(keys, count=count)

    sizes = np.bincount(folds, minlength=count)
    assert sizes.sum() == len(keys)
    assert sizes.max() - sizes.min() <= 1
    np.testing.assert_array_equal(folds_of(keys[::-1], count=count), folds[::-1])
