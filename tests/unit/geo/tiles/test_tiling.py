"""Tiles by hand arithmetic and by covering."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from ejmap_geo.errors import GridError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.tiles.tiling import (
    Tile,
    labelled_tiles,
    mapping_tiles,
    table_of,
    tiles_of,
    touches_any,
)

RESOLUTION_M = 10_000.0


def grid_of(half_size_px: int) -> AzimuthalGrid:
    """Return a raster about a point in mid-latitudes."""
    return AzimuthalGrid(
        body=MERCURY,
        center=LonLat(12, 34),
        resolution_m=RESOLUTION_M,
        half_size_px=half_size_px,
    )


def test_mapping_tiles_stand_nine_tenths_of_a_side_apart() -> None:
    """20 px tiles on 100 px: 0, 18, 36, 54, 72 and, moved inwards, 80."""
    tiles = tiles_of(mapping_tiles(grid_of(50), side_px=20, reach_m=1e9))

    assert sorted({tile.row for tile in tiles}) == [0, 18, 36, 54, 72, 80]
    assert sorted({tile.col for tile in tiles}) == [0, 18, 36, 54, 72, 80]
    assert [tile.tile_id for tile in tiles] == list(range(36))


def test_tiles_are_kept_when_their_middle_is_within_reach() -> None:
    """On 40 px the four 20 px tiles have middles at +-10 px; sqrt(200) px is 141.42 km."""
    grid = grid_of(20)

    near = tiles_of(mapping_tiles(grid, side_px=20, reach_m=141_400, spacing=1))
    far = tiles_of(mapping_tiles(grid, side_px=20, reach_m=141_500, spacing=1))

    assert near == []
    assert len(far) == 4
    assert far[0].distance_m == pytest.approx(np.sqrt(200) * RESOLUTION_M)


def test_a_tile_keeps_its_number_when_the_reach_shrinks() -> None:
    """Ids count places, not survivors."""
    all_tiles = tiles_of(mapping_tiles(grid_of(50), side_px=20, reach_m=1e9))
    every = {tile.tile_id: tile for tile in all_tiles}
    some = tiles_of(mapping_tiles(grid_of(50), side_px=20, reach_m=300_000))

    assert 0 < len(some) < len(every)
    assert all(every[tile.tile_id] == tile for tile in some)


@given(
    half=st.integers(5, 60), side=st.integers(1, 40), spacing=st.floats(0.05, 1, exclude_min=True)
)
def test_mapping_tiles_cover_the_raster_and_stay_inside(
    half: int, side: int, spacing: float
) -> None:
    """No pixel is left out and none lies beyond the edges."""
    grid = grid_of(half)
    side = min(side, 2 * half)
    tiles = tiles_of(mapping_tiles(grid, side_px=side, reach_m=1e9, spacing=max(spacing, 0.3)))

    covered = np.zeros(grid.shape, np.bool_)
    for tile in tiles:
        assert covered[tile.window.slices].shape == (side, side)
        covered[tile.window.slices] = True
    assert covered.all()
    assert len({(tile.row, tile.col) for tile in tiles}) == len(tiles)


def test_the_table_of_mapping_tiles_is_that_of_tiles_measured_one_by_one() -> None:
    """To the last bit of the distance, sides of odd and even length alike."""
    for side_px in (7, 20):
        grid = grid_of(333)
        table = mapping_tiles(grid, side_px=side_px, reach_m=2_500_000)
        measured = [
            replace(tile, distance_m=_distance_m(tile, half_px=333)) for tile in tiles_of(table)
        ]

        assert 0 < len(table) < 10_000
        pd.testing.assert_frame_equal(table, table_of(measured), check_exact=True)


def _distance_m(tile: Tile, *, half_px: int) -> float:
    middle = tile.side_px / 2 - half_px
    return math.hypot(tile.row + middle, tile.col + middle) * RESOLUTION_M


@pytest.mark.parametrize(
    ("side_px", "spacing", "message"),
    [(41, 0.9, "1 to 40 px"), (0, 0.9, "1 to 40 px"), (10, 1.1, r"\(0, 1\] sides")],
)
def test_tiles_that_cannot_cover_the_raster_are_refused(
    side_px: int, spacing: float, message: str
) -> None:
    """Too large, empty, or with gaps between them."""
    with pytest.raises(GridError, match=message):
        mapping_tiles(grid_of(20), side_px=side_px, reach_m=1e9, spacing=spacing)


def test_labelled_tile_lies_where_its_rectangle_does() -> None:
    """Its middle, by pyproj, is within 1.5 pixels of the rectangle's."""
    basemap = BasemapGrid(body=MERCURY, width_px=720)
    azimuthal = AzimuthalGrid.reaching(
        MERCURY,
        center=LonLat(170, 10),
        resolution_m=basemap.resolution_m,
        reach_m=2_500_000,
    )
    rectangle = Window(row=140, col=700, height=30, width=40)

    (tile,) = labelled_tiles({7: rectangle}, basemap=basemap, azimuthal=azimuthal)

    middle = (tile.row + tile.side_px / 2, tile.col + tile.side_px / 2)
    x, y = azimuthal.transform @ (middle[1], middle[0])
    to_degrees = Transformer.from_crs(azimuthal.crs, azimuthal.crs.geodetic_crs, always_xy=True)
    lon_deg, lat_deg = to_degrees.transform(x, y)
    geod = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
    # The rectangle's middle is row 155, col 720: 12.5 N on the antimeridian.
    _, _, off_m = geod.inv(lon_deg, lat_deg, 180, 12.5)
    _, _, distance_m = geod.inv(170, 10, lon_deg, lat_deg)
    assert tile.tile_id == 7
    # The rectangle shrinks to 30 x 39 px on the sphere, and turns by a few degrees.
    assert 25 <= tile.side_px <= 30
    assert off_m < 1.5 * basemap.resolution_m
    assert tile.distance_m == pytest.approx(distance_m, rel=1e-9)


