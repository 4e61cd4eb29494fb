"""Ejecta that no other crater claims."""

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask, crop


def clean_mask(
    placed: PlacedMask, overlap_count: NDArray[np.unsignedinteger], *, basemap: BasemapGrid
) -> PlacedMask:
    """Return the pixels of a crater's mask that no other crater claims.

    Args:
        placed: Ejecta of the crater.
        overlap_count: Number of craters that claim each pixel, ``(rows, cols)`` of ``basemap``,
            this crater among them; see :func:`ejmap_geo.maps.label_map.label_map`.
        basemap: Grid of the mask.
    """
    if placed.window is None:
        return placed
    alone = crop(overlap_count, placed.window) == 1
    return PlacedMask.in_window(placed.mask & alone, window=placed.window, basemap=basemap)
