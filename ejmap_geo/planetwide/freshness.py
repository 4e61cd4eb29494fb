"""Freshness of ejecta: how brightness and colour change over short distances on them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.distance import azimuthal_distance_m
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.placement import mask_to_azimuthal
from ejmap_geo.resampling.reproject import covering_window, to_azimuthal

# Ejecta are compared with ground between these distances, in crater radii.
INNER_RADII, OUTER_RADII = 1.1, 10.0
# What varies over more than this, in crater radii, is terrain.
SMOOTH_RADII = 0.5
# A crater radius in pixels: as many, or as many as the mosaic has.
RADIUS_PX = 16
# Fewer pixels tell nothing.
LEAST_PX = 20
_NOTHING = 1e-6


class QuickColours(NamedTuple):
    """How bands change over short distances, where ejecta are and where they are not.

    Attributes:
        covariance: Covariance of the bands on ejecta, without slow changes, ``(band, band)``; NaN
            with too few pixels.
        spread: Standard deviation of the bands on the ground beside them, without slow changes,
            ``(band,)``.
    """

    covariance: NDArray[np.float64]
    spread: NDArray[np.float64]


class Layers(NamedTuple):
    """A part of the planet that craters lie on.

    Attributes:
        raster: ``(band, height, width)``, 0 where nothing was imaged.
        overlap_count: Number of craters that claim each pixel, ``(height, width)``.
        window: Where both lie; see :func:`window_around`.
        basemap: The whole grid.
    """

    raster: NDArray[np.uint8]
    overlap_count: NDArray[np.uint16]
    window: Window
    basemap: BasemapGrid


def window_around(crater: Crater, basemap: BasemapGrid) -> Window:
    """Return the part of the planet on which a crater's ejecta are compared with ground."""
    return covering_window(
        _grid_about(crater, basemap), basemap, reach_m=OUTER_RADII * crater.radius_m
    )


def colours_of_crater(layers: Layers, crater: Crater, placed: PlacedMask) -> QuickColours:
    """Return how bands change over short distances on a crater's ejecta, away from those of others.

    Args:
        layers: The planet, at least :func:`window_around` of the crater.
        crater: The crater.
        placed: Its ejecta.
    """
    basemap = layers.basemap
    grid = _grid_about(crater, basemap)
    bands, (claims,) = (
        to_azimuthal(one, basemap=basemap, azimuthal=grid, source=layers.window)
        for one in (layers.raster, layers.overlap_count[None])
    )
    mask = mask_to_azimuthal(placed, basemap=basemap, azimuthal=grid)
    radii = azimuthal_distance_m(grid, Window.whole(grid.shape)) / crater.radius_m
    is_alone = claims <= mask
    seen = bands.any(axis=0) & is_alone & (radii > INNER_RADII) & (radii < OUTER_RADII)
    return quick_colours(bands, mask, seen, radius_px=crater.radius_m / grid.resolution_m)


def _grid_about(crater: Crater, basemap: BasemapGrid) -> AzimuthalGrid:
    return AzimuthalGrid.reaching(
        basemap.body,
        center=crater.center,
        resolution_m=max(basemap.resolution_m, crater.radius_m / RADIUS_PX),
        reach_m=OUTER_RADII * crater.radius_m,
    )


def quick_colours(
    bands: NDArray[np.generic],
    mask: NDArray[np.bool_],
    seen: NDArray[np.bool_],
    *,
    radius_px: float,
) -> QuickColours:
    """Return covariances on a mask and spreads beside it, both without what changes slowly.

    Terrain and units change over long distances; rays, grain and borders of ejecta do not.

    Args:
        bands: ``(band, rows, cols)``.
        mask: ``(rows, cols)``.
        seen: Pixels that count, ``(rows, cols)``.
        radius_px: Radius of the crater in pixels.
    """
    weight, sigma = seen.astype(np.float64), max(SMOOTH_RADII * radius_px, 1.5)
    around = gaussian_filter(weight, sigma) + _NOTHING
    level = bands.astype(np.float64)
    slow = np.stack([gaussian_filter(one * weight, sigma) / around for one in level])
    quick = level - slow
    on, ground = quick[:, seen & mask], quick[:, seen & ~mask]
    if min(on.shape[1], ground.shape[1]) < LEAST_PX:
        return QuickColours(np.full((len(bands),) * 2, np.nan), np.full(len(bands), np.nan))
    return QuickColours(on @ on.T / on.shape[1], ground.std(axis=1))
