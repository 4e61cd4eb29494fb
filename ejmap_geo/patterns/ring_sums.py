"""Ejecta by distance: pixels and directions in rings one pixel wide, and what follows from them.

Areas are on the sphere. An azimuthal equidistant pixel of side s at an angular distance c from the
centre has the area s^2 sin(c) / c (Snyder 1987, section 25: true along the radius, stretched by
c / sin c across it).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.patterns.rings import add_all, ring_near
from ejmap_geo.patterns.set_pixels import STRETCH_PX, first_of
from ejmap_geo.resampling.strips import in_strips, kernel_input

Floats = NDArray[np.float64]
# The mean of no vectors; and the length below which a mean of them is but rounding.
NO_VECTOR = complex(math.nan, math.nan)
LEAST_LENGTH = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RingSums:
    """Sums over rings about a crater that are one pixel wide; ring k holds k <= d < k + 1 pixels.

    Attributes:
        resolution_m: Pixel size.
        pixel_m2: Area of a pixel on the sphere, ``(ring,)``.
        imaged_px: Pixels with data beyond the rim, ``(ring,)``.
        ejecta_px: Pixels of ejecta beyond the rim, ``(ring,)``; all of them count as imaged.
        inside_px: Pixels of the mask inside the rim, ``(ring,)``.
        harmonics: Sums of exp(i a) and exp(2 i a) over the ejecta, a being the azimuth clockwise
            from north, ``(2, ring)``.
        farthest_m: Distance of the farthest ejecta; 0 without any.
    """

    resolution_m: float
    pixel_m2: Floats
    imaged_px: NDArray[np.int64]
    ejecta_px: NDArray[np.int64]
    inside_px: NDArray[np.int64]
    harmonics: NDArray[np.complex128]
    farthest_m: float

    @property
    def ejecta_m2(self) -> Floats:
        """Area of the ejecta, ``(ring,)``."""
        return self.ejecta_px * self.pixel_m2

    @property
    def inside_m2(self) -> float:
        """Area of the mask inside the rim."""
        return float(self.inside_px @ self.pixel_m2)

    def area_m2(self, from_m: float = 0.0, to_m: float = math.inf) -> float:
        """Return the area of the ejecta between two distances, which cut no ring in two."""
        first, last = (
            int(min(round(one / self.resolution_m), self.ejecta_px.size))
            if math.isfinite(one)
            else self.ejecta_px.size
            for one in (from_m, to_m)
        )
        return float(self.ejecta_m2[first:last].sum())

    def reach_m(self, shares: Sequence[float]) -> Floats:
        """Return the distances within which shares of the area of the ejecta lie; NaN if none."""
        total = np.concatenate([[0.0], np.cumsum(self.ejecta_m2)])
        if total[-1] == 0:
            return np.full(len(shares), np.nan)
        edges_m = np.arange(total.size) * self.resolution_m
        reach_m = np.interp(np.asarray(shares) * total[-1], total, edges_m)
        # The farthest pixel ends its ring before the ring ends.
        return np.minimum(reach_m, self.farthest_m)

    def moment(self, order: int) -> complex:
        """Return the mean of exp(i order a) over the area of the ejecta, NaN without any.

        Args:
            order: 1 for the dipole, 2 for the quadrupole.
        """
        area_m2 = float(self.ejecta_m2.sum())
        total = complex(self.harmonics[order - 1] @ self.pixel_m2)
        return total / area_m2 if area_m2 else NO_VECTOR

    def offset_m(self) -> complex:
        """Return the centre of area, north + i east, in the azimuthal plane; NaN without any."""
        distance_m = (np.arange(self.ejecta_px.size) + 0.5) * self.resolution_m
        area_m2 = float(self.ejecta_m2.sum())
        weighted = self.harmonics[0] @ (self.pixel_m2 * distance_m)
        return complex(weighted) / area_m2 if area_m2 else NO_VECTOR


def azimuth_deg(vector: complex) -> float:
    """Return the azimuth of north + i east clockwise from north, 0 to 360; NaN where it has none.

    Args:
        vector: In units in which rounding errors are far below 1e-9: pixels, or shares of one.
    """
    return math.degrees(np.angle(vector)) % 360 if abs(vector) > LEAST_LENGTH else math.nan


def ring_sums(
    mask: NDArray[np.bool_],
    imaged: NDArray[np.bool_],
    *,
    rim: NDArray[np.bool_],
    azimuthal: AzimuthalGrid,
) -> RingSums:
    """Count pixels ring by ring, out to the edge of the raster, its corners left out.

    Args:
        mask: Ejecta, ``(rows, cols)`` on ``azimuthal``.
        imaged: Pixels with data, of the same shape.
        rim: Inside of the rim, ``(2 m, 2 m)`` about the same centre.
        azimuthal: Grid of the mask.

    Raises:
        RasterError: If mask or data do not have the shape of the grid.
    """
    if mask.shape != azimuthal.shape or imaged.shape != azimuthal.shape:
        raise RasterError(
            f"mask {mask.shape} and data {imaged.shape} must have the shape of their grid, "
            f"{azimuthal.shape}"
        )
    half_px = azimuthal.half_size_px
    squares = np.arange(half_px + 1, dtype=np.float64) ** 2
    whole_rim = _centred(rim, half_px)
    given, seen, inside = (kernel_input(one) for one in (mask, imaged, whole_rim))
    found = in_strips(
        lambda *rows: _sum_rings(given, seen, inside, squares, rows),
        rows=mask.shape[0],
        cols=mask.shape[1],
    )
    counts = np.sum([one[0] for one in found], axis=0)
    directions = np.sum([one[1] for one in found], axis=0)
    resolution_m, radius_m = azimuthal.resolution_m, azimuthal.body.radius_m
    c = (np.arange(half_px) + 0.5) * resolution_m / radius_m
    farthest_m = math.sqrt(max(one[2] for one in found)) * resolution_m
    return RingSums(
        resolution_m=resolution_m,
        pixel_m2=resolution_m**2 * np.maximum(np.sin(c), 0) / c,
        imaged_px=counts[0],
        ejecta_px=counts[1],
        inside_px=counts[2],
        harmonics=directions[::2] + 1j * directions[1::2],
        farthest_m=farthest_m,
    )


def _centred(rim: NDArray[np.bool_], half_px: int) -> NDArray[np.bool_]:
    """Return a rim cut to a raster that is smaller than it; a smaller rim stays."""
    cut = max(0, rim.shape[0] // 2 - half_px)
    return rim[cut : rim.shape[0] - cut, cut : rim.shape[1] - cut]


@njit(cache=True, nogil=True)
def _sum_rings(
    mask: NDArray[np.bool_],
    imaged: NDArray[np.bool_],
    rim: NDArray[np.bool_],
    squares: Floats,
    rows: tuple[int, int],
) -> tuple[NDArray[np.int64], Floats, float]:
    """Return counts ``(3, ring)``, sums of cosines and sines ``(4, ring)``, the farthest square."""
    half_px, rim_half = mask.shape[0] // 2, rim.shape[0] // 2
    rings = squares.size - 1
    counts, directions, farthest = np.zeros((3, rings), np.int64), np.zeros((4, rings)), 0.0
    differs = np.empty(mask.shape[1], np.bool_)
    for i in range(rows[0], rows[1]):
        north = half_px - i - 0.5
        k = 0
        add_all(counts[0], i, half_px, squares)
        # What differs from imaged ground is little: ejecta, gaps of the mosaic, and the rim.
        line = mask[i]
        _mark(differs, line, imaged[i], rim_half if abs(north) < rim_half else 0)
        start = first_of(differs, 0, True)
        while start < line.size:
            end = min(start + STRETCH_PX, line.size)
            for j in range(start, end):
                east = j - half_px + 0.5
                square = north * north + east * east
                if not differs[j] or square >= squares[rings]:
                    continue
                k = ring_near(k, square, squares)
                if _is_in(rim, i - half_px + rim_half, j - half_px + rim_half):
                    counts[0, k] -= 1
                    counts[2, k] += line[j]
                elif line[j]:
                    counts[1, k] += 1
                    _add_direction(directions, k, north, east)
                    farthest = max(farthest, square)
                elif not imaged[i, j]:
                    counts[0, k] -= 1
            start = first_of(differs, end, True)
    return counts, directions, farthest


@njit(cache=True, nogil=True)
def _add_direction(directions: Floats, k: int, north: float, east: float) -> None:
    distance = math.sqrt(north * north + east * east)
    cos_a, sin_a = north / distance, east / distance
    directions[0, k] += cos_a
    directions[1, k] += sin_a
    directions[2, k] += cos_a * cos_a - sin_a * sin_a
    directions[3, k] += 2 * cos_a * sin_a


@njit(cache=True, nogil=True)
def _mark(
    differs: NDArray[np.bool_], mask: NDArray[np.bool_], imaged: NDArray[np.bool_], rim_half: int
) -> None:
    """Mark what is not just imaged ground in a row that meets a rim so far from its middle."""
    for j in range(differs.size):
        differs[j] = mask[j] | (not imaged[j])
    differs[differs.size // 2 - rim_half : differs.size // 2 + rim_half] = True


@njit(cache=True, nogil=True)
def _is_in(rim: NDArray[np.bool_], row: int, col: int) -> bool:
    return 0 <= row < rim.shape[0] and 0 <= col < rim.shape[1] and rim[row, col]
