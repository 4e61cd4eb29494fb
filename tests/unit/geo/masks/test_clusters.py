"""Clusters of runs against scipy's labels, and runs against the mask they were taken from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from ejmap_geo.masks.clusters import Runs, clusters_of, gaps_between, paint_runs, runs_of


def random_mask(seed: int, share: float) -> np.ndarray:
    """Return a mask large enough for clusters that wind back and forth."""
    rng = np.random.default_rng(seed)
    return rng.random((rng.integers(1, 60), rng.integers(1, 60))) < share


def painted(runs: Runs, shape: tuple[int, int]) -> np.ndarray:
    """Return the mask of some runs."""
    mask = np.zeros(shape, np.bool_)
    paint_runs(mask, runs, value=True)
    return mask


@given(seed=st.integers(0, 999), share=st.floats(0, 1))
def test_runs_and_gaps_are_the_two_halves_of_a_mask(seed: int, share: float) -> None:
    """Painting the runs gives the mask, painting the gaps the rest; neighbours never touch."""
    mask = random_mask(seed, share)

    runs = runs_of(mask)
    gaps = gaps_between(runs, cols=mask.shape[1])

    np.testing.assert_array_equal(painted(runs, mask.shape), mask)
    np.testing.assert_array_equal(painted(gaps, mask.shape), ~mask)
    for found in (runs, gaps):
        assert (found.start < found.stop).all()
        row = np.repeat(np.arange(mask.shape[0]), np.diff(found.first))
        same_row = row[1:] == row[:-1]
        assert (found.start[1:] > found.stop[:-1])[same_row].all()


@pytest.mark.parametrize("joins_corners", [False, True])
@given(seed=st.integers(0, 999), share=st.floats(0.2, 0.8))
def test_runs_hang_together_as_scipy_labels_them(
    *, joins_corners: bool, seed: int, share: float
) -> None:
    """The same clusters, their sizes, and whether they reach an edge."""
    mask = random_mask(seed, share)
    labels, _ = ndimage.label(mask, np.ones((3, 3)) if joins_corners else None)
    edge = np.ones_like(mask)
    edge[1:-1, 1:-1] = False

    runs = runs_of(mask)
    clusters = clusters_of(runs, cols=mask.shape[1], joins_corners=joins_corners)

    row = np.repeat(np.arange(mask.shape[0]), np.diff(runs.first))
    label = labels[row, runs.start]
    pairs = set(zip(label.tolist(), clusters.number.tolist(), strict=True))
    assert len(pairs) == len(set(label.tolist())) == len(set(clusters.number.tolist()))
    np.testing.assert_array_equal(clusters.size_px, np.bincount(labels.ravel())[label])
    np.testing.assert_array_equal(clusters.is_open, np.isin(label, labels[edge]))


def test_some_runs_keep_their_rows() -> None:
    """Leaving runs out renumbers the rest."""
    mask = np.array([[1, 0, 1, 1], [0, 0, 0, 0], [1, 0, 0, 1]], np.bool_)
    runs = runs_of(mask)

    long = runs.where(runs.stop - runs.start > 1)

    np.testing.assert_array_equal(painted(long, mask.shape)[0], [0, 0, 1, 1])
    assert not painted(long, mask.shape)[1:].any()
    assert long.first.tolist() == [0, 1, 1, 1]
