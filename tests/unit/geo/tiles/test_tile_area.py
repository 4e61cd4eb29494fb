"""Areas of tiles on the basemap: against pyproj, pixel by pixel."""

import numpy as np
import pytest
from pyproj import Transformer

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.tiles.tile_area import area_of_tiles

BASEMAP = BasemapGrid(body=MERCURY, width_px=180)


def _azimuthal(center: LonLat, half_px: int) -> AzimuthalGrid:
    return AzimuthalGrid(
        body=MERCURY, center=center, resolution_m=BASEMAP.resolution_m, half_size_px=half_px
    )


def _expected(tiles: list[Window], azimuthal: AzimuthalGrid) -> np.ndarray:
    """Carry the centre of every basemap pixel to the raster by pyproj."""
    rows, cols = np.meshgrid(np.arange(90) + 0.5, np.arange(180) + 0.5, indexing="ij")
    forward = Transformer.from_crs(azimuthal.crs.geodetic_crs, azimuthal.crs, always_xy=True)
    x, y = forward.transform(cols * 2 - 180, 90 - rows * 2)
    col, row = ~azimuthal.transform @ (x, y)
    inside = [
        (row >= t.row) & (row < t.row + t.height) & (col >= t.col) & (col < t.col + t.width)
        for t in tiles
    ]
    return np.any(inside, axis=0)


@pytest.mark.parametrize("half_px", [12, 40], ids=["crater", "far"])
def test_tiles_lie_where_pyproj_puts_them(center: LonLat, half_px: int) -> None:
    """Two tiles that overlap and one apart from them, at the hard places of the sphere."""
    azimuthal = _azimuthal(center, half_px)
    tiles = [
        Window(row=3, col=5, height=6, width=6),
        Window(row=6, col=8, height=6, width=6),
        Window(row=half_px + 5, col=2, height=4, width=4),
    ]

    placed = area_of_tiles(tiles, azimuthal=azimuthal, basemap=BASEMAP)

    full = np.zeros(BASEMAP.shape, np.bool_)
    placed.paste_into(full)
    differs = full != _expected(tiles, azimuthal)
    # A pixel centre within rounding of a tile's edge may fall on either side.
    assert differs.sum() <= 2


def test_the_size_of_the_raster_does_not_matter() -> None:
    """The same places counted from the corner of a larger raster are the same area."""
    small, large = _azimuthal(LonLat(100.3, 30.2), 10), _azimuthal(LonLat(100.3, 30.2), 60)
    tile, moved = (Window(row=corner, col=corner, height=9, width=9) for corner in (1, 51))

    here = area_of_tiles([tile], azimuthal=small, basemap=BASEMAP)
    there = area_of_tiles([moved], azimuthal=large, basemap=BASEMAP)

    assert here.window == there.window
    np.testing.assert_array_equal(here.mask, there.mask)


def test_a_tile_beyond_the_edge_of_the_raster_counts() -> None:
    """Published tiles were laid out on whole-planet rasters, whatever the reach is here."""
    azimuthal = _azimuthal(LonLat(20.1, -10.3), 5)

    placed = area_of_tiles(
        [Window(row=0, col=12, height=4, width=4)], azimuthal=azimuthal, basemap=BASEMAP
    )

    assert 12 <= placed.area_px <= 20


def test_no_tile_has_no_area() -> None:
    """A crater to which nothing is connected."""
    placed = area_of_tiles([], azimuthal=_azimuthal(LonLat(0, 0), 5), basemap=BASEMAP)

    assert placed.window is None
