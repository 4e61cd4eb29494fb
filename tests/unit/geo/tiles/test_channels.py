"""Crops and attention by hand arithmetic, and against the plain way to cut them."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ejmap_geo.errors import GridError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.tiles.channels import SAMPLES_PER_PX, attention_crops, attention_windows
from ejmap_geo.tiles.tiling import Tile, mapping_tiles, tiles_of

GRID = AzimuthalGrid(body=MERCURY, center=LonLat(1, 2), resolution_m=1000.0, half_size_px=100)
SIZE = GRID.shape[0]
NOISE = np.random.default_rng(0).integers(0, 256, (2, SIZE, SIZE), np.uint8)


def _tile(row: int, col: int, side_px: int) -> Tile:
    return Tile(tile_id=0, row=row, col=col, side_px=side_px, distance_m=0)


def _window(tile: Tile, *, radius_m: float, margin: float = 0.1) -> tuple[int, int, int]:
    square = np.array([[tile.row, tile.col, tile.side_px]])
    row, col, side_px = attention_windows(GRID, square, radius_m=radius_m, margin=margin)[0]
    return int(row), int(col), int(side_px)


def _crops(tiles: list[Tile], *, radius_m: float, size_px: int) -> NDArray[np.uint8]:
    return attention_crops(NOISE, tiles, azimuthal=GRID, radius_m=radius_m, size_px=size_px)


def _plain_crop(tile: Tile, *, radius_m: float, size_px: int) -> NDArray[np.uint8]:
    """Cut a crop box by box, and ask of each pixel of the attention what it shows."""
    row, col, side_px = _window(tile, radius_m=radius_m)
    step = max(1, side_px // (SAMPLES_PER_PX * size_px))
    seen = NOISE[:, row : row + side_px : step, col : col + side_px : step]
    edges = np.arange(size_px + 1) * seen.shape[1] // size_px
    boxes = [slice(a, max(a + 1, b)) for a, b in pairwise(edges)]
    means = [[[band[i, j].mean() for j in boxes] for i in boxes] for band in seen]
    per_px = side_px / size_px
    centres = (np.arange(size_px) + 0.5) * per_px
    rim_px = max(radius_m / GRID.resolution_m, 1.5 * per_px)
    marks = np.zeros((size_px, size_px))
    for i, y in enumerate(row + centres):
        for j, x in enumerate(col + centres):
            offsets = (
                abs(y - (tile.row + tile.side_px / 2)),
                abs(x - (tile.col + tile.side_px / 2)),
            )
            marks[i, j] = all(d < tile.side_px / 2 or d <= per_px / 2 for d in offsets)
            if math.hypot(y - GRID.half_size_px, x - GRID.half_size_px) <= rim_px:
                marks[i, j] = 2
    return np.rint(np.array([*means, marks], np.float32)).astype(np.uint8)


def test_attention_marks_tile_and_crater() -> None:
    """A crater of 10 px radius and a tile to its east, one channel pixel for each of the raster.

    Rim at 90..110, tile to 160: 70 px wide, so 84 px with a tenth on each side, from (58, 83).
    """
    channel = _crops([_tile(90, 140, 20)], radius_m=10_000, size_px=84)[0, -1]

    expected = np.zeros((84, 84))
    expected[90 - 58 : 110 - 58, 140 - 83 : 160 - 83] = 1
    rows, cols = np.mgrid[:84, :84] + 0.5
    expected[np.hypot(rows + 58 - 100, cols + 83 - 100) <= 10] = 2
    np.testing.assert_array_equal(channel, expected)


def test_a_crater_hides_the_tile_that_it_lies_in() -> None:
    """Both marks overlap: the crater shows."""
    channel = _crops([_tile(60, 60, 80)], radius_m=9_000, size_px=40)[0, -1]

    assert channel[20, 20] == 2
    assert channel[10, 10] == 1
    assert set(np.unique(channel)) == {0, 1, 2}


def test_small_craters_and_tiles_stay_visible() -> None:
    """On a channel of 10 px for 200 px, a 2 px crater and a 3 px tile are still there."""
    channel = _crops([_tile(3, 3, 3)], radius_m=2_000, size_px=10)[0, -1]

    assert (channel == 1).any()
    assert (channel == 2).any()


TILES = st.builds(_tile, st.integers(0, 160), st.integers(0, 160), st.integers(1, 40))


@given(tile=TILES, radius_px=st.floats(0.5, 40), margin=st.floats(0, 0.5))
def test_the_crop_holds_crater_and_tile(tile: Tile, radius_px: float, margin: float) -> None:
    """A square inside the raster, with everything to be seen in it."""
    row, col, side_px = _window(tile, radius_m=radius_px * 1000, margin=margin)

    for start, of_tile in ((row, tile.row), (col, tile.col)):
        assert 0 <= start <= min(of_tile, 100 - radius_px + 1e-9)
        assert SIZE >= start + side_px >= max(of_tile + tile.side_px, 100 + radius_px - 1e-9)


def test_the_crop_has_a_margin_on_every_side() -> None:
    """Rim at 90..110, tile to 140: 50 px wide, so 60 px with a tenth on each side."""
    assert _window(_tile(95, 120, 20), radius_m=10_000) == (102 - 30, 115 - 30, 60)


@given(
    tiles=st.lists(TILES, min_size=1, max_size=5),
    radius_m=st.floats(500, 40_000),
    size_px=st.sampled_from([1, 3, 7, 16, 64]),
)
def test_crops_are_those_cut_one_by_one(tiles: list[Tile], radius_m: float, size_px: int) -> None:
    """To the last bit, for tiles anywhere: crops that shrink, grow, skip pixels or share rows."""
    expected = [_plain_crop(tile, radius_m=radius_m, size_px=size_px) for tile in tiles]

    np.testing.assert_array_equal(_crops(tiles, radius_m=radius_m, size_px=size_px), expected)


def test_crops_of_a_row_of_tiles_are_those_cut_one_by_one() -> None:
    """Of a regular grid, where neighbours see the same rows."""
    tiles = tiles_of(mapping_tiles(GRID, side_px=20, reach_m=100_000))

    expected = [_plain_crop(tile, radius_m=9_000, size_px=8) for tile in tiles]

    np.testing.assert_array_equal(_crops(tiles, radius_m=9_000, size_px=8), expected)


def test_no_tiles_have_no_crops() -> None:
    """A crater without tiles is asked for none."""
    assert _crops([], radius_m=9_000, size_px=8).shape == (0, 3, 8, 8)


def test_a_size_of_nothing_is_refused() -> None:
    """Zero pixels hold no picture."""
    with pytest.raises(GridError, match="positive"):
        _crops([_tile(0, 0, 10)], radius_m=9_000, size_px=0)
