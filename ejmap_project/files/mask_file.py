"""Masks on the basemap as files: no larger than their content, empty ones included."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.maps.color import Rgb, crater_color
from ejmap_geo.maps.raster_style import class_style, write_style
from ejmap_geo.maps.value_table import ValueClass
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.files.raster_tags import crater_words, meaning


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


def write_crater_mask(
    path: Path,
    placed: PlacedMask,
    crater: Crater,
    *,
    basemap: BasemapGrid,
    what: str,
    tags: Mapping[str, str],
) -> None:
    """Write a mask in the colour of its crater, with its style and what its values mean.

    Args:
        path: File to write.
        placed: The mask.
        crater: The crater whose ejecta it shows.
        basemap: Grid of the mask.
        what: What 1 means, in words.
        tags: Text kept inside the file.
    """
    color, words = crater_color(crater.crater_id, crater.name), crater_words(crater)
    told = meaning(f"{what} of {words}", f"1: {what} of this crater; 0 (nodata): none")
    write_mask(
        path,
        placed,
        basemap=basemap,
        center=crater.center,
        color=color,
        tags={**tags, **told},
    )
    shown = ValueClass(1, str(crater.crater_id), f"{what} of {words}", color.opaque)
    write_style(path, class_style([shown]))
