"""Distance and attention channels by hand arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_geo.errors import GridError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.tiles.channels import (
    attention_channel,
    attention_window,
    resized,
)

GRID = AzimuthalGrid(body=MERCURY, center=LonLat(1, 2), resolution_m=1000.0, half_size_px=100)
# Pixel centres at (0.5, 2.5) and (0.5, 3.5) px from the centre.
TILE = Window(row=100, col=102, height=1, width=2)


def test_attention_marks_tile_and_crater() -> None:
    """A crater of 10 px radius at the centre and a tile to its east, one channel pixel each."""
    crop = Window(row=50, col=80, height=100, width=100)
    tile = Window(row=90, col=140, height=20, width=30)

    channel = attention_channel(crop, azimuthal=GRID, tile=tile, radius_m=10_000, size_px=100)

    expected = np.zeros((100, 100))
    expected[40:60, 60:90] = 1
    rows, cols = np.mgrid[:100, :100] + 0.5
    # The crater's centre (100, 100) lies at (50, 20) of the crop.
    expected[np.hypot(rows - 50, cols - 20) <= 10] = 2
    np.testing.assert_array_equal(channel, expected)


def test_a_crater_hides_the_tile_that_it_lies_in() -> None:
    """Both marks overlap: the crater shows."""
    tile = Window(row=60, col=60, height=80, width=80)

    channel = attention_channel(tile, azimuthal=GRID, tile=tile, radius_m=9_000, size_px=40)

    assert channel[20, 20] == 2
    assert channel[0, 0] == 1
    assert set(np.unique(channel)) == {1.0, 2.0}


def test_small_craters_and_tiles_stay_visible() -> None:
    """On a channel of 10 px for 200 px, a 2 px crater and a 3 px tile are still there."""
    crop = Window(row=0, col=0, height=200, width=200)
    tile = Window(row=30, col=44, height=3, width=3)

    channel = attention_channel(crop, azimuthal=GRID, tile=tile, radius_m=2_000, size_px=10)

    assert channel[1, 2] == 1
    assert (channel == 2).any()


TILES = st.builds(
    lambda row, col, side: Window(row=row, col=col, height=side, width=side),
    st.integers(0, 160),
    st.integers(0, 160),
    st.integers(1, 40),
)


@given(tile=TILES, radius_px=st.floats(0.5, 40), margin=st.floats(0, 0.5))
def test_the_crop_holds_crater_and_tile(tile: Window, radius_px: float, margin: float) -> None:
    """A square inside the raster, with everything to be seen in it."""
    crop = attention_window(GRID, tile=tile, radius_m=radius_px * 1000, margin=margin)

    assert crop.height == crop.width <= 200
    assert crop.intersection(Window(row=0, col=0, height=200, width=200)) == crop
    assert tile.intersection(crop) == tile
    assert crop.row <= 100 - radius_px + 1e-9
    assert crop.col + crop.width >= 100 + radius_px - 1e-9


def test_the_crop_has_a_margin_on_every_side() -> None:
    """Rim at 90..110, tile to 140: 50 px wide, so 60 px with a tenth on each side."""
    tile = Window(row=95, col=120, height=20, width=20)

    crop = attention_window(GRID, tile=tile, radius_m=10_000)

    assert crop.shape == (60, 60)
    assert (crop.row, crop.col) == (102 - 30 + 0, 115 - 30)


def test_shrinking_takes_means_and_growing_copies() -> None:
    """Four pixels to two are pair means; two to four are each twice."""
    bands = np.array([[[1, 3, 5, 9], [1, 3, 5, 9], [3, 5, 7, 11], [3, 5, 7, 11]]], np.uint8)

    small = resized(bands, size_px=2)

    np.testing.assert_array_equal(small, [[[2, 7], [4, 9]]])
    np.testing.assert_array_equal(
        resized(small, size_px=4), np.repeat(np.repeat(small, 2, axis=1), 2, axis=2)
    )


def test_a_size_of_nothing_is_refused() -> None:
    """Zero pixels hold no picture."""
    with pytest.raises(GridError, match="positive"):
        resized(np.zeros((1, 2, 2)), size_px=0)
