"""Freshness of ejecta: how much brighter and bluer they are than the ground just beside them."""

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
from ejmap_geo.resampling.reproject import to_azimuthal

# Ejecta are compared with ground between these distances, in crater radii.
INNER_RADII, OUTER_RADII = 1.1, 10.0
# What varies over more than this, in crater radii, is terrain.
SMOOTH_RADII = 0.5
# A crater radius in pixels: as many, or as many as the mosaic has.
RADIUS_PX = 16
_NOTHING = 1e-6


class BorderStep(NamedTuple):
    """What changes at the border of a mask, for each band, ``(band,)``.

    Attributes:
        step: Grey levels inside less those outside; NaN if the mask has no border there.
        spread: Standard deviation of the ground outside, without slow changes and the step.
    """

    step: NDArray[np.float64]
    spread: NDArray[np.float64]


class Layers(NamedTuple):
    """The planet that craters lie on.

    Attributes:
        raster: ``(band, rows, cols)``, 0 where nothing was imaged.
        overlap_count: Number of craters that claim each pixel, ``(rows, cols)``.
        basemap: Grid of both.
    """

    raster: NDArray[np.uint8]
    overlap_count: NDArray[np.uint16]
    basemap: BasemapGrid


def step_of_crater(layers: Layers, crater: Crater, placed: PlacedMask) -> BorderStep:
    """Return the step at the border of a crater's ejecta, away from those of others.

    Args:
        layers: The planet.
        crater: The crater.
        placed: Its ejecta.
    """
    basemap = layers.basemap
    grid = AzimuthalGrid.reaching(
        basemap.body,
        center=crater.center,
        resolution_m=max(basemap.resolution_m, crater.radius_m / RADIUS_PX),
        reach_m=OUTER_RADII * crater.radius_m,
    )
    bands = to_azimuthal(layers.raster, basemap=basemap, azimuthal=grid)
    claims = to_azimuthal(layers.overlap_count[None], basemap=basemap, azimuthal=grid)[0]
    mask = mask_to_azimuthal(placed, basemap=basemap, azimuthal=grid)
    radii = azimuthal_distance_m(grid, Window.whole(grid.shape)) / crater.radius_m
    is_alone = claims <= mask
    seen = bands.any(axis=0) & is_alone & (radii > INNER_RADII) & (radii < OUTER_RADII)
    return border_step(bands, mask, seen, radius_px=crater.radius_m / grid.resolution_m)


def border_step(
    bands: NDArray[np.generic],
    mask: NDArray[np.bool_],
    seen: NDArray[np.bool_],
    *,
    radius_px: float,
) -> BorderStep:
    """Regress each band on a mask, both without what changes slowly.

    Terrain and units change over long distances, ejecta end at a border: the slope is the height
    of the step there.

    Args:
        bands: ``(band, rows, cols)``.
        mask: ``(rows, cols)``.
        seen: Pixels that count, ``(rows, cols)``.
        radius_px: Radius of the crater in pixels.
    """
    weight, sigma = seen.astype(np.float64), max(SMOOTH_RADII * radius_px, 1.5)
    around = gaussian_filter(weight, sigma) + _NOTHING

    def fast(values: NDArray[np.generic]) -> NDArray[np.float64]:
        level = values.astype(np.float64)
        return (level - gaussian_filter(level * weight, sigma) / around) * weight

    edge, quick = fast(mask), [fast(band) for band in bands]
    strength = float((edge * edge).sum())
    ground = seen & ~mask
    if strength < 1 or not ground.any():
        nothing = np.full(len(bands), np.nan)
        return BorderStep(nothing, nothing)
    step = np.array([(edge * one).sum() / strength for one in quick])
    rest = [one - height * edge for one, height in zip(quick, step, strict=True)]
    return BorderStep(step, np.array([one[ground].std() for one in rest]))
