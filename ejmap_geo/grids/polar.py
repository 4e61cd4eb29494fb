"""The polar view: azimuth by log-range, measured in radii of the crater at the origin."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import GridError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat, checked


@dataclass(frozen=True, slots=True, kw_only=True)
class PolarGrid:
    """The surroundings of a crater as rows of growing range and columns of azimuth.

    Rays become straight parallel stripes, craters of all sizes look alike, and rolling the columns
    is a rotation about the crater. Row 0 is innermost; rows are evenly spaced in
    log(range + offset), so that an offset of 0 is a pure logarithm and a larger one spends fewer
    rows close to the rim, where they would be finer than the pixels of any mosaic. Column 0 starts
    at north; azimuth grows clockwise (towards east), as on a compass.

    Attributes:
        body: The planet.
        center: Centre of the crater.
        radius_m: Rim radius of the crater, the unit of range.
        rows: Number of range bins.
        cols: Number of azimuth bins.
        inner_radii: Inner edge of row 0, in crater radii.
        outer_radii: Outer edge of the last row, in crater radii. It may lie beyond the antipode:
            such cells are no part of the planet (see :attr:`is_on_planet`).
        offset_radii: Offset inside the logarithm, in crater radii.
    """

    body: Body
    center: LonLat
    radius_m: float
    rows: int
    cols: int
    inner_radii: float
    outer_radii: float
    offset_radii: float = 0.0

    def __post_init__(self) -> None:
        checked(self.center)
        if self.rows < 1 or self.cols < 1:
            raise GridError(f"polar view must have rows and columns, got {self.rows}x{self.cols}")
        if not 0 < self.inner_radii < self.outer_radii:
            raise GridError(
                f"polar ranges must satisfy 0 < inner < outer radii, got {self.inner_radii} "
                f"and {self.outer_radii}"
            )
        if self.offset_radii < 0:
            raise GridError(f"range offset must not be negative, got {self.offset_radii} radii")
        if not 0 < self.radius_m < self.body.half_circumference_m:
            raise GridError(
                f"crater radius must be metres on {self.body.name}, got {self.radius_m}"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """``(rows, cols)``: range, azimuth."""
        return self.rows, self.cols

    @property
    def log_step(self) -> float:
        """Natural logarithm of the growth of range + offset from one row to the next."""
        span = (self.outer_radii + self.offset_radii) / (self.inner_radii + self.offset_radii)
        return math.log(span) / self.rows

    @property
    def range_radii(self) -> NDArray[np.float64]:
        """Range of the row centres in crater radii, ``(rows,)``."""
        return log_ranges(self.rows, self.inner_radii, self.outer_radii, self.offset_radii)

    def _range_at(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        start = self.inner_radii + self.offset_radii
        return start * np.exp(row * self.log_step) - self.offset_radii

    @property
    def range_rad(self) -> NDArray[np.float64]:
        """Angular range of the row centres as seen from the planet's centre, ``(rows,)``."""
        return self.range_radii * self.radius_m / self.body.radius_m

    @property
    def azimuth_rad(self) -> NDArray[np.float64]:
        """Azimuth of the column centres, clockwise from north, ``(cols,)``."""
        return (np.arange(self.cols, dtype=np.float64) + 0.5) * (2 * np.pi / self.cols)

    @property
    def is_on_planet(self) -> NDArray[np.bool_]:
        """Whether the row centres lie short of the antipode, ``(rows,)``."""
        return self.range_rad < np.pi

    @property
    def cell_area_m2(self) -> NDArray[np.float64]:
        """Area of a cell on the sphere by row, ``(rows,)``; 0 beyond the antipode.

        A spherical zone between angular ranges a and b has area 2 pi R^2 (cos a - cos b).
        """
        edges = self._range_at(np.arange(self.rows + 1, dtype=np.float64))
        edges_rad = np.minimum(edges * self.radius_m / self.body.radius_m, np.pi)
        zones = -np.diff(np.cos(edges_rad))
        return 2 * np.pi * self.body.radius_m**2 * zones / self.cols


def log_ranges(
    rows: int, inner_radii: float, outer_radii: float, offset_radii: float
) -> NDArray[np.float64]:
    """Return the range of the row centres of a view in crater radii, ``(rows,)``."""
    span = (outer_radii + offset_radii) / (inner_radii + offset_radii)
    middles = (np.arange(rows, dtype=np.float64) + 0.5) * (math.log(span) / rows)
    return (inner_radii + offset_radii) * np.exp(middles) - offset_radii
