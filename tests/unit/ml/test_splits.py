"""Validation draws keep the strata, and repeat with their seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_ml.errors import SampleError
from ejmap_ml.splits import stratified_split


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


def test_each_stratum_gives_its_share() -> None:
    """A tenth of 100 and of 20."""
    strata = np.repeat([0, 5], [100, 20])

    _, validates = stratified_split(strata, fraction=0.1, rng=np.random.default_rng(0))

    np.testing.assert_array_equal(np.bincount(strata[validates]), [10, 0, 0, 0, 0, 2])


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
