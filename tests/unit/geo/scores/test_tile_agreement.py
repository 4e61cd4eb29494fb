"""Agreement inside tiles: hand arithmetic, scikit-learn, SciPy's median, and whole arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage
from sklearn import metrics

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.scores.agreement import Confusion
from ejmap_geo.scores.tile_agreement import CraterMasks, agreement_in_tiles, majority

BASEMAP = BasemapGrid(body=MERCURY, width_px=16)
MASKS = arrays(np.bool_, BASEMAP.shape)
WINDOWS = st.builds(
    lambda row, col, height, width: Window(
        row=row, col=col, height=min(height, 8 - row), width=width
    ),
    st.integers(0, 7),
    st.integers(0, 15),
    st.integers(1, 8),
    st.integers(1, 16),
)


def _masks(actual: np.ndarray, found: np.ndarray, connected: np.ndarray) -> CraterMasks:
    placed = [PlacedMask.from_full(mask, BASEMAP) for mask in (actual, found, connected)]
    return CraterMasks(actual=placed[0], found=placed[1], connected=placed[2])


def _counted(truth: np.ndarray, guess: np.ndarray) -> Confusion:
    table = metrics.confusion_matrix(truth.ravel(), guess.ravel(), labels=[False, True])
    neither, invented, missed, both = (int(count) for count in table.ravel())
    return Confusion(
        true_positive=both, false_positive=invented, false_negative=missed, true_negative=neither
    )


@given(actual=MASKS, found=MASKS, connected=MASKS, window=WINDOWS)
def test_counts_in_a_tile_are_those_of_scikit_learn(
    actual: np.ndarray, found: np.ndarray, connected: np.ndarray, window: Window
) -> None:
    """Wherever the tile lies, across the antimeridian too, at full and at a coarser scale."""
    rows, cols = window.slices[0], window.columns(16)
    true, guess, linked = (mask[rows][:, cols] for mask in (actual, found, connected))

    (tile,) = agreement_in_tiles(
        {4: window}, _masks(actual, found, connected), basemap=BASEMAP, scales_px=(1, 3)
    )

    def coarse(mask: np.ndarray) -> np.ndarray:
        return ndimage.median_filter(mask.astype(np.uint8), size=3, mode="nearest") > 0

    assert tile.tile_id == 4
    assert tile.found == {1: _counted(true, guess), 3: _counted(coarse(true), coarse(guess))}
    assert tile.ceiling == {
        1: _counted(true, true & linked),
        3: _counted(coarse(true), coarse(true & linked)),
    }
    assert tile.is_connected == linked.any()


def test_the_ceiling_misses_what_was_not_connected_and_invents_nothing() -> None:
    """Four true pixels of which one lies in a connected tile: recall a quarter, precision 1."""
    actual, connected = np.zeros((2, *BASEMAP.shape), np.bool_)
    actual[3, 4:8] = True
    connected[:, :5] = True
    nothing = np.zeros(BASEMAP.shape, np.bool_)

    (tile,) = agreement_in_tiles(
        {0: Window(row=2, col=2, height=4, width=8)},
        _masks(actual, nothing, connected),
        basemap=BASEMAP,
    )

    assert tile.ceiling[1] == Confusion(true_positive=1, false_negative=3, true_negative=28)
    assert tile.found[1].recall == 0.0


def test_counts_of_tiles_pool_to_the_scores_of_all_their_pixels() -> None:
    """Adding counts tile by tile gives the scores of the pixels laid end to end, to 1e-12."""
    rng = np.random.default_rng(3)
    actual, found, connected = rng.random((3, *BASEMAP.shape)) < 0.4
    tiles = {
        number: Window(row=row, col=col, height=4, width=5)
        for number, (row, col) in enumerate([(0, 0), (0, 5), (4, 13), (2, 7)])
    }

    found_tiles = agreement_in_tiles(tiles, _masks(actual, found, connected), basemap=BASEMAP)
    pooled = sum((tile.found[1] for tile in found_tiles), Confusion())

    truth, guess = (
        np.concatenate([mask[w.slices[0]][:, w.columns(16)].ravel() for w in tiles.values()])
        for mask in (actual, found)
    )
    scores = (pooled.accuracy, pooled.f1, pooled.iou, pooled.precision, pooled.recall)
    oracles = (
        metrics.accuracy_score,
        metrics.f1_score,
        metrics.jaccard_score,
        metrics.precision_score,
        metrics.recall_score,
    )
    for score, oracle in zip(scores, oracles, strict=True):
        assert score == pytest.approx(oracle(truth, guess), abs=1e-12)


@given(
    mask=arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12)),
    side_px=st.sampled_from([1, 3, 5, 9]),
)
def test_a_majority_is_the_median_filter_of_scipy(mask: np.ndarray, side_px: int) -> None:
    """Edges go on as they are, also where the square is larger than the mask."""
    expected = ndimage.median_filter(mask.astype(np.uint8), size=side_px, mode="nearest")

    np.testing.assert_array_equal(majority(mask, side_px=side_px), expected > 0)


@pytest.mark.parametrize("side_px", [0, 2, -3])
def test_a_square_without_a_middle_pixel_is_refused(side_px: int) -> None:
    """An even side would have ties and shift the mask by half a pixel."""
    with pytest.raises(RasterError, match="odd number"):
        majority(np.ones((3, 3), np.bool_), side_px=side_px)
