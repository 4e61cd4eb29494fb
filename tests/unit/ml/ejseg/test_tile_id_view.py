"""Cells of polar views know their labelled tile, with PROJ's geodesics as oracle."""

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.tiles.tile_locations import tile_locations
from ejmap_ml.config.polar_config import PolarViewConfig
from ejmap_ml.ejseg.polar_data import tile_id_view
from ejmap_ml.ejseg.polar_view import polar_grid

BASEMAP = BasemapGrid(body=MERCURY, width_px=360)
DEGREE_M = MERCURY.half_circumference_m / 180
# Views reach beyond the antipode, and average more samples than a tile has room for.
CONFIG = PolarViewConfig(rows=24, cols=40, inner_radii=1.0, outer_radii=70.0)


def _crater(lon_deg: float, lat_deg: float) -> Crater:
    return Crater(crater_id=1, name="", center=LonLat(lon_deg, lat_deg), radius_m=3.0123 * DEGREE_M)


def _table(tiles: dict[int, Window]) -> pd.DataFrame:
    return pd.DataFrame(
        [(tile_id, one.row, one.col, one.height, one.width) for tile_id, one in tiles.items()],
        columns=pd.Index(
            ["tile_id", "basemap_row", "basemap_col", "basemap_height_px", "basemap_width_px"]
        ),
    )


def _pixels(crater: Crater) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return basemap row and column of the cell centres, and which lie on the planet."""
    grid = polar_grid(crater, body=MERCURY, config=CONFIG)
    distance_m, azimuth_deg = np.meshgrid(
        grid.range_rad * MERCURY.radius_m, np.degrees(grid.azimuth_rad), indexing="ij"
    )
    is_planet = distance_m < MERCURY.half_circumference_m
    lon, lat, _ = Geod(a=MERCURY.radius_m, f=0).fwd(
        np.full(grid.shape, crater.center.lon_deg),
        np.full(grid.shape, crater.center.lat_deg),
        azimuth_deg,
        np.where(is_planet, distance_m, 0),
    )
    return np.floor(90 - lat), np.floor(lon + 180) % 360, is_planet


@pytest.mark.parametrize("center", [(20.3, 10.1), (179.7, -40.2), (-60.4, 88.7)])
def test_cells_know_the_tile_that_holds_their_centre(center: tuple[float, float]) -> None:
    """On a planet that is covered by tiles, near the antimeridian and a pole too."""
    crater = _crater(*center)
    tiles = {tile_id + 500: one for tile_id, one in tile_locations(BASEMAP, side_px=20).items()}
    expected = np.full((24, 40), -1)
    row, col, is_planet = _pixels(crater)
    for tile_id, one in tiles.items():
        inside = (row >= one.row) & (row < one.row + one.height)
        inside &= (col >= one.col) & (col < one.col + one.width)
        expected[inside & is_planet] = tile_id

    found = tile_id_view(_table(tiles), basemap=BASEMAP, crater=crater, config=CONFIG)

    assert found.dtype == np.int32
    assert 0 < (expected == -1).mean() < 0.2
    np.testing.assert_array_equal(found, expected)


def test_cells_outside_of_tiles_have_none() -> None:
    """One tile, number 0, across the antimeridian: columns 350 to 370 of 360."""
    crater = _crater(179.7, -40.2)
    row, col, is_planet = _pixels(crater)
    inside = (row >= 100) & (row < 130) & ((col >= 350) | (col < 10)) & is_planet

    found = tile_id_view(
        _table({0: Window(row=100, col=350, height=30, width=20)}),
        basemap=BASEMAP,
        crater=crater,
        config=CONFIG,
    )

    assert inside.any()
    np.testing.assert_array_equal(found, np.where(inside, 0, -1))


def test_a_crater_without_tiles_has_none_anywhere() -> None:
    """An empty table is no mistake."""
    found = tile_id_view(_table({}), basemap=BASEMAP, crater=_crater(0.1, 0.2), config=CONFIG)

    assert (found == -1).all()
