"""Masks at a coarser scale: each pixel takes what most of its surroundings say."""

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError


def majority(mask: NDArray[np.bool_], *, side_px: int) -> NDArray[np.bool_]:
    """Set the pixels whose square of ``side_px`` pixels is set for the most part.

    Beyond the edges the mask goes on as at its edge. This is a median filter, and as the side is
    odd there are no ties.

    Args:
        mask: ``(rows, cols)``; no side may be 0.
        side_px: Side of the square, odd; 1 changes nothing.

    Returns:
        ``(rows, cols)``.

    Raises:
        RasterError: If the side is even or below 1.
    """
    if side_px < 1 or side_px % 2 == 0:
        raise RasterError(f"side of a majority filter must be an odd number, got {side_px}")
    if side_px == 1:
        return mask
    # Of the sums over everything above and to the left, four corners give any square.
    padded = np.pad(mask, side_px // 2, mode="edge")
    sums = np.zeros((padded.shape[0] + 1, padded.shape[1] + 1), np.int32)
    np.cumsum(padded, axis=0, dtype=np.int32, out=sums[1:, 1:])
    np.cumsum(sums, axis=1, out=sums)
    ends = sums[side_px:, side_px:] + sums[:-side_px, :-side_px]
    set_px = ends - sums[side_px:, :-side_px] - sums[:-side_px, side_px:]
    return 2 * set_px > side_px**2
