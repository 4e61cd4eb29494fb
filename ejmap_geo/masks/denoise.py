"""Denoising of masks: clusters of set or clear pixels that are too small to be ejecta or gaps."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.masks.clusters import clusters_of, gaps_between, paint_runs, runs_of

DEFAULT_MIN_PX = 100
Connectivity = Literal[4, 8]


def denoised(
    mask: NDArray[np.bool_],
    *,
    min_px: int = DEFAULT_MIN_PX,
    connectivity: Connectivity = 8,
    wraps: bool = False,
) -> NDArray[np.bool_]:
    """Clear clusters of fewer than ``min_px`` set pixels, then fill holes of fewer clear ones.

    Set pixels hang together by sides and corners (8), clear ones by sides only (4), or the other
    way round: with the same rule for both a diagonal ray could cross a gap that crosses the ray.
    Clear pixels that reach the edge of the array are no hole, however few they are.

    Args:
        mask: ``(rows, cols)``.
        min_px: Smallest cluster that stays.
        connectivity: Neighbours of a set pixel.
        wraps: Whether the last column is next to the first, as on a whole-planet raster.
    """
    cols, joins_corners = mask.shape[1], connectivity == 8
    runs = runs_of(mask)
    islands = clusters_of(runs, cols=cols, joins_corners=joins_corners, wraps=wraps)
    result = mask.copy()
    paint_runs(result, runs.where(islands.size_px < min_px), value=False)
    gaps = gaps_between(runs.where(islands.size_px >= min_px), cols=cols)
    holes = clusters_of(gaps, cols=cols, joins_corners=not joins_corners, wraps=wraps)
    paint_runs(result, gaps.where((holes.size_px < min_px) & ~holes.is_open), value=True)
    return result


def largest_cluster_px(mask: NDArray[np.bool_]) -> int:
    """Return the size of the largest cluster of pixels that hang together by sides; 0 if none."""
    clusters = clusters_of(runs_of(mask), cols=mask.shape[1], joins_corners=False)
    return int(clusters.size_px.max(initial=0))


def denoised_by_sides(
    mask: NDArray[np.bool_], *, min_px: int = DEFAULT_MIN_PX
) -> NDArray[np.bool_]:
    """Clear clusters of fewer than ``min_px`` set pixels, then fill clear ones, as published.

    Set and clear pixels hang together by sides only. Clear clusters at the edge of the array are
    filled like any other.

    Args:
        mask: ``(rows, cols)``.
        min_px: Smallest cluster that stays.
    """
    cols = mask.shape[1]
    runs = runs_of(mask)
    islands = clusters_of(runs, cols=cols, joins_corners=False)
    result = mask.copy()
    paint_runs(result, runs.where(islands.size_px < min_px), value=False)
    gaps = gaps_between(runs.where(islands.size_px >= min_px), cols=cols)
    clear = clusters_of(gaps, cols=cols, joins_corners=False)
    paint_runs(result, gaps.where(clear.size_px < min_px), value=True)
    return result
