"""What each cell of a polar view shows of a mosaic that has pixels."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.grids.sphere import destination


def seen_places(
    polar: PolarGrid, basemap: BasemapGrid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return range in radii and azimuth in radians of what each cell of a view shows.

    Near the crater, cells are smaller than the pixels of the mosaic and show the nearest one: its
    centre counts, never nearer than the rim. Where rows are farther apart than pixels, the centre
    of the cell counts.

    Returns:
        Two arrays ``(rows, cols)``.
    """
    lat_rad, lon_rad = math.radians(polar.center.lat_deg), math.radians(polar.center.lon_deg)
    radius_rad = polar.radius_m / polar.body.radius_m
    places = np.empty((2, *polar.shape))
    _fill_places(
        (lat_rad, lon_rad, radius_rad),
        polar.range_radii,
        polar.azimuth_rad,
        2 * math.pi / basemap.width_px,
        places,
    )
    return places[0], places[1]


def seen_width_radii(polar: PolarGrid, basemap: BasemapGrid) -> NDArray[np.float64]:
    """Return the width of what a cell shows at once, a pixel or a cell, in radii, ``(rows,)``."""
    radius_rad = polar.radius_m / polar.body.radius_m
    around = np.sin(np.minimum(polar.range_rad, np.pi / 2)) * (2 * np.pi / polar.cols)
    return np.maximum(2 * np.pi / basemap.width_px, around) / radius_rad


@njit(cache=True, nogil=True)
def _fill_places(
    crater: tuple[float, float, float],
    range_radii: NDArray[np.float64],
    azimuth_rad: NDArray[np.float64],
    pixel_rad: float,
    out: NDArray[np.float64],
) -> None:
    lat0, lon0, radius_rad = crater
    sin0, cos0 = math.sin(lat0), math.cos(lat0)
    for i in range(range_radii.size):
        r = range_radii[i] * radius_rad
        next_row = min(i + 1, range_radii.size - 1)
        step_radii = range_radii[next_row] - range_radii[next_row - 1]
        is_coarse = step_radii * radius_rad > pixel_rad
        for j in range(azimuth_rad.size):
            if is_coarse or r >= math.pi or range_radii[i] < 1.0:
                out[0, i, j], out[1, i, j] = range_radii[i], azimuth_rad[j]
                continue
            turn = azimuth_rad[j]
            lon, lat = destination(sin0, cos0, lon0, r, math.sin(turn), math.cos(turn))
            # The centre of the pixel that this place lies in.
            lat = (math.floor(lat / pixel_rad) + 0.5) * pixel_rad
            dlon = (math.floor(lon / pixel_rad) + 0.5) * pixel_rad - lon0
            cos_lat, sin_lat = math.cos(lat), math.sin(lat)
            east = cos_lat * math.sin(dlon)
            north = cos0 * sin_lat - sin0 * cos_lat * math.cos(dlon)
            up = sin0 * sin_lat + cos0 * cos_lat * math.cos(dlon)
            out[0, i, j] = max(1.0, math.atan2(math.hypot(east, north), up) / radius_rad)
            out[1, i, j] = math.atan2(east, north)
