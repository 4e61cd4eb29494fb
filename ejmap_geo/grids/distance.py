"""Great-circle distance from a point: of another point, and over a window of either grid."""

import math

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window


def angle_rad(one: LonLat, other: LonLat) -> float:
    """Return the great-circle angle between two points."""
    lon1, lat1, lon2, lat2 = np.radians([*one, *other])
    # The haversine keeps its digits where the points are close.
    half_chord = math.hypot(
        math.sin((lat2 - lat1) / 2),
        math.sqrt(math.cos(lat1) * math.cos(lat2)) * math.sin((lon2 - lon1) / 2),
    )
    return 2 * math.asin(min(1.0, half_chord))


def azimuthal_distance_m(azimuthal: AzimuthalGrid, window: Window) -> NDArray[np.float64]:
    """Return the distance of pixel centres from the projection centre, ``(height, width)``.

    Straight lines through the centre are true to scale, so this is plane geometry. Corners of a
    whole-planet raster that lie beyond the antipode get the antipode's distance.
    """
    half = azimuthal.half_size_px - 0.5
    down = np.arange(window.row, window.row + window.height) - half
    right = np.arange(window.col, window.col + window.width) - half
    distance_m = np.hypot(down[:, None], right) * azimuthal.resolution_m
    return np.minimum(distance_m, azimuthal.body.half_circumference_m)


def basemap_distance_m(
    basemap: BasemapGrid, window: Window, *, origin: LonLat
) -> NDArray[np.float64]:
    """Return the distance of pixel centres from a point of the surface, ``(height, width)``."""
    chord = half_chord_squared(basemap, window, origin=origin)
    return 2 * basemap.body.radius_m * np.arctan2(np.sqrt(chord), np.sqrt(1 - chord))


def half_chord_squared(
    basemap: BasemapGrid, window: Window, *, origin: LonLat
) -> NDArray[np.float64]:
    """Return sin^2(c / 2), c being the angular distance of pixel centres from a point.

    It grows with the distance from 0 to 1, so it can be compared with that of a radius at a
    fraction of the cost of the distance itself. The haversine form keeps its digits next to the
    point.
    """
    along, shrink, across = haversine_parts(basemap, window, origin=origin)
    return np.clip(along[:, None] + shrink[:, None] * across, 0, 1)


def haversine_parts(
    basemap: BasemapGrid, window: Window, *, origin: LonLat
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return parts of :func:`half_chord_squared`, which is along + shrink * across.

    The first two are ``(height,)``, the last is ``(width,)``.
    """
    cell = 2 * np.pi / basemap.width_px
    lon0, lat0 = np.radians(origin)
    lat = np.pi / 2 - (np.arange(window.row, window.row + window.height) + 0.5) * cell
    lon = (np.arange(window.col, window.col + window.width) + 0.5) * cell - np.pi
    shrink = np.cos(lat0) * np.cos(lat)
    return np.sin((lat - lat0) / 2) ** 2, shrink, np.sin((lon - lon0) / 2) ** 2
