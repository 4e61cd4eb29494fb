"""The share of a crater's surroundings that a mosaic shows."""

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.craters.observed_share import observed_share
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.distance import basemap_distance_m
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window

GRID = BasemapGrid(body=MERCURY, width_px=720)


def _crater(lon_deg: float, lat_deg: float) -> Crater:
    return Crater(crater_id=0, name="", center=LonLat(lon_deg, lat_deg), radius_m=60_000.0)


@pytest.mark.parametrize("lat_deg", [0, 55, -88])
def test_a_crater_on_the_edge_of_a_mosaic_is_half_observed(lat_deg: float) -> None:
    """Half of the planet, cut along the meridian of the crater."""
    lon_deg = -180 + (np.arange(720) + 0.5) / 2
    is_imaged = np.broadcast_to((lon_deg > 0) & (lon_deg < 180), GRID.shape)

    assert observed_share(is_imaged, GRID, _crater(0, lat_deg)) == pytest.approx(0.5, abs=0.02)
    assert observed_share(is_imaged, GRID, _crater(180, lat_deg)) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("lon_deg", "lat_deg"), [(10, 5), (-179.5, 60), (30, 89)])
def test_the_share_is_that_of_the_pixels(lon_deg: float, lat_deg: float) -> None:
    """Against every pixel within ten radii, each with its area."""
    is_imaged = np.random.default_rng(0).random(GRID.shape) < 0.3
    is_imaged[:, :360] &= np.arange(360) % 40 < 25
    window = Window(row=0, col=0, height=GRID.shape[0], width=GRID.shape[1])
    crater = _crater(lon_deg, lat_deg)
    is_near = basemap_distance_m(GRID, window, origin=crater.center) < 10 * crater.radius_m
    area = np.cos(np.radians(90 - (np.arange(GRID.shape[0]) + 0.5) / 2))[:, None] * is_near

    expected = (area * is_imaged).sum() / area.sum()

    assert observed_share(is_imaged, GRID, crater) == pytest.approx(expected, abs=0.04)