def test_a_labelled_tile_is_no_larger_than_its_own_rectangle() -> None:
    """Side at most sqrt(height * width): 12 for 9 x 16, whatever tile came before."""
    basemap = BasemapGrid(body=MERCURY, width_px=720)
    azimuthal = AzimuthalGrid.reaching(
        MERCURY, center=LonLat(0, 0), resolution_m=basemap.resolution_m / 4, reach_m=1_000_000
    )
    rectangles = {
        1: Window(row=175, col=355, height=4, width=4),
        0: Window(row=170, col=350, height=9, width=16),
    }

    tiles = labelled_tiles(rectangles, basemap=basemap, azimuthal=azimuthal)

    # On a four times finer raster far larger squares would fit.
    assert [(tile.tile_id, tile.side_px) for tile in tiles] == [(1, 4), (0, 12)]


def test_rectangles_beyond_the_raster_are_left_out() -> None:
    """A raster of 500 km about (0, 0) does not show the antimeridian."""
    basemap = BasemapGrid(body=MERCURY, width_px=180)
    azimuthal = AzimuthalGrid.reaching(
        MERCURY, center=LonLat(0, 0), resolution_m=basemap.resolution_m, reach_m=500_000
    )
    rectangles = {3: Window(row=40, col=175, height=9, width=9)}

    assert labelled_tiles(rectangles, basemap=basemap, azimuthal=azimuthal) == []


def test_tiles_touch_when_they_share_a_pixel() -> None:
    """Sharing only an edge is not touching: ends are half-open."""

    def tile(row: int, col: int) -> Tile:
        return Tile(tile_id=0, row=row, col=col, side_px=10, distance_m=0.0)

    tiles = [tile(0, 0), tile(0, 9), tile(0, 10), tile(30, 30)]

    np.testing.assert_array_equal(
        touches_any(tiles, [tile(5, 0), tile(100, 0)]), [True, True, False, False]
    )
    np.testing.assert_array_equal(touches_any(tiles, []), [False] * 4)
