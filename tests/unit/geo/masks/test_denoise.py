"""Denoising by drawn examples and by a slow definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from ejmap_geo.masks.denoise import denoised, denoised_by_sides

MASKS = arrays(np.bool_, st.tuples(st.integers(2, 7), st.integers(2, 7)))


def drawn(*rows: str) -> np.ndarray:
    """Return a mask drawn with # for set pixels."""
    return np.array([[sign == "#" for sign in row] for row in rows])


def flooded(mask: np.ndarray, start: tuple[int, int], *, corners: bool, wraps: bool) -> set:
    """Return the pixels that hang together with one, by walking from neighbour to neighbour."""
    found, waiting = {start}, [start]
    steps = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if corners or 0 in (a, b)]
    while waiting:
        row, col = waiting.pop()
        for down, right in steps:
            place = (row + down, (col + right) % mask.shape[1] if wraps else col + right)
            inside = 0 <= place[0] < mask.shape[0] and 0 <= place[1] < mask.shape[1]
            if inside and mask[place] == mask[start] and place not in found:
                found.add(place)
                waiting.append(place)
    return found


def slowly_denoised(mask: np.ndarray, min_px: int, *, corners: bool, wraps: bool) -> np.ndarray:
    """Denoise by the definition."""
    kept = mask.copy()
    for place in map(tuple, np.argwhere(mask)):
        if len(flooded(mask, place, corners=corners, wraps=wraps)) < min_px:
            kept[place] = False
    filled = kept.copy()
    for place in map(tuple, np.argwhere(~kept)):
        hole = flooded(kept, place, corners=not corners, wraps=wraps)
        last_row, last_col = mask.shape[0] - 1, mask.shape[1] - 1
        is_open = any(
            row in (0, last_row) or (not wraps and col in (0, last_col)) for row, col in hole
        )
        if len(hole) < min_px and not is_open:
            filled[place] = True
    return filled


@pytest.mark.parametrize("connectivity", [4, 8])
@pytest.mark.parametrize("wraps", [False, True])
@settings(max_examples=60)
@given(mask=MASKS, min_px=st.integers(0, 12))
def test_denoising_does_what_its_definition_says(
    *, mask: np.ndarray, min_px: int, connectivity: int, wraps: bool
) -> None:
    """Against walking from neighbour to neighbour."""
    found = denoised(mask, min_px=min_px, connectivity=connectivity, wraps=wraps)

    expected = slowly_denoised(mask, min_px, corners=connectivity == 8, wraps=wraps)
    np.testing.assert_array_equal(found, expected)


@settings(max_examples=100)
@given(mask=MASKS, min_px=st.integers(0, 12))
def test_denoising_by_sides_is_that_of_the_published_analysis(
    *, mask: np.ndarray, min_px: int
) -> None:
    """Clusters of set pixels are cleared, then clusters of clear ones filled, at edges too."""
    expected = mask
    for value in (True, False):
        numbers, _ = ndimage.label(expected == value)
        sizes = np.bincount(numbers.ravel())
        is_small = (sizes < min_px) & (np.arange(sizes.size) > 0)
        expected = np.where(is_small[numbers], not value, expected)

    np.testing.assert_array_equal(denoised_by_sides(mask, min_px=min_px), expected)


def test_a_diagonal_ray_is_one_cluster() -> None:
    """Corners join set pixels: 4 of them stay at a minimum of 4."""
    ray = drawn("#....", ".#...", "..#..", "...#.", ".....")

    np.testing.assert_array_equal(denoised(ray, min_px=4), ray)
    assert not denoised(ray, min_px=4, connectivity=4).any()


def test_a_small_hole_is_filled_and_a_bay_is_not() -> None:
    """The hole at (1, 1) is closed on all sides, the one at the edge is open."""
    mask = drawn("#####", "#.###", "###.#", "###.#")

    found = denoised(mask, min_px=3)

    np.testing.assert_array_equal(found, drawn("#####", "#####", "###.#", "###.#"))


def test_clusters_of_exactly_the_minimum_stay() -> None:
    """Fewer than the minimum are removed, not as many."""
    mask = drawn("##..", "....", "...#")

    np.testing.assert_array_equal(denoised(mask, min_px=2), drawn("##..", "....", "...."))


def test_a_cluster_across_the_antimeridian_counts_as_one() -> None:
    """A band around the pole meets its own end, and a cluster on the seam is whole."""
    mask = drawn("########", "........", "#......#", "........")

    np.testing.assert_array_equal(denoised(mask, min_px=2, wraps=True), mask)
