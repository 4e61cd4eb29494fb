"""Ejecta that no other crater claims, and ground that others claim."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask

# The number of craters that claim each pixel of a window of the basemap, ``(height, width)``.
ReadCounts = Callable[[Window], NDArray[np.unsignedinteger]]


def clean_mask(placed: PlacedMask, counts: ReadCounts, *, basemap: BasemapGrid) -> PlacedMask:
    """Return the pixels of a crater's mask that no other crater claims.

    Args:
        placed: Ejecta of the crater.
        counts: Returns how many craters claim each pixel of a window, this crater among them; see
            :func:`ejmap_geo.maps.label_map.label_map`.
        basemap: Grid of the mask.
    """
    if placed.window is None:
        return placed
    alone = counts(placed.window) == 1
    return PlacedMask.in_window(placed.mask & alone, window=placed.window, basemap=basemap)


def claimed_by_others(
    placed: PlacedMask, counts: ReadCounts, *, basemap: BasemapGrid
) -> PlacedMask:
    """Return the pixels that other craters claim, as far as the window of a crater's mask reaches.

    The crater itself need not claim them.

    Args:
        placed: Ejecta of the crater.
        counts: As for :func:`clean_mask`.
        basemap: Grid of the mask.
    """
    if placed.window is None:
        return placed
    others = counts(placed.window) > placed.mask
    return PlacedMask.in_window(others, window=placed.window, basemap=basemap)
