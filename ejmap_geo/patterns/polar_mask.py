"""The surroundings of a crater by azimuth and distance, in cells that are as wide as high.

Rows are evenly spaced in ln tan(c / 2), c being the angular distance from the crater: with columns
of azimuth this is a conformal map of the sphere (the polar aspect of Mercator's), so that the angle
between a streak and the direction away from the crater is true.
"""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.masks.mosaic import is_set
from ejmap_geo.masks.probability_levels import as_probability
from ejmap_geo.resampling.strips import kernel_input

Scalar = TypeVar("Scalar", bound=np.generic)
COLS = 1440
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PolarCells:
    """Cells from the rim outwards; azimuth grows clockwise from north, column 0 starts there.

    Attributes:
        body_radius_m: Radius of the planet.
        edges_m: Inner edge of each row and the outer edge of the last, ``(row + 1,)``.
        cols: Number of azimuths.
    """

    body_radius_m: float
    edges_m: Floats
    cols: int

    @classmethod
    def about(cls, azimuthal: AzimuthalGrid, *, radius_m: float, cols: int = COLS) -> "PolarCells":
        """Return the cells from a rim to the edge of a raster.

        Raises:
            RasterError: If the raster ends within the rim.
        """
        edges_m = _edges_m(azimuthal, radius_m=radius_m, cols=cols)
        return cls(body_radius_m=azimuthal.body.radius_m, edges_m=edges_m, cols=cols)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.edges_m.size - 1, self.cols

    @property
    def distance_m(self) -> Floats:
        """Distance of the middle of each row, ``(row,)``."""
        return np.sqrt(self.edges_m[:-1] * self.edges_m[1:])

    @property
    def height_m(self) -> Floats:
        """Extent of each row along the distance, ``(row,)``."""
        return np.diff(self.edges_m)

    @property
    def across_m(self) -> Floats:
        """Length of the circle at each row, ``(row,)``."""
        around = np.sin(self.distance_m / self.body_radius_m) * (2 * np.pi * self.body_radius_m)
        return around.astype(np.float64)

    @property
    def cell_m2(self) -> Floats:
        """Area of a cell on the sphere by row, ``(row,)``."""
        zones = -np.diff(np.cos(self.edges_m / self.body_radius_m)).astype(np.float64)
        return 2 * np.pi * self.body_radius_m**2 * zones / self.cols

    @property
    def azimuth_deg(self) -> Floats:
        """Azimuth of the middle of each column, ``(col,)``."""
        return (np.arange(self.cols, dtype=np.float64) + 0.5) * (360 / self.cols)

    def first_row(self, distance_m: float) -> int:
        """Return the first row that lies wholly beyond a distance."""
        return int(np.searchsorted(self.edges_m[:-1], distance_m * (1 - 1e-9)))

    def places(self, center: LonLat) -> tuple[Floats, Floats]:
        """Return longitudes from -180 to 180 and latitudes of the cells, in degrees.

        Args:
            center: The crater.

        Returns:
            ``(row, col)`` each.
        """
        turn, arc = np.radians(self.azimuth_deg), (self.distance_m / self.body_radius_m)[:, None]
        sin_lat0, cos_lat0 = (of(math.radians(center.lat_deg)) for of in (math.sin, math.cos))
        north, east = np.sin(arc) * np.cos(turn), np.sin(arc) * np.sin(turn)
        up = np.cos(arc)
        lat = np.arcsin(np.clip(up * sin_lat0 + north * cos_lat0, -1, 1))
        lon = center.lon_deg + np.degrees(np.arctan2(east, up * cos_lat0 - north * sin_lat0))
        return (lon + 180) % 360 - 180, np.degrees(lat)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PolarMask(PolarCells):
    """Ejecta in the cells about a crater.

    Attributes:
        is_ejecta: ``(row, col)``.
        probability: Calibrated probability of ejecta, 0 to 1, ``(row, col)``.
        is_imaged: ``(row, col)``; wherever there are ejecta, too.
        bands: The mosaic in grey levels, 0 in all bands where nothing was imaged,
            ``(band, row, col)``.
        brightness: Mean over these bands, ``(row, col)``.
    """

    is_ejecta: NDArray[np.bool_]
    probability: NDArray[np.float32]
    is_imaged: NDArray[np.bool_]
    bands: NDArray[np.uint8]
    brightness: NDArray[np.float32]

    @property
    def is_likely(self) -> NDArray[np.bool_]:
        """Where the mask holds ejecta that are likelier than not, ``(row, col)``."""
        return self.is_ejecta & is_set(self.probability)

    @property
    def is_sure(self) -> bool:
        """Whether no probability lies between 0 and 1, as in drawn and published masks."""
        return bool(((self.probability == 0) | (self.probability == 1)).all())


