"""What geometry tests share: centres at the hard places of the sphere, and pyproj as oracle."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import settings
from pyproj import Transformer

from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window

# Digits that put no pixel centre on a pixel edge, where rounding alone would decide.
CENTERS = {
    "mid-latitude": LonLat(31.4159, 27.1828),
    "antimeridian": LonLat(179.9117, -5.2281),
    "north-pole": LonLat(12.3457, 89.2713),
    "south-pole": LonLat(-77.7171, -88.8179),
    "exact-north-pole": LonLat(40.0123, 90.0),
}

# Kernels compile on their first call, which no deadline for one example could allow for.
settings.register_profile("geometry", deadline=None, derandomize=True)
settings.load_profile("geometry")

BasemapPositions = Callable[..., tuple[np.ndarray, np.ndarray]]


@pytest.fixture(params=CENTERS.values(), ids=CENTERS.keys())
def center(request: pytest.FixtureRequest) -> LonLat:
    """Give each of the hard places in turn."""
    return request.param


def _pixel_centers(shape: tuple[int, int], window: Window | None = None) -> tuple:
    """Return row and col of pixel centres as two arrays."""
    window = window or Window(row=0, col=0, height=shape[0], width=shape[1])
    rows = np.arange(window.row, window.row + window.height) + 0.5
    cols = np.arange(window.col, window.col + window.width) + 0.5
    return tuple(np.meshgrid(rows, cols, indexing="ij"))


@pytest.fixture
def pixel_centers() -> Callable:
    """Give a function that returns row and col of pixel centres, of a shape or a window."""
    return _pixel_centers


@pytest.fixture
def basemap_positions() -> BasemapPositions:
    """Give a function that carries azimuthal pixel centres to the basemap through pyproj.

    Rows and columns are NaN beyond the antipode.
    """

    def positions(
        azimuthal: AzimuthalGrid, basemap: BasemapGrid, window: Window | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        rows, cols = _pixel_centers(azimuthal.shape, window)
        x, y = azimuthal.transform @ (cols, rows)
        # Through longitude and latitude: eqc would wrap the antimeridian by its own rules.
        to_degrees = Transformer.from_crs(azimuthal.crs, azimuthal.crs.geodetic_crs, always_xy=True)
        lon_deg, lat_deg = to_degrees.transform(x, y)
        is_planet = np.hypot(x, y) < azimuthal.body.half_circumference_m
        row = np.where(is_planet, (90 - lat_deg) / 180 * basemap.shape[0], np.nan)
        col = np.where(is_planet, (lon_deg + 180) / 360 * basemap.shape[1], np.nan)
        return row, col % basemap.shape[1]

    return positions
