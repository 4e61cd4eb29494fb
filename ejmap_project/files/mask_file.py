"""Masks on the basemap as files: no larger than their content, empty ones included."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.color import Rgb
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import write_cog


def write_mask(
    path: Path,
    placed: PlacedMask,
    *,
    basemap: BasemapGrid,
    center: LonLat,
    color: Rgb | None = None,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Write a mask as a raster of 0 and 1 that ``read_mask_on`` places where it was.

    A GIS shows 0 as transparent, and 1 in the colour of the crater if one is given.

    Args:
        path: File to write.
        placed: The mask; a raster cannot be empty, so a mask that sets nothing becomes the one
            clear pixel at ``center``.
        basemap: Grid of the mask.
        center: Centre of the crater.
        color: Colour of the ejecta; None for a mask in grey.
        tags: Text kept inside the file.
    """
    if placed.window is None:
        at = basemap.position(center)
        last_row = basemap.shape[0] - 1
        window = Window(row=min(int(at.row), last_row), col=int(at.col), height=1, width=1)
        mask = np.zeros(window.shape, np.bool_)
    else:
        window, mask = placed.window, placed.mask
    write_cog(
        path,
        mask,
        grid=basemap,
        window=window,
        nodata=0,
        band_names=("ejecta",),
        colormap=None if color is None else {1: color.opaque},
        tags=tags,
    )
