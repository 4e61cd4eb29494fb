"""Directions of basemap pixels: unit vectors from the planet's centre, row and column factored."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.coords import LonLat, normalize_lon
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.sphere import destination
from ejmap_geo.grids.window import Window


class Directions(NamedTuple):
    """Sines and cosines of the pixel centres of a basemap window.

    The unit vector of pixel (i, j) is (cos_lat[i] cos_lon[j], cos_lat[i] sin_lon[j], sin_lat[i]).
    """

    sin_lat: NDArray[np.float64]
    cos_lat: NDArray[np.float64]
    sin_lon: NDArray[np.float64]
    cos_lon: NDArray[np.float64]
    pixel_rad: float

    @property
    def shape(self) -> tuple[int, int]:
        """``(rows, cols)``."""
        return self.sin_lat.size, self.sin_lon.size


def directions(basemap: BasemapGrid, window: Window) -> Directions:
    """Return the directions of the pixel centres of ``window``, which may wrap in columns."""
    rows, cols = basemap.shape
    lat = np.pi / 2 - (np.arange(window.row, window.row + window.height) + 0.5) * (np.pi / rows)
    lon = (window.columns(cols) + 0.5) * (2 * np.pi / cols) - np.pi
    return Directions(np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon), 2 * math.pi / cols)


def cap_window(basemap: BasemapGrid, *, center: LonLat, radius_rad: float) -> Window:
    """Return the smallest window, give or take a pixel, that holds a spherical cap."""
    rows, cols = basemap.shape
    position = basemap.position(center)
    half_rows = radius_rad / np.pi * rows
    top = max(0, math.floor(position.row - half_rows))
    bottom = min(rows, math.ceil(position.row + half_rows) + 1)
    ratio = math.sin(min(radius_rad, math.pi / 2)) / max(
        math.cos(math.radians(center.lat_deg)), 1e-9
    )
    over_pole = math.radians(abs(center.lat_deg)) + radius_rad >= math.pi / 2
    if over_pole or ratio >= 1.0:
        return Window(row=top, col=0, height=bottom - top, width=cols)
    half_cols = math.asin(ratio) / (2 * math.pi) * cols
    left = math.floor(position.col - half_cols)
    width = min(cols, math.ceil(position.col + half_cols) + 1 - left)
    return Window(row=top, col=left, height=bottom - top, width=width)


def unit_vector(point: LonLat) -> NDArray[np.float64]:
    """Return the direction of a surface point, ``(3,)``."""
    lon, lat = math.radians(point.lon_deg), math.radians(point.lat_deg)
    return np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])


def place_from(origin: LonLat, range_rad: float, azimuth_rad: float) -> LonLat:
    """Return the place at an angular range and an azimuth, clockwise from north, from another."""
    lat0 = math.radians(origin.lat_deg)
    turn_rad, lat_rad = destination(
        math.sin(lat0),
        math.cos(lat0),
        0.0,
        range_rad,
        math.sin(azimuth_rad),
        math.cos(azimuth_rad),
    )
    return LonLat(normalize_lon(origin.lon_deg + math.degrees(turn_rad)), math.degrees(lat_rad))
