"""The label map: many masks in one raster of crater ids, with overlaps counted beside it."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.cores import two_at_a_time
from ejmap_geo.craters.catalogue import LARGEST_CRATER_ID
from ejmap_geo.errors import CatalogueError, RasterError
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.resampling.overlaps import claim, in_pieces
from ejmap_geo.resampling.strips import kernel_input

# Crater id 0 exists, so neither code may be 0.
SEVERAL = LARGEST_CRATER_ID + 1
NODATA = LARGEST_CRATER_ID + 2


class LabelMap(NamedTuple):
    """Which crater's ejecta lie where, ``(rows, cols)`` on the basemap.

    Attributes:
        labels: Crater id; ``SEVERAL`` (65534) where more than one crater claims the pixel,
            ``NODATA`` (65535) where none does. The ids of an overlap are in the masks.
        overlap_count: Number of craters that claim the pixel.
    """

    labels: NDArray[np.uint16]
    overlap_count: NDArray[np.uint16]


def label_map(masks: Mapping[int, PlacedMask], *, basemap: BasemapGrid) -> LabelMap:
    """Burn the masks of many craters into one raster, in any order with one result.

    Args:
        masks: Mask of each crater by crater id; empty ones are fine. Few are read at a time, so the
            mapping may load lazily.
        basemap: Grid of the masks.

    Raises:
        CatalogueError: If a crater id cannot be told from the codes of a label map.
        RasterError: If a mask lies beyond the rows of the basemap.
    """
    labels = np.full(basemap.shape, NODATA, np.uint16)
    overlap_count = np.zeros(basemap.shape, np.uint16)
    for crater_id, placed in zip(masks, two_at_a_time(masks.__getitem__, masks), strict=True):
        if not 0 <= crater_id <= LARGEST_CRATER_ID:
            raise CatalogueError(
                f"label maps hold crater ids 0..{LARGEST_CRATER_ID}, got {crater_id}"
            )
        if placed.window is None:
            continue
        _claim(labels, overlap_count, placed.mask, placed.window, crater_id)
    return LabelMap(labels, overlap_count)


def _claim(
    labels: NDArray[np.uint16],
    overlap_count: NDArray[np.uint16],
    mask: NDArray[np.bool_],
    window: Window,
    crater_id: int,
) -> None:
    rows, end = labels.shape[0], window.row + window.height
    # The kernel writes wherever it is told to.
    if window.row < 0 or end > rows:
        raise RasterError(
            f"the mask of crater {crater_id} fills rows {window.row} to {end} of a basemap of "
            f"{rows}; make it on this basemap"
        )
    mask, codes = kernel_input(mask), (crater_id, SEVERAL)
    in_pieces(
        lambda piece, rows: claim(labels, overlap_count, mask, piece, codes, rows),
        window,
        width_px=labels.shape[1],
    )
