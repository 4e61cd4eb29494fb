"""Placement: masks carried between the basemap and the raster about a crater.

Only the part of a grid that a mask can touch is computed.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.reach import farthest_m, farthest_on_basemap_m
from ejmap_geo.resampling.reproject import covering_window, to_azimuthal, to_basemap


def mask_to_basemap(
    mask: NDArray[np.bool_], *, azimuthal: AzimuthalGrid, basemap: BasemapGrid
) -> PlacedMask:
    """Carry a mask about a crater to the basemap, nearest pixel.

    Args:
        mask: ``(rows, cols)`` on ``azimuthal``.
        azimuthal: Grid of ``mask``.
        basemap: Grid of the result.

    Raises:
        RasterError: If ``mask`` does not have the shape of ``azimuthal``.
    """
    # A pixel reaches half its diagonal beyond its centre.
    reach_m = farthest_m(mask, azimuthal) + math.sqrt(0.5) * azimuthal.resolution_m
    if not mask.any():
        return PlacedMask.empty()
    window = covering_window(azimuthal, basemap, reach_m=reach_m)
    placed = to_basemap(mask, azimuthal=azimuthal, basemap=basemap, window=window)
    return PlacedMask.in_window(placed, window=window, basemap=basemap)


def mask_to_azimuthal(
    placed: PlacedMask,
    *,
    basemap: BasemapGrid,
    azimuthal: AzimuthalGrid,
    window: Window | None = None,
) -> NDArray[np.bool_]:
    """Carry a mask of the basemap to the raster about a crater, nearest pixel.

    Args:
        placed: Mask on ``basemap``.
        basemap: Grid of ``placed``.
        azimuthal: Grid of the result.
        window: Part of ``azimuthal`` to compute; all of it by default.

    Returns:
        ``(height, width)`` of ``window``.
    """
    if placed.window is None:
        return np.zeros(azimuthal.shape if window is None else window.shape, np.bool_)
    return to_azimuthal(
        placed.mask[None],
        basemap=basemap,
        azimuthal=azimuthal,
        window=window,
        source=placed.window,
    )[0]


def grid_of_mask(
    placed: PlacedMask, *, basemap: BasemapGrid, azimuthal: AzimuthalGrid
) -> AzimuthalGrid:
    """Return the smallest grid of the same centre and pixels that holds all of a mask.

    Raises:
        RasterError: If the mask sets nothing.
    """
    if placed.window is None:
        raise RasterError("a mask that sets nothing has no grid; leave its crater out")
    center_m = farthest_on_basemap_m(placed, basemap=basemap, origin=azimuthal.center)
    return AzimuthalGrid.reaching(
        azimuthal.body,
        center=azimuthal.center,
        resolution_m=azimuthal.resolution_m,
        reach_m=center_m + math.sqrt(0.5) * basemap.resolution_m,
    )
