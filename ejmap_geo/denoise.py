"""Denoising of masks: clusters of set or clear pixels that are too small to be ejecta or gaps."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ejmap_geo.grid import BasemapGrid
from ejmap_geo.masks import PlacedMask

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
    clusters = _clusters(mask, connectivity, wraps=wraps)
    kept = mask & ~_small(clusters, min_px)
    # A frame of clear pixels joins everything that is open to the outside. On a raster that wraps
    # it is two rows that need not meet.
    sides = 0 if wraps else 1
    framed = np.pad(~kept, ((1, 1), (sides, sides)), constant_values=True)
    holes = _clusters(framed, 4 if connectivity == 8 else 8, wraps=wraps)
    holes[np.isin(holes, (holes[0, 0], holes[-1, 0]))] = 0
    inner = slice(sides, framed.shape[1] - sides)
    return kept | _small(holes, min_px)[1:-1, inner]


def denoised_placed(
    placed: PlacedMask,
    *,
    basemap: BasemapGrid,
    min_px: int = DEFAULT_MIN_PX,
    connectivity: Connectivity = 8,
) -> PlacedMask:
    """Return a placed mask without small clusters and holes, trimmed; see :func:`denoised`."""
    if placed.window is None:
        return placed
    wraps = placed.window.width == basemap.width_px
    mask = denoised(placed.mask, min_px=min_px, connectivity=connectivity, wraps=wraps)
    return PlacedMask.in_window(mask, window=placed.window, basemap=basemap)


def _clusters(
    mask: NDArray[np.bool_], connectivity: Connectivity, *, wraps: bool
) -> NDArray[np.int32]:
    """Number the connected clusters of set pixels from 1; 0 is clear."""
    structure = ndimage.generate_binary_structure(2, 1 if connectivity == 4 else 2)
    labels = np.zeros(mask.shape, np.int32)
    ndimage.label(mask, structure, output=labels)
    if not wraps:
        return labels
    pairs = _pairs_across_the_seam(labels[:, -1], labels[:, 0], connectivity)
    size = int(labels.max()) + 1
    graph = coo_array((np.ones(len(pairs)), tuple(pairs.T)), shape=(size, size))
    _, joined = connected_components(graph, directed=False)
    # Label 0 has no edge, so nothing is joined to it; it is the first component found.
    return joined.astype(np.int32)[labels]


def _pairs_across_the_seam(
    last: NDArray[np.int32], first: NDArray[np.int32], connectivity: Connectivity
) -> NDArray[np.int32]:
    shifts = (0,) if connectivity == 4 else (-1, 0, 1)
    rows = np.arange(last.size)
    pairs = [np.zeros((0, 2), np.int32)]
    for shift in shifts:
        kept = rows[(rows + shift >= 0) & (rows + shift < last.size)]
        pairs.append(np.stack([last[kept], first[kept + shift]], axis=1))
    found = np.concatenate(pairs)
    return found[(found > 0).all(axis=1)]


def _small(clusters: NDArray[np.int32], min_px: int) -> NDArray[np.bool_]:
    """Return the pixels of clusters that are too small; 0 is no cluster."""
    is_small = np.bincount(clusters.ravel(), minlength=1) < min_px
    is_small[0] = False
    return is_small[clusters]
