"""Mosaics: overlaps, ties and coverage by hand arithmetic."""

import numpy as np
import pytest

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.mosaic import (
    HALF,
    combine_members,
    is_set,
    mean_probability,
    past_border,
)

LEFT = Window(row=0, col=0, height=1, width=2)
RIGHT = Window(row=0, col=1, height=1, width=2)
WHOLE = Window(row=0, col=0, height=1, width=4)


def test_overlapping_probabilities_are_averaged() -> None:
    """The shared pixel is the mean, the pixel that no tile covers has no value."""
    tiles = [(LEFT, np.array([[0.2, 0.4]])), (RIGHT, np.array([[0.8, 1.0]]))]

    merged = mean_probability(tiles, window=WHOLE)

    np.testing.assert_allclose(merged, [[0.2, 0.6, 1.0, np.nan]], rtol=1e-6)


def test_a_mean_of_exactly_one_half_is_clear() -> None:
    """A tie clears, and so does a pixel without a value."""
    mask = is_set(np.array([0.5, np.nextafter(np.float32(0.5), 1), np.nan], np.float32))

    np.testing.assert_array_equal(mask, [False, True, False])


def test_a_pixel_without_a_value_does_not_cover() -> None:
    """NaN in one tile leaves the other tile's value alone."""
    tiles = [(LEFT, np.array([[0.2, np.nan]])), (RIGHT, np.array([[0.8, 1.0]]))]

    assert mean_probability(tiles, window=WHOLE)[0, 1] == np.float32(0.8)


def test_tiles_are_cut_at_the_window() -> None:
    """A window in the middle of the grid takes its own part of each tile only."""
    window = Window(row=0, col=2, height=1, width=1)
    tiles = [(LEFT, np.array([[0.9, 0.9]])), (RIGHT, np.array([[0.1, 0.3]]))]

    np.testing.assert_allclose(mean_probability(tiles, window=window), [[0.3]], rtol=1e-6)


def test_a_tile_that_does_not_fill_its_place_is_refused() -> None:
    """Values must have the shape of their window."""
    with pytest.raises(RasterError, match="fill its place"):
        mean_probability([(LEFT, np.ones((2, 2)))], window=WHOLE)


def test_members_are_averaged_and_their_votes_counted() -> None:
    """Members at 0.5 do not vote; those without a value are not asked."""
    members = [np.array([0.9, 0.5, np.nan]), np.array([0.2, 0.7, np.nan])]
    members.append(np.array([0.7, np.nan, np.nan]))

    layers = combine_members(members)

    assert layers.member_count == 3
    np.testing.assert_allclose(layers.probability, [0.6, 0.6, np.nan], rtol=1e-6)
    np.testing.assert_allclose(layers.vote_fraction, [2 / 3, 1 / 2, np.nan], rtol=1e-6)


def test_a_single_member_votes_by_itself() -> None:
    """One half does not vote, and the next number of its own type does; NaN stays."""
    just_above = np.nextafter(0.5, 1)
    member = np.array([[0.5, just_above, np.nan], [0.0, 1.0, 0.4]])

    alone, twice = combine_members([member]), combine_members([member, member])

    assert alone.member_count == 1
    for layers in (alone, twice):
        np.testing.assert_array_equal(layers.probability, member.astype(np.float32))
        np.testing.assert_array_equal(layers.vote_fraction, [[0, 1, np.nan], [0, 1, 0]])
    assert alone.probability.dtype == alone.vote_fraction.dtype == np.float32


@pytest.mark.parametrize("shape", [(7,), (0,), (5, 6), (3, 4, 5), (0, 8, 8)], ids=str)
def test_members_may_be_maps_tiles_or_one_number_each(shape: tuple[int, ...]) -> None:
    """Every number is averaged by itself, and no number at all is an ordinary answer."""
    rng = np.random.default_rng(5)
    members = [rng.random(shape, np.float32) for _ in range(3)]

    layers = combine_members(members)

    assert layers.probability.dtype == layers.vote_fraction.dtype == np.float32
    np.testing.assert_allclose(layers.probability, np.mean(members, axis=0), rtol=1e-6)
    votes = np.mean(np.array(members) > 0.5, axis=0)
    np.testing.assert_allclose(layers.vote_fraction, votes, rtol=1e-6)


def test_an_ensemble_without_members_is_refused() -> None:
    """There is nothing to average."""
    with pytest.raises(RasterError, match="at least one member"):
        combine_members([])


def test_a_border_becomes_one_half_and_odds_keep_their_ratio() -> None:
    """Certainty stays certain, order stays order."""
    border = np.array([[0.2], [0.5], [0.9]], np.float32)
    probability = np.tile(np.array([0, 0.1, 0.2, 0.5, 0.9, 1], np.float32), (3, 1))

    found = past_border(probability, border)

    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[:, [0, -1]], [[0, 1]] * 3)
    np.testing.assert_allclose([found[0, 2], found[1, 3], found[2, 4]], 0.5, atol=1e-6)
    inner = slice(1, -1)
    odds = found[:, inner] / (1 - found[:, inner])
    expected = probability[:, inner] / (1 - probability[:, inner]) / (border / (1 - border))
    np.testing.assert_allclose(odds, expected, rtol=1e-4)
    assert past_border(probability, HALF) is probability
