"""Polar views of one grid, interpolated together on strips of an azimuthal raster.

Where a pixel lies in the view costs more than to interpolate there, and is the same for all views.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.coords import checked
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.resampling.patches import AZIMUTHAL_TO_POLAR, Warp, patch_scheme
from ejmap_geo.resampling.polar_gather import Spread, spread
from ejmap_geo.resampling.strips import kernel_input


class PolarViews:
    """Views about the centre of an azimuthal raster, ready to be interpolated on rows of it.

    Args:
        values: ``(view, rows, cols)`` on ``polar``.
        polar: Grid of the views, about the centre of ``azimuthal``.
        azimuthal: Grid of the raster.

    Attributes:
        spread: What kernels interpolate with.

    Raises:
        RasterError: If the two grids have different centres or the views another shape.
    """

    def __init__(
        self, values: NDArray[np.float32], *, polar: PolarGrid, azimuthal: AzimuthalGrid
    ) -> None:
        if checked(polar.center) != checked(azimuthal.center):
            raise RasterError(
                f"polar view is about {polar.center}, raster about {azimuthal.center}"
            )
        if values.shape[1:] != polar.shape:
            found = values.shape[1:]
            raise RasterError(f"values are {found}, but the polar view is {polar.shape}")
        # So that every cell has a next one to interpolate with.
        below = np.pad(values, ((0, 0), (0, 1), (0, 0)), "edge")
        padded = kernel_input(np.pad(below, ((0, 0), (0, 0), (0, 1)), "wrap"))
        warp = polar_warp(AZIMUTHAL_TO_POLAR, polar, samples=(1, 1), period_px=polar.cols)
        warp = warp._replace(
            step_rad=azimuthal.resolution_m / azimuthal.body.radius_m,
            half_px=azimuthal.half_size_px,
        )
        radius_px = polar.radius_m / azimuthal.resolution_m
        ranges_px = polar.inner_radii * radius_px, polar.outer_radii * radius_px
        self.spread = Spread(padded, warp, ranges_px, patch_scheme())

    def fill(self, out: NDArray[np.float32], top: int) -> None:
        """Interpolate on some rows of the raster.

        Args:
            out: ``(view, rows, cols)``, all columns; what lies within the inner and beyond the
                outer range stays as it is.
            top: The row of the raster that the first of ``out`` is.
        """
        spread(
            self.spread.values,
            out,
            self.spread.warp,
            self.spread.ranges_px,
            self.spread.scheme,
            (top, top + out.shape[1], 0),
        )


def polar_warp(kind: int, polar: PolarGrid, *, samples: tuple[int, int], period_px: int) -> Warp:
    """Return the warp between a polar view and another grid.

    Args:
        kind: Which way, one of the constants of ``patches``.
        polar: The view.
        samples: Sample points a cell along range and azimuth.
        period_px: Columns around the other grid.
    """
    lat0 = math.radians(polar.center.lat_deg)
    unit_rad = polar.radius_m / polar.body.radius_m
    return Warp(
        kind=kind,
        lon0=math.radians(polar.center.lon_deg),
        sin_lat0=math.sin(lat0),
        cos_lat0=math.cos(lat0),
        step_rad=1.0,
        half_px=0,
        period_px=period_px,
        turn_px=samples[1] * polar.cols,
        inner_rad=(polar.inner_radii + polar.offset_radii) * unit_rad,
        offset_rad=polar.offset_radii * unit_rad,
        per_log=samples[0] / polar.log_step,
    )
