"""Raster grids: the whole planet in simple cylindrical, and azimuthal squares about a crater."""

import math
from dataclasses import dataclass

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS

from ejmap_geo.errors import GridError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat, RowCol, checked
from ejmap_geo.grids.crs import azimuthal_crs, equidistant_cylindrical_crs


@dataclass(frozen=True, slots=True, kw_only=True)
class BasemapGrid:
    """The whole planet in equidistant cylindrical projection, longitude -180 to 180.

    Attributes:
        body: The planet.
        width_px: Columns around the equator; rows are half as many.
    """

    body: Body
    width_px: int

    def __post_init__(self) -> None:
        if self.width_px < 2 or self.width_px % 2:
            raise GridError(f"basemap width must be an even number of pixels, got {self.width_px}")

    @property
    def shape(self) -> tuple[int, int]:
        """``(rows, cols)``."""
        return self.width_px // 2, self.width_px

    @property
    def resolution_m(self) -> float:
        """Pixel size in metres, exact: 2 pi R / width."""
        return 2 * self.body.half_circumference_m / self.width_px

    @property
    def crs(self) -> CRS:
        """Equidistant cylindrical CRS."""
        return equidistant_cylindrical_crs(self.body)

    @property
    def transform(self) -> Affine:
        """Map ``(col, row)`` pixel edges to ``(x, y)`` metres."""
        half_m = self.body.half_circumference_m
        return Affine(self.resolution_m, 0, -half_m, 0, -self.resolution_m, half_m / 2)

    def position(self, point: LonLat) -> RowCol:
        """Return where ``point`` lies, in fractional pixels from the upper left corner."""
        lon_deg, lat_deg = checked(point)
        rows, cols = self.shape
        return RowCol((90.0 - lat_deg) / 180.0 * rows, (lon_deg + 180.0) / 360.0 * cols)

    def pixels(
        self, lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return row and column of the pixels in which places lie.

        Args:
            lon_deg: Longitudes from -180 to 180, of any shape.
            lat_deg: Latitudes, of the same shape.
        """
        rows, cols = self.shape
        row = np.clip((90.0 - lat_deg) * (rows / 180.0), 0, rows - 1).astype(np.intp)
        return row, ((lon_deg + 180.0) * (cols / 360.0)).astype(np.intp) % cols

    def point(self, position: RowCol) -> LonLat:
        """Return the surface point at a fractional pixel position."""
        rows, cols = self.shape
        return LonLat(position.col / cols * 360.0 - 180.0, 90.0 - position.row / rows * 180.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AzimuthalGrid:
    """A square azimuthal equidistant raster centred on a crater; x grows east, y north.

    The centre is the corner shared by the four middle pixels. ``half_size_px`` is rounded, not
    truncated, where it is computed (ADR 2): pi R / resolution is 11519.99999992 for the published
    basemap and truncating it drops the outermost ring.

    Attributes:
        body: The planet.
        center: Projection centre.
        resolution_m: Pixel size in metres.
        half_size_px: Pixels from the centre to each edge.
    """

    body: Body
    center: LonLat
    resolution_m: float
    half_size_px: int

    def __post_init__(self) -> None:
        checked(self.center)
        if not (math.isfinite(self.resolution_m) and self.resolution_m > 0):
            raise GridError(f"resolution must be positive metres, got {self.resolution_m}")
        largest_px = self.whole_planet_half_px(self.body, self.resolution_m)
        if not 1 <= self.half_size_px <= largest_px:
            raise GridError(
                f"half size must be 1 to {largest_px} px "
                f"at {self.resolution_m:.2f} m on {self.body.name}, got {self.half_size_px}"
            )

    @staticmethod
    def whole_planet_half_px(body: Body, resolution_m: float) -> int:
        """Return the half size, in pixels, of a raster that reaches the antipode."""
        return round(body.half_circumference_m / resolution_m)

    @classmethod
    def reaching(
        cls, body: Body, *, center: LonLat, resolution_m: float, reach_m: float
    ) -> "AzimuthalGrid":
        """Return the smallest grid that holds every point within ``reach_m`` of the centre.

        A reach beyond the antipode gives the whole planet.
        """
        # The tolerance keeps a reach of whole pixels from gaining one by rounding error.
        wanted_px = max(1, math.ceil(reach_m / resolution_m - 1e-6))
        half_px = min(wanted_px, cls.whole_planet_half_px(body, resolution_m))
        return cls(
            body=body, center=checked(center), resolution_m=resolution_m, half_size_px=half_px
        )

    @property
    def shape(self) -> tuple[int, int]:
        """``(rows, cols)``."""
        return 2 * self.half_size_px, 2 * self.half_size_px

    @property
    def crs(self) -> CRS:
        """Azimuthal equidistant CRS about the centre."""
        return azimuthal_crs(self.body, center=self.center)

    @property
    def transform(self) -> Affine:
        """Map ``(col, row)`` pixel edges to ``(x, y)`` metres."""
        half_m = self.half_size_px * self.resolution_m
        return Affine(self.resolution_m, 0, -half_m, 0, -self.resolution_m, half_m)


# What a raster can lie on: either has a CRS, an affine transform and a shape.
Grid = BasemapGrid | AzimuthalGrid
