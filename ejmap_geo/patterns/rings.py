"""Rings: how much of each ring about a crater is ejecta, and where the continuous blanket ends."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.patterns.set_pixels import STRETCH_PX, first_of
from ejmap_geo.resampling.strips import in_strips, kernel_input


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RingCounts:
    """Pixels by distance from the centre of a raster; rings hold their inner edge.

    Attributes:
        edges_px: Inner edge of each ring and the outer edge of the last, ``(ring + 1,)``.
        set_px: Pixels of the mask in each ring, ``(ring,)``.
        all_px: Pixels of the raster in each ring, ``(ring,)``.
    """

    edges_px: NDArray[np.float64]
    set_px: NDArray[np.int64]
    all_px: NDArray[np.int64]

    @property
    def share(self) -> NDArray[np.float64]:
        """Share of each ring that is set, ``(ring,)``; 0 for a ring without pixels."""
        return self.set_px / np.maximum(self.all_px, 1)


def ring_counts(
    mask: NDArray[np.bool_], *, azimuthal: AzimuthalGrid, width_px: float, first_px: float = 0.0
) -> RingCounts:
    """Count the pixels of a mask ring by ring, out to the corners of its raster.

    Args:
        mask: ``(rows, cols)`` on ``azimuthal``.
        azimuthal: Grid of the mask. Rings are true: distances from its centre are.
        width_px: Width of a ring.
        first_px: Inner edge of the first ring; what lies nearer is not counted.

    Raises:
        RasterError: If the mask does not have the shape of its grid, or rings have no width.
    """
    if mask.shape != azimuthal.shape:
        raise RasterError(f"mask is {mask.shape}, but its grid is {azimuthal.shape}")
    if width_px <= 0 or first_px < 0:
        raise RasterError(
            f"rings must have a width and start at 0 or more, got {width_px} and {first_px} px"
        )
    half_px = azimuthal.half_size_px
    rings = math.floor((math.sqrt(2) * half_px - first_px) / width_px) + 1
    edges_px = first_px + width_px * np.arange(max(rings, 1) + 1, dtype=np.float64)
    given, squares = kernel_input(mask), edges_px**2
    found = in_strips(
        lambda *rows: _count_rings(given, half_px, squares, rows),
        rows=mask.shape[0],
        cols=mask.shape[1],
    )
    all_px, set_px = sum(found[1:], start=found[0])
    return RingCounts(edges_px=edges_px, set_px=set_px, all_px=all_px)


def blanket_radius_px(
    mask: NDArray[np.bool_],
    *,
    azimuthal: AzimuthalGrid,
    radius_m: float,
    start_radii: float = 4.0,
    step_px: int = 4,
) -> int:
    """Return how far the continuous blanket of a crater reaches, as the published method finds it.

    Rings are ``step_px`` wide about radii that start at ``start_radii`` crater radii, rounded down
    to pixels. Outwards, the blanket ends at the first ring that is not more than half ejecta; when
    the first one is not, it ends at the next ring inwards that is; 0 when there is none.

    Args:
        mask: ``(rows, cols)`` on ``azimuthal``.
        azimuthal: Grid of the mask.
        radius_m: Rim radius of the crater.
        start_radii: Where to start, in crater radii.
        step_px: Width of the rings and step from one to the next.

    Raises:
        RasterError: If the mask does not have the shape of its grid, or rings have no width.
    """
    if mask.shape != azimuthal.shape:
        raise RasterError(f"mask is {mask.shape}, but its grid is {azimuthal.shape}")
    if step_px < 1:
        raise RasterError(f"rings must be at least 1 px wide, got {step_px}")
    content, half_px = around_content(mask)
    if half_px == 0:
        return 0
    start_px = max(int(start_radii * radius_m / azimuthal.resolution_m), (step_px + 1) // 2)
    # The ring about a radius begins half a step further in.
    first_px = (start_px - step_px / 2) % step_px
    grid = replace(azimuthal, half_size_px=half_px)
    counts = ring_counts(content, azimuthal=grid, width_px=step_px, first_px=first_px)
    # Whole numbers are compared: a half is not more than a half.
    is_blanket = 2 * counts.set_px > counts.all_px
    radii_px = np.rint(counts.edges_px[:-1] + step_px / 2).astype(np.int64)
    start = int(np.searchsorted(radii_px, start_px))
    if start < radii_px.size and is_blanket[start]:
        ends = radii_px[start:][(~is_blanket | (radii_px >= half_px))[start:]]
        # Nothing is set beyond the last ring, which may be wide enough to end before the edge.
        return int(ends[0] if ends.size else radii_px[-1] + step_px)
    inwards = radii_px[:start][is_blanket[:start] & (radii_px[:start] > step_px)]
    return int(inwards[-1]) if inwards.size else 0


def around_content(mask: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], int]:
    """Return the smallest centred square that holds all that is set, and half of its side."""
    half = mask.shape[0] // 2
    rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if rows.size == 0:
        return mask[:0, :0], 0
    first, last = min(rows[0], cols[0]), max(rows[-1], cols[-1]) + 1
    half_px = int(max(half - first, last - half))
    return mask[half - half_px : half + half_px, half - half_px : half + half_px], half_px


def farthest_px(mask: NDArray[np.bool_]) -> float:
    """Return how far the farthest corner of a set pixel lies from the centre; 0 if none is set.

    Args:
        mask: ``(2 n, 2 n)`` about the crater.
    """
    return _farthest_px(kernel_input(mask))


@njit(cache=True, nogil=True)
def _farthest_px(mask: NDArray[np.bool_]) -> float:
    half_px, square = mask.shape[0] // 2, 0
    for i in range(mask.shape[0]):
        row = max(half_px - i, i + 1 - half_px)
        # From both edges inwards: the outermost pixels of a row are its farthest.
        for j in range(half_px):
            if mask[i, j] or mask[i, mask.shape[1] - 1 - j]:
                square = max(square, row**2 + (half_px - j) ** 2)
                break
    return math.sqrt(square)


def centred(mask: NDArray[np.bool_], *, half_px: int) -> NDArray[np.bool_]:
    """Return a mask about a crater, cut or filled up with what is clear to ``(2 n, 2 n)``.

    Args:
        mask: ``(2 m, 2 m)`` about the crater.
        half_px: n, half of the side of the result.
    """
    theirs_px = mask.shape[0] // 2
    near_px = min(theirs_px, half_px)
    result = np.zeros((2 * half_px, 2 * half_px), np.bool_)
    here, there = (slice(half - near_px, half + near_px) for half in (half_px, theirs_px))
    result[here, here] = mask[there, there]
    return result


@njit(cache=True, nogil=True)
def _count_rings(
    mask: NDArray[np.bool_], half_px: int, squares: NDArray[np.float64], rows: tuple[int, int]
) -> NDArray[np.int64]:
    """Return all pixels and those set by ring, ``(2, ring)``, ``squares`` being of the edges."""
    rings = squares.size - 1
    counts = np.zeros((2, rings), np.int64)
    for i in range(rows[0], rows[1]):
        north, k = (i + 0.5 - half_px) ** 2, 0
        add_all(counts[0], i, half_px, squares)
        line = mask[i]
        start = first_of(line, 0, True)
        while start < line.size:
            end = min(start + STRETCH_PX, line.size)
            for j in range(start, end):
                if line[j]:
                    distance = north + (j + 0.5 - half_px) ** 2
                    k = ring_near(k, distance, squares)
                    if distance >= squares[0]:
                        counts[1, k] += 1
            start = first_of(line, end, True)
    return counts


@njit(cache=True, nogil=True)
def add_all(
    all_px: NDArray[np.int64], row: int, half_px: int, squares: NDArray[np.float64]
) -> None:
    """Add the pixels of a row to the count of each ring; those of the lower half with the upper.

    Args:
        all_px: ``(ring,)``.
        row: Row of a raster of ``(2 half_px, 2 half_px)``.
        half_px: Half of its side.
        squares: Of the edges of the rings, ``(ring + 1,)``.
    """
    if row >= half_px:
        return
    # All quarters hold the same pixels; from the centre outwards distances only grow.
    north, k = half_px - row - 0.5, 0
    for j in range(half_px):
        square = north * north + (j + 0.5) ** 2
        while k < all_px.size and square >= squares[k + 1]:
            k += 1
        if k == all_px.size:
            break
        if square >= squares[0]:
            all_px[k] += 4


@njit(cache=True, nogil=True)
def ring_near(k: int, square: float, squares: NDArray[np.float64]) -> int:
    """Return the ring of a squared distance; neighbours lie in the same one or the next.

    Args:
        k: Ring of a pixel near by. No root has to be drawn.
        square: The squared distance.
        squares: Of the edges of the rings, ``(ring + 1,)``. What lies beyond is of the last ring.
    """
    while k > 0 and square < squares[k]:
        k -= 1
    while k < squares.size - 2 and square >= squares[k + 1]:
        k += 1
    return k
