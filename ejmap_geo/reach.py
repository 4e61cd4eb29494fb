"""How far ejecta reach from the centre of their crater."""

import math

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grid import AzimuthalGrid


def farthest_m(mask: NDArray[np.bool_], azimuthal: AzimuthalGrid) -> float:
    """Return the distance of the farthest pixel centre that is set, in metres; 0 if none is.

    Args:
        mask: ``(rows, cols)`` on ``azimuthal``.
        azimuthal: Grid of the mask; distances from its centre are true along great circles.

    Raises:
        RasterError: If the mask does not have the shape of its grid.
    """
    if mask.shape != azimuthal.shape:
        raise RasterError(f"mask is {mask.shape}, but its grid is {azimuthal.shape}")
    offset = np.arange(mask.shape[0]) + 0.5 - azimuthal.half_size_px
    farthest = 0.0
    for north_px, row in zip(offset, mask, strict=True):
        # The outermost set pixels of a row are its farthest: no square of distances is needed.
        cols = np.flatnonzero(row)
        if cols.size:
            east_px = max(abs(offset[cols[0]]), abs(offset[cols[-1]]))
            farthest = max(farthest, math.hypot(north_px, east_px))
    return farthest * azimuthal.resolution_m