def polar_mask(
    mask: NDArray[np.bool_],
    mosaic: NDArray[np.uint8],
    *,
    azimuthal: AzimuthalGrid,
    radius_m: float,
    probability: NDArray[np.float32 | np.uint8] | None = None,
    cols: int = COLS,
) -> PolarMask:
    """Resample a mask about a crater by azimuth and distance, nearest pixel.

    Args:
        mask: Ejecta, ``(rows, cols)`` on ``azimuthal``.
        mosaic: ``(band, rows, cols)``, 0 in all bands where nothing was imaged.
        azimuthal: Grid of both.
        radius_m: Rim radius, where the first row begins.
        probability: Calibrated probability of ejecta or its levels, ``(rows, cols)``; without one
            the mask is sure of itself.
        cols: Number of azimuths.

    Raises:
        RasterError: If the raster ends within the rim.
    """
    cells = PolarCells.about(azimuthal, radius_m=radius_m, cols=cols)
    distance_px = cells.distance_m / azimuthal.resolution_m
    azimuth = np.radians(cells.azimuth_deg)
    towards = np.cos(azimuth), np.sin(azimuth)
    seen = _picked(kernel_input(mosaic), distance_px, towards)
    # As bytes, so that the loop is not compiled for masks too.
    ejecta = _picked(kernel_input(mask.view(np.uint8)[None]), distance_px, towards)
    is_ejecta = ejecta[0].view(np.bool_)
    sure = is_ejecta.astype(np.float32)
    if probability is not None:
        sure = as_probability(_picked(kernel_input(probability[None]), distance_px, towards)[0])
    return PolarMask(
        body_radius_m=cells.body_radius_m,
        edges_m=cells.edges_m,
        cols=cols,
        is_ejecta=is_ejecta,
        probability=sure,
        is_imaged=seen.any(axis=0) | is_ejecta,
        bands=seen,
        brightness=seen.mean(axis=0, dtype=np.float32),
    )


@njit(cache=True, nogil=True)
def _picked(
    raster: NDArray[Scalar], distance_px: Floats, towards: tuple[Floats, Floats]
) -> NDArray[Scalar]:
    """Return the pixels at distances from the centre, ``(band, row, col)``.

    ``towards`` are how far north and how far east a step leads in each column.
    """
    half_px, (north, east) = raster.shape[1] // 2, towards
    last = 2 * half_px - 1
    out = np.empty((raster.shape[0], distance_px.size, north.size), raster.dtype)
    for i in range(distance_px.size):
        for j in range(north.size):
            # Rounding at the edge of the raster must not leave it.
            row = int(min(max(half_px - distance_px[i] * north[j], 0), last))
            col = int(min(max(half_px + distance_px[i] * east[j], 0), last))
            for band in range(raster.shape[0]):
                out[band, i, j] = raster[band, row, col]
    return out


def _edges_m(azimuthal: AzimuthalGrid, *, radius_m: float, cols: int) -> Floats:
    body_radius_m, step = azimuthal.body.radius_m, 2 * math.pi / cols
    # The antipode lies infinitely far on this map.
    outer_m = min(
        azimuthal.half_size_px * azimuthal.resolution_m,
        azimuthal.body.half_circumference_m - azimuthal.resolution_m,
    )
    inner, outer = (math.log(math.tan(one / (2 * body_radius_m))) for one in (radius_m, outer_m))
    rows = math.floor((outer - inner) / step)
    if rows < 1:
        raise RasterError(
            f"a raster that reaches {outer_m:.0f} m does not reach beyond a rim of {radius_m:.0f} m"
        )
    return 2 * body_radius_m * np.arctan(np.exp(inner + step * np.arange(rows + 1)))
