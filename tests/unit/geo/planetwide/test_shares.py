"""Shares by latitude and longitude: zones and sectors of the sphere, and Poisson intervals."""

import math

import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.planetwide.shares import AreaByCell, Cells, area_by_cell, density

GRID = BasemapGrid(body=MERCURY, width_px=1440)
CELLS = Cells.of_steps(lat_deg=10, lon_deg=30)


def _areas(is_imaged: np.ndarray, claims: np.ndarray) -> AreaByCell:
    def read(top: int, bottom: int) -> tuple[np.ndarray, np.ndarray]:
        return is_imaged[top:bottom], claims[top:bottom]

    return area_by_cell(read, CELLS, basemap=GRID)


def test_cells_have_the_areas_of_zones_of_the_sphere() -> None:
    """Between two latitudes R^2 dlon (sin b - sin a), and together the whole planet."""
    whole = np.ones(GRID.shape, np.bool_)

    areas = _areas(whole, np.zeros(GRID.shape, np.uint16))

    sines = np.diff(np.sin(np.radians(CELLS.lat_deg)))
    expected = MERCURY.radius_m**2 * math.radians(30) * sines
    np.testing.assert_allclose(areas.surface, np.repeat(expected[:, None], 12, 1), rtol=1e-12)
    assert areas.surface.sum() == pytest.approx(4 * math.pi * MERCURY.radius_m**2)
    assert not areas.ejecta.any()


def test_ejecta_and_overlaps_lie_where_they_are() -> None:
    """A zone of ejecta, a sector of overlap in it, and ground that was not imaged."""
    is_imaged = np.ones(GRID.shape, np.bool_)
    claims = np.zeros(GRID.shape, np.uint16)
    claims[: GRID.shape[0] // 2] = 1
    claims[: GRID.shape[0] // 2, : GRID.shape[1] // 12] = 3
    is_imaged[: GRID.shape[0] // 18] = False

    areas = _areas(is_imaged, claims)

    share = areas.ejecta.sum(1) / np.where(areas.imaged.sum(1) > 0, areas.imaged.sum(1), np.nan)
    np.testing.assert_allclose(share[:-1], [0] * 9 + [1] * 8)
    assert np.isnan(share[-1])
    by_lon = areas.overlap.sum(0)
    assert by_lon[0] == pytest.approx(
        MERCURY.radius_m**2 * math.radians(30) * math.cos(math.radians(10))
    )
    assert not by_lon[1:].any()


def test_craters_are_counted_with_the_exact_poisson_interval() -> None:
    """0, 1 and 2 craters: the tabulated limits; 180 degrees counts as -180."""
    places = [LonLat(-180, 0), LonLat(180, 5), LonLat(15, -20)]
    craters = [Crater(crater_id=n, name="", center=at, radius_m=1e4) for n, at in enumerate(places)]

    by_lon = density(craters, np.array([-180.0, 0, 90, 180]), by="longitude")
    by_lat = density(craters, np.array([-90.0, 0, 90]), by="latitude")

    assert by_lon.craters.tolist() == [2, 1, 0]
    np.testing.assert_allclose(by_lon.low, [0.2422, 0.0253, 0], atol=1e-4)
    np.testing.assert_allclose(by_lon.high, [7.2247, 5.5716, 3.6889], atol=1e-4)
    assert by_lat.craters.tolist() == [1, 2]
