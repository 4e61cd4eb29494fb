"""Placed masks: trimming, pasting and cutting round the antimeridian and at the poles."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pyproj import Geod

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import (
    PlacedMask,
    crop,
    disc,
    pixel_area_m2,
    pixels_in,
    without_crater,
)

BASEMAP = BasemapGrid(body=MERCURY, width_px=16)
WHOLE = Window(row=0, col=0, height=8, width=16)
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


@given(MASKS)
def test_trimming_and_pasting_loses_nothing(mask: np.ndarray) -> None:
    """Trimmed to its content, a mask pastes back to what it was; no edge is empty."""
    placed = PlacedMask.from_full(mask, BASEMAP)

    pasted = np.zeros(BASEMAP.shape, np.bool_)
    placed.paste_into(pasted)

    np.testing.assert_array_equal(pasted, mask)
    assert placed.area_px == mask.sum()
    if placed.window is None:
        assert not mask.any()
    else:
        kept = placed.mask
        assert all(edge.any() for edge in (kept[0], kept[-1], kept[:, 0], kept[:, -1]))
        assert 0 <= placed.window.col < 16


@given(MASKS, st.integers(0, 15))
def test_a_mask_is_as_narrow_wherever_the_antimeridian_falls(mask: np.ndarray, turn: int) -> None:
    """Turning the planet turns the window and does not widen it."""
    here = PlacedMask.from_full(mask, BASEMAP)
    there = PlacedMask.from_full(np.roll(mask, turn, axis=1), BASEMAP)

    assert here.mask.shape == there.mask.shape


@given(MASKS, WINDOWS)
def test_a_window_shows_what_a_crop_of_the_whole_shows(mask: np.ndarray, window: Window) -> None:
    """Looking through any window, wrapping or not, equals cropping the pasted mask."""
    placed = PlacedMask.from_full(mask, BASEMAP)

    np.testing.assert_array_equal(placed.within(window, BASEMAP), crop(mask, window))
    np.testing.assert_array_equal(crop(mask, window), mask[:, window.columns(16)][window.slices[0]])


@given(MASKS, MASKS)
def test_two_masks_share_what_both_set(one: np.ndarray, other: np.ndarray) -> None:
    """In a window no larger than the one that was looked through."""
    left, right = (PlacedMask.from_full(mask, BASEMAP) for mask in (one, other))

    shared = left.intersection(right, BASEMAP)

    np.testing.assert_array_equal(shared.within(WHOLE, BASEMAP), one & other)
    assert all(np.less_equal(shared.mask.shape, left.mask.shape))


@given(st.lists(WINDOWS, max_size=3))
def test_pixels_in_windows_are_those_of_masks_that_fill_them(windows: list[Window]) -> None:
    """However they wrap and overlap."""
    expected = np.zeros(BASEMAP.shape, np.bool_)
    for window in windows:
        expected[np.ix_(range(*window.slices[0].indices(8)), window.columns(16))] = True

    np.testing.assert_array_equal(pixels_in(windows, BASEMAP), expected)


def test_a_narrow_mask_on_both_sides_of_the_antimeridian_stays_in_one_piece() -> None:
    """Columns 15 and 0 are neighbours: two columns, starting at 15."""
    mask = np.zeros(BASEMAP.shape, np.bool_)
    mask[3, [15, 0]] = True

    placed = PlacedMask.from_full(mask, BASEMAP)

    assert placed.window == Window(row=3, col=15, height=1, width=2)


def test_an_empty_mask_is_an_ordinary_value() -> None:
    """It has no window and no area, and pastes nothing."""
    empty = PlacedMask.from_full(np.zeros(BASEMAP.shape, np.bool_), BASEMAP)
    full = np.zeros(BASEMAP.shape, np.bool_)

    empty.paste_into(full)

    assert empty.window is None
    assert empty.area_px == empty.area_m2(BASEMAP) == 0
    assert not full.any()
    assert not empty.within(WHOLE, BASEMAP).any()


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (np.zeros((2, 3), np.bool_), "fill its window"),
        (np.zeros((8, 16), np.uint8), "must be bool, got uint8"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused(mask: np.ndarray, message: str) -> None:
    """Another shape than the window's, or numbers for truth values."""
    with pytest.raises(RasterError, match=message):
        PlacedMask(mask=mask, window=WHOLE)


def test_a_mask_of_another_basemap_is_refused() -> None:
    """Its pixels would land elsewhere."""
    with pytest.raises(RasterError, match="8x16"):
        PlacedMask.from_full(np.zeros((4, 8), np.bool_), BASEMAP)


def test_pixel_areas_sum_to_the_sphere() -> None:
    """4 pi R^2 over all rows; the row next to a pole is far smaller than one at the equator."""
    area_m2 = pixel_area_m2(BASEMAP, WHOLE)

    assert area_m2.sum() * 16 == pytest.approx(4 * np.pi * MERCURY.radius_m**2)
    # The zones between sin 90 and sin 67.5, and between sin 22.5 and sin 0.
    expected = (1 - np.sin(np.radians(67.5))) / np.sin(np.radians(22.5))
    assert area_m2[0] / area_m2[3] == pytest.approx(expected)


def test_area_counts_the_pixels_that_are_set() -> None:
    """A hemisphere is half of the sphere."""
    mask = np.zeros(BASEMAP.shape, np.bool_)
    mask[:4] = True

    area_m2 = PlacedMask.from_full(mask, BASEMAP).area_m2(BASEMAP)

    assert area_m2 == pytest.approx(2 * np.pi * MERCURY.radius_m**2)


FINE = BasemapGrid(body=MERCURY, width_px=360)


def distances_by_pyproj(center: LonLat, pixel_centers: Callable) -> np.ndarray:
    """Return geodesic distances of all pixel centres of the 1 degree basemap."""
    rows, cols = pixel_centers(FINE.shape)
    geod = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
    origin = np.full_like(rows, center.lon_deg), np.full_like(rows, center.lat_deg)
    return geod.inv(*origin, cols - 180, 90 - rows)[2]


@pytest.mark.parametrize("radius_m", [5_000.0, 90_000.0, 900_000.0, 5_000_000.0, 9_000_000.0])
def test_a_disc_is_what_pyproj_measures(
    center: LonLat, radius_m: float, pixel_centers: Callable
) -> None:
    """From less than a pixel to the whole planet, at poles and antimeridian."""
    expected = distances_by_pyproj(center, pixel_centers) <= radius_m
    found = np.zeros(FINE.shape, np.bool_)

    disc(FINE, center=center, radius_m=radius_m).paste_into(found)

    np.testing.assert_array_equal(found, expected)


def test_the_cavity_is_cut_out_and_nothing_else(center: LonLat, pixel_centers: Callable) -> None:
    """A disc of 900 km without its 300 km cavity is the ring between."""
    distance_m = distances_by_pyproj(center, pixel_centers)
    blanket = disc(FINE, center=center, radius_m=900_000)
    found = np.zeros(FINE.shape, np.bool_)

    without_crater(blanket, basemap=FINE, center=center, radius_m=300_000).paste_into(found)

    np.testing.assert_array_equal(found, (distance_m <= 900_000) & (distance_m > 300_000))


def test_a_mask_within_its_cavity_becomes_empty() -> None:
    """Nothing is left, and that is an ordinary value."""
    center = LonLat(10, 10)
    inner = disc(FINE, center=center, radius_m=200_000)

    left = without_crater(inner, basemap=FINE, center=center, radius_m=300_000)

    assert left.window is None
