"""Tiles are connected where the mask of a polar prediction has ejecta."""

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.masks.polar_members import layers_of_views
from ejmap_geo.tiles.tiling import mapping_tiles
from ejmap_project.mapping.polar_connections import connections_of_polar

CENTER, RADIUS_M = LonLat(30, -45), 20_000.0
AZIMUTHAL = AzimuthalGrid.reaching(
    MERCURY, center=CENTER, resolution_m=8_000.0, reach_m=22 * RADIUS_M
)
POLAR = PolarGrid(
    body=MERCURY,
    center=CENTER,
    radius_m=RADIUS_M,
    rows=32,
    cols=64,
    inner_radii=0.9,
    outer_radii=25.0,
)


@pytest.fixture
def places() -> pd.DataFrame:
    """Mapping tiles of 16 px over the whole raster."""
    return mapping_tiles(AZIMUTHAL, side_px=16, reach_m=1e6)


@pytest.fixture
def members() -> list[np.ndarray]:
    """Three members that agree in parts: smooth noise with ejecta in a third of the cells."""
    rng = np.random.default_rng(0)
    coarse = rng.random((3, 8, 16), np.float32).repeat(4, axis=1).repeat(4, axis=2)
    return list(np.clip(coarse * 0.9 + 0.05 * rng.random(coarse.shape, np.float32), 0, 1))


def test_a_tile_is_connected_where_its_mask_has_ejecta(
    places: pd.DataFrame, members: list[np.ndarray]
) -> None:
    """Looked up pixel by pixel in the masks of the ensemble and of each member."""
    found = connections_of_polar(places, members, polar=POLAR, azimuthal=AZIMUTHAL)

    def held(*views: np.ndarray) -> np.ndarray:
        mask = layers_of_views(views, polar=POLAR, azimuthal=AZIMUTHAL).probability > 0.5
        corners = places[["row", "col"]].to_numpy()
        return np.array([mask[row : row + 16, col : col + 16].any() for row, col in corners])

    is_connected = held(*members)
    votes = np.mean([held(one) for one in members], axis=0)
    assert 0 < is_connected.sum() < len(places)
    np.testing.assert_array_equal(found["is_connected"], is_connected)
    np.testing.assert_allclose(found["vote_fraction"], votes)
    np.testing.assert_array_equal(found["probability"] > 0.5, is_connected)
    assert list(found["tile_id"]) == list(places["tile_id"])


def test_a_single_member_votes_alone(places: pd.DataFrame, members: list[np.ndarray]) -> None:
    """Its vote is the connection."""
    found = connections_of_polar(places, members[:1], polar=POLAR, azimuthal=AZIMUTHAL)

    np.testing.assert_array_equal(found["vote_fraction"] == 1, found["is_connected"])


def test_the_probability_of_a_tile_is_the_largest_of_its_pixels_to_the_last_bit() -> None:
    """Tiles of every size and place, alone and over one another, some of a single pixel."""
    rng = np.random.default_rng(1)
    side_px = rng.integers(1, 40, 300)
    corner = (rng.random((2, 300)) * (AZIMUTHAL.shape[0] + 1 - side_px)).astype(np.int64)
    tiles = pd.DataFrame({"row": corner[0], "col": corner[1], "side_px": side_px})
    views = list(rng.random((3, *POLAR.shape), np.float32))

    found = connections_of_polar(tiles, views, polar=POLAR, azimuthal=AZIMUTHAL)

    mean = layers_of_views(views, polar=POLAR, azimuthal=AZIMUTHAL).probability
    expected = [
        mean[row : row + side, col : col + side].max()
        for row, col, side in tiles[["row", "col", "side_px"]].to_numpy()
    ]
    np.testing.assert_array_equal(found["probability"].to_numpy(np.float32), expected)
