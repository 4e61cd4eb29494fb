"""Whether craters of a catalogue lie where the mosaic shows rims, or would if it were turned.

At a rim, brightness changes from pixel to pixel more than on the ground beside it. This edge
strength is measured at the place of every crater, at all other longitudes of its latitude, and at
those of the opposite latitude. The other places say what chance gives. Only a catalogue that would
fit much better elsewhere is reported: where rims are too faint to tell, nothing is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid

# Craters of fewer pixels show no rim; the mosaic is shrunk until half of the craters have so many.
SMALLEST_RADIUS_PX, USUAL_RADIUS_PX, LARGEST_RADIUS_PX = 1.5, 4.0, 16.0
WIDEST_PX = 8192
MOST_CRATERS, FEWEST_CRATERS = 60, 5
# Beyond this a crater is drawn out over too many columns.
HIGHEST_LAT_DEG = 65.0
# Rings in radii: the rim, at least a pixel wide, and the ground beside it.
RIM_HALF_WIDTH, LEAST_HALF_WIDTH_PX, GROUND = 0.3, 0.8, (1.8, 3.0)
OBSERVED_SHARE_WANTED = 0.7
LARGEST_DEVIATION = 3.0
NEAR_PX = 2
# On real and synthetic planets, the best of all wrong places reaches 3.2 to 4.2; at their right
# places, 7 craters of the real ones reach 5.7 and 23 reach 10.
WRONG_PLACE, BETTER_BY = 5.2, 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RimAgreement:
    """How strong edges are where a catalogue places rims, against all other longitudes.

    Attributes:
        craters: Number of craters that could be measured.
        here: Edge strength at their places, in standard deviations of that at other places.
        elsewhere: Edge strength at the best other place.
        is_mirrored: Whether east and west are exchanged there.
        is_upside_down: Whether north and south are exchanged there.
        turn_deg: Degrees to add to all longitudes after that, -180 to 180.
    """

    craters: int
    here: float
    elsewhere: float
    is_mirrored: bool
    is_upside_down: bool
    turn_deg: float

    @property
    def fits_better_elsewhere(self) -> bool:
        """Whether the catalogue is much more likely to be of another orientation."""
        return self.elsewhere >= WRONG_PLACE and self.elsewhere >= self.here + BETTER_BY

    @property
    def words(self) -> str:
        """What would make the catalogue fit."""
        changes = []
        if self.is_mirrored:
            changes.append("longitudes had the other sign (east and west exchanged)")
        if self.is_upside_down:
            changes.append("latitudes had the other sign")
        if abs(self.turn_deg) >= 0.5:
            changes.append(f"{self.turn_deg:+.1f} degrees were added to all longitudes")
        return " and ".join(changes) or "they were moved by less than half a degree"


def rim_agreement(
    raster: NDArray[np.uint8], grid: BasemapGrid, craters: Iterable[Crater]
) -> RimAgreement | None:
    """Measure whether craters lie on rims.

    Args:
        raster: ``(band, rows, cols)``, 0 where nothing was imaged.
        grid: Its grid.
        craters: The catalogue.

    Returns:
        The measurement; None if too few craters are large enough, or imaged.
    """
    radii_px = {one: one.radius_m / grid.resolution_m for one in craters}
    usable = [one for one in radii_px if abs(one.center.lat_deg) <= HIGHEST_LAT_DEG]
    if len(usable) < FEWEST_CRATERS:
        return None
    usual_px = float(np.median([radii_px[one] for one in usable]))
    step = max(1, int(usual_px / USUAL_RADIUS_PX), -(-grid.width_px // WIDEST_PX))
    image, is_imaged = _shrunk(raster, step)
    measured = [
        one for one in usable if SMALLEST_RADIUS_PX <= radii_px[one] / step <= LARGEST_RADIUS_PX
    ]
    largest = sorted(measured, key=lambda one: -radii_px[one])[:MOST_CRATERS]
    curves = _Curves(image, is_imaged, [(one, radii_px[one] / step) for one in largest])
    return curves.agreement()


def _shrunk(
    raster: NDArray[np.uint8], step: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the mean of the bands in blocks of so many pixels, and 1 where all were imaged."""
    rows, cols = (length // step * step for length in raster.shape[1:])
    blocks = (rows // step, step, cols // step, step)
    grey = np.zeros((blocks[0], blocks[2]), np.float32)
    is_imaged = np.ones_like(grey, np.bool_)
    for band in raster:
        parts = band[:rows, :cols].reshape(blocks)
        grey += parts.mean(axis=(1, 3), dtype=np.float32)
        is_imaged &= parts.all(axis=(1, 3))
    usual = np.median(grey[is_imaged]) if is_imaged.any() else 0.0
    smooth = ndimage.gaussian_filter(np.where(is_imaged, grey, usual), 1.0, mode="wrap")
    # A pixel next to one that is not imaged has an edge of its own.
    inside = ndimage.minimum_filter(is_imaged, 7, mode="wrap")
    return smooth.astype(np.float32), inside.astype(np.float32)


class _Curves:
    """Edge strength about the places of craters, at every turn of the planet."""

    def __init__(
        self,
        image: NDArray[np.float32],
        is_imaged: NDArray[np.float32],
        craters: Sequence[tuple[Crater, float]],
    ) -> None:
        self._image, self._is_imaged, self._craters = image, is_imaged, craters
        self._cols = image.shape[1]

    def agreement(self) -> RimAgreement | None:
        """Compare the places of the catalogue with all others."""
        kinds = [(mirror, flip) for mirror in (1, -1) for flip in (1, -1)]
        sums = {kind: np.zeros(self._cols) for kind in kinds}
        counts = {kind: np.zeros(self._cols) for kind in kinds}
        for crater, radius_px in self._craters:
            for flip in (1, -1):
                curve = self._curve(flip * crater.center.lat_deg, radius_px)
                is_known = np.isfinite(curve)
                for mirror in (1, -1):
                    col = int((mirror * crater.center.lon_deg + 180) / 360 * self._cols)
                    sums[mirror, flip] += np.roll(np.where(is_known, curve, 0.0), -col)
                    counts[mirror, flip] += np.roll(is_known, -col)
        craters = int(counts[1, 1][0])
        if craters < FEWEST_CRATERS:
            return None
        strengths = {kind: sums[kind] / np.sqrt(np.maximum(counts[kind], 1)) for kind in kinds}
        everywhere = np.concatenate([*strengths.values()])
        usual, spread = _robust(everywhere)
        near = np.arange(-NEAR_PX, NEAR_PX + 1)
        here = float(strengths[1, 1][near].max())
        others = {kind: strength.copy() for kind, strength in strengths.items()}
        others[1, 1][np.arange(-2 * NEAR_PX, 2 * NEAR_PX + 1)] = -np.inf
        best = max(kinds, key=lambda kind: float(others[kind].max()))
        turn = int(others[best].argmax()) / self._cols * 360
        turn_deg = 180 - (180 - turn) % 360
        return RimAgreement(
            craters=craters,
            here=(here - usual) / spread,
            elsewhere=(float(others[best].max()) - usual) / spread,
            is_mirrored=best[0] < 0,
            is_upside_down=best[1] < 0,
            turn_deg=turn_deg,
        )

    def _curve(self, lat_deg: float, radius_px: float) -> NDArray[np.float64]:
        """Return the edge strength of a rim centred on each column, in robust deviations."""
        rows = self._image.shape[0]
        center = (90 - lat_deg) / 180 * rows - 0.5
        reach = int(np.ceil(GROUND[1] * radius_px))
        first, end = max(1, round(center) - reach), min(rows - 1, round(center) + reach + 1)
        shrink = np.cos(np.radians(lat_deg))
        strip = self._image[first - 1 : end + 1]
        down, along = np.gradient(strip)
        edges = np.hypot(down, along / shrink)[1:-1]
        is_imaged = self._is_imaged[first:end]
        half = min(self._cols // 2 - 1, int(np.ceil(reach / shrink)))
        columns = np.arange(-half, half + 1)
        away = np.hypot((np.arange(first, end) - center)[:, None], columns * shrink) / radius_px
        width = max(RIM_HALF_WIDTH, LEAST_HALF_WIDTH_PX / radius_px)
        weighed = np.fft.rfft(np.stack([edges * is_imaged, is_imaged]), axis=2)
        rim = self._mean(weighed, np.abs(away - 1) < width, columns)
        ground = self._mean(weighed, (away > GROUND[0]) & (away < GROUND[1]), columns)
        curve = rim - ground
        if np.count_nonzero(np.isfinite(curve)) < self._cols // 10:
            return np.full(self._cols, np.nan)
        usual, spread = _robust(curve)
        return np.clip((curve - usual) / spread, -LARGEST_DEVIATION, LARGEST_DEVIATION)

    def _mean(
        self,
        weighed: NDArray[np.complexfloating],
        ring: NDArray[np.bool_],
        columns: NDArray[np.int64],
    ) -> NDArray[np.float64]:
        """Return the mean in a ring about each column; NaN where too little of it was imaged."""
        kernel = np.zeros((ring.shape[0], self._cols), np.float32)
        kernel[:, columns % self._cols] = ring
        sums = (weighed * np.fft.rfft(kernel, axis=1).conj()).sum(axis=1)
        total, seen = np.fft.irfft(sums, self._cols)
        is_seen = seen > OBSERVED_SHARE_WANTED * np.count_nonzero(ring)
        return np.where(is_seen, total / np.maximum(seen, 1), np.nan)


def _robust(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the median, and the standard deviation that the median deviation stands for."""
    usual = float(np.nanmedian(values))
    return usual, 1.4826 * float(np.nanmedian(np.abs(values - usual))) + 1e-6
