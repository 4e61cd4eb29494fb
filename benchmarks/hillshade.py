"""Hillshade: how elevation on a basemap would look under a light from one direction."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import BasemapGrid


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Where the light comes from, the same at every place of the planet.

    Attributes:
        azimuth_deg: Direction towards the light, clockwise from north.
        elevation_deg: Height of the light above the horizon, above 0 and up to 90.
    """

    azimuth_deg: float
    elevation_deg: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.azimuth_deg):
            raise RasterError(f"light needs an azimuth in degrees, got {self.azimuth_deg}")
        if not 0 < self.elevation_deg <= 90:
            raise RasterError(
                f"light must stand above the horizon, up to 90 degrees, got {self.elevation_deg}"
            )

    @property
    def direction(self) -> tuple[float, float, float]:
        """Unit vector towards the light: east, north, up."""
        azimuth, height = math.radians(self.azimuth_deg), math.radians(self.elevation_deg)
        across = math.cos(height)
        return across * math.sin(azimuth), across * math.cos(azimuth), math.sin(height)


def hillshade(
    elevation_m: NDArray[np.number], *, basemap: BasemapGrid, light: Light
) -> NDArray[np.float32]:
    """Return the brightness of a matt surface, without cast shadows.

    Slopes are central differences between neighbouring pixels; beyond a pole the neighbour is the
    pixel on the opposite meridian.

    Args:
        elevation_m: ``(rows, cols)`` on ``basemap``, above any level.
        basemap: Grid of the elevation.
        light: Where the light comes from.

    Returns:
        ``(rows, cols)``: cosine of the angle between surface normal and light, 0 in the shade.

    Raises:
        RasterError: If the elevation does not have the shape of the basemap.
    """
    if elevation_m.shape != basemap.shape:
        raise RasterError(f"elevation is {elevation_m.shape}, but its grid is {basemap.shape}")
    rise_east, rise_north = _slopes(elevation_m.astype(np.float64), basemap)
    east, north, up = light.direction
    towards = up - east * rise_east - north * rise_north
    lit = towards / np.sqrt(1 + rise_east**2 + rise_north**2)
    return np.maximum(lit, 0).astype(np.float32)


def _slopes(
    elevation_m: NDArray[np.float64], basemap: BasemapGrid
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return metres risen a metre to the east and to the north."""
    rows, cols = basemap.shape
    over_north = np.roll(elevation_m[:1], cols // 2, axis=1)
    over_south = np.roll(elevation_m[-1:], cols // 2, axis=1)
    tall = np.concatenate([over_north, elevation_m, over_south])
    rise_north = (tall[:-2] - tall[2:]) / (2 * basemap.resolution_m)
    lat = np.pi / 2 - (np.arange(rows) + 0.5) * np.pi / rows
    step_m = 2 * basemap.resolution_m * np.cos(lat)[:, None]
    rise_east = (np.roll(elevation_m, -1, axis=1) - np.roll(elevation_m, 1, axis=1)) / step_m
    return rise_east, rise_north
