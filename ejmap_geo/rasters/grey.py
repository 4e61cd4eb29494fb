"""Grey that is made of the bands of a mosaic."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError

STRIP_ROWS = 512


def weighted_grey(raster: NDArray[np.uint8], weights: Sequence[float]) -> NDArray[np.uint8]:
    """Return the weighted sum of bands, rounded to the nearest grey level.

    Args:
        raster: ``(band, rows, cols)``, 0 in all bands where nothing was imaged.
        weights: Weight of each band; they add up to 1.

    Returns:
        ``(1, rows, cols)``; 0 where nothing was imaged and nowhere else.

    Raises:
        RasterError: If there are not as many weights as bands.
    """
    if len(weights) != len(raster):
        raise RasterError(
            f"{len(raster)} band(s) need as many weights, got {len(weights)}; state the bands that "
            "the mosaic has"
        )
    grey = np.empty((1, *raster.shape[1:]), np.uint8)
    # The floats of a whole mosaic would fill gigabytes.
    for top in range(0, raster.shape[1], STRIP_ROWS):
        strip = raster[:, top : top + STRIP_ROWS]
        mixed = np.rint(np.tensordot(np.asarray(weights, np.float32), strip, axes=1))
        # Black is a measurement; 0 means that there is none.
        lit = np.clip(mixed, 1, 255).astype(np.uint8)
        grey[0, top : top + STRIP_ROWS] = np.where(strip.any(axis=0), lit, 0)
    return grey
