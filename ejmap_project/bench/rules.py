"""Masks of simple rules: thresholds on brightness and distance, and Otsu's threshold."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.distance import half_chord_squared
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask, crop
from ejmap_geo.resampling.reproject import covering_window
from ejmap_ml.baselines import (
    BRIGHTNESS_BINS,
    DISTANCE_BINS_PER_RADIUS,
    RuleSetting,
    brightness_levels,
)


class Brightness(NamedTuple):
    """How bright a planet is, in bins of robust sigmas.

    Attributes:
        levels: Bin of every pixel by each measure, ``(feature, rows, cols)``; the last measure is
            the mean of the bands.
        has_data: Where something was imaged, ``(rows, cols)``.
        basemap: Grid of both.
    """

    levels: NDArray[np.uint8]
    has_data: NDArray[np.bool_]
    basemap: BasemapGrid


def brightness_of(raster: NDArray[np.uint8], basemap: BasemapGrid) -> Brightness:
    """Return how bright a mosaic ``(band, rows, cols)`` is.

    Raises:
        SampleError: If it does not lie on the grid or has no data.
    """
    return Brightness(*brightness_levels(raster, basemap), basemap)


def rule_mask(setting: RuleSetting, brightness: Brightness, crater: Crater) -> PlacedMask:
    """Return what a tuned rule maps around a crater: nothing inside the rim."""
    reach_m = min(
        crater.reach(brightness.basemap.body),
        setting.distance_bins / DISTANCE_BINS_PER_RADIUS * crater.radius_m,
    )
    window, around = _surroundings(brightness, crater, reach_m)
    levels = crop(brightness.levels[setting.feature], window)
    bright = levels >= setting.brightness_bin
    return PlacedMask.in_window(around & bright, window=window, basemap=brightness.basemap)


def otsu_mask(brightness: Brightness, crater: Crater) -> PlacedMask:
    """Return the brighter one of two classes of the pixels within a crater's reach.

    The threshold has the largest variance between the classes (Otsu, A threshold selection method
    from gray-level histograms, 1979), by the mean of the bands.
    """
    window, around = _surroundings(brightness, crater, crater.reach(brightness.basemap.body))
    levels = crop(brightness.levels[-1], window)
    threshold = otsu_threshold(np.bincount(levels[around], minlength=BRIGHTNESS_BINS))
    return PlacedMask.in_window(
        around & (levels > threshold), window=window, basemap=brightness.basemap
    )


def otsu_threshold(counts: NDArray[np.int_]) -> int:
    """Return the highest level of the darker class; the last level when all pixels have one."""
    level = np.arange(counts.size)
    darker = counts.cumsum().astype(np.float64)
    brighter = darker[-1] - darker
    total = (counts * level).cumsum().astype(np.float64)
    both = darker * brighter
    apart = total[-1] * darker - darker[-1] * total
    between = np.divide(apart**2, both, out=np.zeros_like(both), where=both > 0)
    return int(between.argmax()) if between.any() else counts.size - 1


def _surroundings(
    brightness: Brightness, crater: Crater, reach_m: float
) -> tuple[Window, NDArray[np.bool_]]:
    """Return a window, and where in it pixels with data lie between the rim and a distance."""
    basemap, body = brightness.basemap, brightness.basemap.body
    azimuthal = AzimuthalGrid.reaching(
        body, center=crater.center, resolution_m=basemap.resolution_m, reach_m=reach_m
    )
    window = covering_window(azimuthal, basemap, reach_m=reach_m)
    chord = half_chord_squared(basemap, window, origin=crater.center)
    near, far = np.sin(np.array([crater.radius_m, reach_m]) / body.radius_m / 2) ** 2
    return window, (chord >= near) & (chord < far) & crop(brightness.has_data, window)
