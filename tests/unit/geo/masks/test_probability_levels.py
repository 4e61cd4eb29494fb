"""Probabilities in one byte: near enough, never on the other side of one half."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_geo.masks.probability_levels import (
    VOTE_STEPS,
    levels_of,
    probability_of,
    vote_levels_of,
    vote_share_of,
)

HALF = np.float32(0.5)


def _level(value: float) -> int:
    return int(levels_of(np.full((1, 1), value, np.float32))[0, 0])


@given(st.floats(0, 1, width=32))
def test_a_level_is_within_its_step_of_the_probability(value: float) -> None:
    """A 16th of a logit: at most 1/64 of it around one half, and 3.2 % of the odds elsewhere."""
    said = float(probability_of(np.array(_level(value), np.uint8)))

    assert said == pytest.approx(value, abs=0.0079)
    if 0.0005 < value < 0.9995:
        ratio = said / (1 - said) * (1 - value) / value
        assert abs(np.log(ratio)) <= 1 / 32 + 1e-3


@given(st.floats(0, 1, width=32), st.floats(0, 1, width=32))
def test_levels_keep_the_order_of_probabilities(one: float, other: float) -> None:
    """What is larger is never smaller afterwards."""
    low, high = sorted((one, other))

    assert _level(low) <= _level(high)


@pytest.mark.parametrize("value", [HALF, np.nextafter(HALF, np.float32(1))])
def test_rounding_never_crosses_one_half(value: np.float32) -> None:
    """One half itself is clear and the next number set, before and after."""
    said = probability_of(np.array(_level(float(value)), np.uint8))

    assert (said > HALF) == (value > HALF)


def test_zero_and_one_stay_what_they_are() -> None:
    """And a probability that is not known counts as none."""
    ends = np.array([[0, 1, np.nan, 1e-6]], np.float32)

    np.testing.assert_array_equal(probability_of(levels_of(ends)), [[0, 1, 0, 0]])


@pytest.mark.parametrize("members", [1, 2, 3, 5, 10, 64])
def test_votes_decide_as_before(members: int) -> None:
    """At least one half, and more than none, of every number of votes."""
    share = (np.arange(members + 1) / members).astype(np.float32)[None]

    said = vote_share_of(vote_levels_of(share))

    np.testing.assert_array_equal(said >= HALF, share >= HALF)
    np.testing.assert_array_equal(said > 0, share > 0)
    np.testing.assert_allclose(said, share, atol=0.5 / VOTE_STEPS + 1e-6)
