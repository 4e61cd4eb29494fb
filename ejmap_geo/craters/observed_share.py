"""How much of the surroundings of craters a mosaic shows."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid

# Most continuous ejecta and the inner rays lie within so many radii.
SURROUNDINGS_RADII = 10.0
RINGS, AZIMUTHS = 24, 48


def observed_shares(
    raster: NDArray[np.uint8], grid: BasemapGrid, craters: Iterable[Crater]
) -> list[float]:
    """Return the share of the area around each crater that was imaged in any band.

    Args:
        raster: ``(band, rows, cols)``, 0 where nothing was imaged.
        grid: The basemap.
        craters: The craters.
    """
    is_imaged = np.asarray(raster.any(axis=0))
    return [observed_share(is_imaged, grid, crater) for crater in craters]


def observed_share(is_imaged: NDArray[np.bool_], grid: BasemapGrid, crater: Crater) -> float:
    """Return the share of the area around a crater that was imaged, 0 to 1.

    The area reaches 10 radii from the centre, or as far as the crater is mapped if that is less. It
    is sampled at 1152 places of equal area, so that the share is true to about two per cent.

    Args:
        is_imaged: ``(rows, cols)`` on ``grid``.
        grid: The basemap.
        crater: The crater.
    """
    reach_m = min(SURROUNDINGS_RADII * crater.radius_m, crater.reach(grid.body))
    half_chord = np.sin(reach_m / grid.body.radius_m / 2)
    # Areas within a range grow with the square of the half chord.
    ring_share = (np.arange(RINGS) + 0.5) / RINGS
    away = 2 * np.arcsin(np.sqrt(ring_share) * half_chord)[:, None]
    azimuth = 2 * np.pi * (np.arange(AZIMUTHS) + 0.5) / AZIMUTHS
    lon, lat = (np.radians(angle) for angle in crater.center)
    north, east = np.sin(away) * np.cos(azimuth), np.sin(away) * np.sin(azimuth)
    sin_lat = np.cos(away) * np.sin(lat) + north * np.cos(lat)
    towards = np.cos(away) * np.cos(lat) - north * np.sin(lat)
    rows, cols = grid.shape
    row = (0.5 - np.arcsin(np.clip(sin_lat, -1, 1)) / np.pi) * rows
    col = (0.5 + (lon + np.arctan2(east, towards)) / (2 * np.pi)) * cols
    row_px = np.clip(row.astype(np.int64), 0, rows - 1)
    return float(is_imaged[row_px, np.floor(col).astype(np.int64) % cols].mean())
