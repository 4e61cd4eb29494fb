"""How strong edges are, and how bright it is, in rings about every column of a mosaic.

At a rim, brightness changes from pixel to pixel more than on the ground beside it, and fresh ejecta
are brighter than the ground farther out. What a crater's place is worth shows against all other
longitudes of its latitude.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

# Rings in radii: the rim, at least a pixel wide, and the ground beside it.
RIM_HALF_WIDTH, LEAST_HALF_WIDTH_PX, GROUND = 0.3, 0.8, (1.8, 3.0)
# Fresh ejecta, and the ground farther out.
BRIGHT, DIM = 2.5, (4.0, 8.0)
OBSERVED_SHARE_WANTED = 0.7
# Of one crater, in standard deviations: no crater decides alone.
LARGEST_DEVIATION, LARGEST_BRIGHTNESS = 3.0, 4.0
# A catalogue may be a few pixels off.
NEAR_PX = 2

Image = NDArray[np.float32]
Curve = NDArray[np.float64]


def shrunk(
    raster: NDArray[np.uint8], step: int, *, weights: Sequence[float]
) -> tuple[Image, Image]:
    """Return grey in blocks of so many pixels, and 1 where all bands were imaged.

    Args:
        raster: ``(band, rows, cols)``, 0 where nothing was imaged.
        step: Side of a block, pixels.
        weights: Of each band in the grey.
    """
    rows, cols = (length // step * step for length in raster.shape[1:])
    blocks = (rows // step, step, cols // step, step)
    grey = np.zeros((blocks[0], blocks[2]), np.float32)
    is_imaged = np.ones_like(grey, np.bool_)
    for band, weight in zip(raster, weights, strict=True):
        parts = band[:rows, :cols].reshape(blocks)
        grey += weight * parts.mean(axis=(1, 3), dtype=np.float32)
        is_imaged &= parts.all(axis=(1, 3))
    usual = np.median(grey[is_imaged]) if is_imaged.any() else 0.0
    smooth = ndimage.gaussian_filter(np.where(is_imaged, grey, usual), 1.0, mode="wrap")
    # A pixel next to one that is not imaged has an edge of its own.
    inside = ndimage.minimum_filter(is_imaged, 7, mode="wrap")
    return smooth.astype(np.float32), inside.astype(np.float32)


class RingCurves:
    """Rings about every column of a row of a mosaic.

    Args:
        image: ``(rows, cols)``, brightness.
        is_imaged: The same shape, 1 where it was imaged and 0 elsewhere.
    """

    def __init__(self, image: Image, is_imaged: Image) -> None:
        self._image, self._is_imaged = image, is_imaged
        # The same rims are asked for with all longitudes, and again with the ways to misread them.
        self._edges: dict[tuple[float, float], Curve] = {}

    @property
    def cols(self) -> int:
        """The number of columns."""
        return self._image.shape[1]

    def edges(self, lat_deg: float, radius_px: float) -> Curve:
        """Return the edge strength of a rim centred on each column.

        Returns:
            ``(cols,)``, robust standard deviations above the median of all columns, at most 3; NaN
            where too little was imaged.
        """
        asked = lat_deg, radius_px
        if asked not in self._edges:
            self._edges[asked] = self._edges_at(lat_deg, radius_px)
        return self._edges[asked]

    def _edges_at(self, lat_deg: float, radius_px: float) -> Curve:
        # The outermost rows of the mosaic have no row beside them to differ from.
        first, away, columns = self._around(lat_deg, radius_px, GROUND[1], margin_rows=1)
        down, along = np.gradient(self._image[first - 1 : first + len(away) + 1])
        edges = np.hypot(down, along / np.cos(np.radians(lat_deg)))[1:-1]
        width = max(RIM_HALF_WIDTH, LEAST_HALF_WIDTH_PX / radius_px)
        ground = (away > GROUND[0]) & (away < GROUND[1])
        contrast = self._contrast(edges, first, np.abs(away - 1) < width, ground, columns)
        return np.clip(deviations(contrast), -LARGEST_DEVIATION, LARGEST_DEVIATION)

    def brightness(self, lat_deg: float, radius_px: float) -> Curve:
        """Return how much brighter it is about each column than farther out, as :meth:`edges`."""
        first, away, columns = self._around(lat_deg, radius_px, DIM[1])
        dim = (away > DIM[0]) & (away < DIM[1])
        seen = self._image[first : first + len(away)]
        return deviations(self._contrast(seen, first, away < BRIGHT, dim, columns))

    def _around(
        self, lat_deg: float, radius_px: float, reach_radii: float, *, margin_rows: int = 0
    ) -> tuple[int, Curve, NDArray[np.int64]]:
        """Return the first row within reach, distances in radii, and columns from the centre.

        Distances are ``(rows, columns)``, as if no pole were near. Rows in the margin at the upper
        and lower edge of the mosaic are left out.
        """
        center = (90 - lat_deg) / 180 * len(self._image) - 0.5
        reach, shrink = int(np.ceil(reach_radii * radius_px)), np.cos(np.radians(lat_deg))
        half = min(self.cols // 2 - 1, int(np.ceil(reach / shrink)))
        columns = np.arange(-half, half + 1)
        first = max(margin_rows, round(center) - reach)
        end = min(len(self._image) - margin_rows, round(center) + reach + 1)
        down = np.arange(first, end) - center
        return first, np.hypot(down[:, None], columns * shrink) / radius_px, columns

    def _contrast(
        self,
        values: Image,
        first: int,
        inner: NDArray[np.bool_],
        outer: NDArray[np.bool_],
        columns: NDArray[np.int64],
    ) -> Curve:
        """Return the mean of the inner ring minus that of the outer about each column."""
        is_imaged = self._is_imaged[first : first + len(values)]
        weighed = np.fft.rfft(np.stack([values * is_imaged, is_imaged]), axis=2)
        return self._mean(weighed, inner, columns) - self._mean(weighed, outer, columns)

    def _mean(
        self,
        weighed: NDArray[np.complexfloating],
        ring: NDArray[np.bool_],
        columns: NDArray[np.int64],
    ) -> Curve:
        """Return the mean in a ring about each column; NaN where too little of it was imaged."""
        kernel = np.zeros((ring.shape[0], self.cols), np.float32)
        kernel[:, columns % self.cols] = ring
        sums = (weighed * np.fft.rfft(kernel, axis=1).conj()).sum(axis=1)
        total, seen = np.fft.irfft(sums, self.cols)
        is_seen = seen > OBSERVED_SHARE_WANTED * np.count_nonzero(ring)
        return np.where(is_seen, total / np.maximum(seen, 1), np.nan)


def deviations(curve: Curve) -> Curve:
    """Return a curve in robust standard deviations; NaN where too few columns say anything."""
    if np.count_nonzero(np.isfinite(curve)) < len(curve) // 10:
        return np.full(len(curve), np.nan)
    usual, spread = robust(curve)
    return (curve - usual) / spread


def robust(values: Curve) -> tuple[float, float]:
    """Return the median, and the standard deviation that the median deviation stands for."""
    usual = float(np.nanmedian(values))
    return usual, 1.4826 * float(np.nanmedian(np.abs(values - usual))) + 1e-6


def near_peaks(curve: Curve, lons_deg: Sequence[float], *, at_most: float) -> NDArray[np.float64]:
    """Return the largest values near longitudes, in standard deviations of those near all others.

    Returns:
        At most ``at_most`` from 0; NaN where nothing is known.
    """
    is_known = np.isfinite(curve)
    if not is_known.any():
        return np.full(len(lons_deg), np.nan)
    filled = np.where(is_known, curve, -np.inf)
    largest = ndimage.maximum_filter1d(filled, 2 * NEAR_PX + 1, mode="wrap")
    standard = deviations(np.where(np.isfinite(largest), largest, np.nan))
    cols = [int((lon_deg + 180) / 360 * len(curve)) % len(curve) for lon_deg in lons_deg]
    return np.clip(standard[cols], -at_most, at_most)
