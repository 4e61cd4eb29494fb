"""Resampling between the basemap, azimuthal rasters and polar views, exact on the sphere.

Nearest pixel everywhere, as in the published method, except that polar cells average their
samples and polar probabilities are interpolated when they go back to a map. Positions are computed
in float64 for every pixel; nothing is approximated and no array larger than the result is made.
"""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.coords import LonLat, checked
from ejmap_geo.errors import RasterError
from ejmap_geo.gather import (
    Place,
    gather_azimuthal,
    gather_basemap,
    gather_polar,
    spread_polar,
)
from ejmap_geo.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.polar import PolarGrid
from ejmap_geo.window import Window

Scalar = TypeVar("Scalar", bound=np.generic)


def to_azimuthal(
    raster: NDArray[Scalar],
    *,
    basemap: BasemapGrid,
    azimuthal: AzimuthalGrid,
    window: Window | None = None,
    nodata: float = 0,
) -> NDArray[Scalar]:
    """Resample a basemap raster to an azimuthal grid, nearest pixel.

    Args:
        raster: ``(band, rows, cols)`` on ``basemap``, any type.
        basemap: Grid of ``raster``.
        azimuthal: Grid of the result.
        window: Part of ``azimuthal`` to compute; all of it by default.
        nodata: Value of pixels beyond the antipode (the corners of a whole-planet raster).

    Returns:
        ``(band, height, width)`` in the type of ``raster``.

    Raises:
        RasterError: If ``raster`` does not have the shape of ``basemap``.
    """
    _require_shape(raster, basemap)
    window = window or Window(row=0, col=0, height=azimuthal.shape[0], width=azimuthal.shape[1])
    out = np.full((raster.shape[0], *window.shape), nodata, dtype=raster.dtype)
    corner = (azimuthal.half_size_px, window.row, window.col)
    gather_azimuthal(raster, out, place_of(azimuthal), corner)
    return out


def to_polar(
    raster: NDArray[np.generic],
    *,
    basemap: BasemapGrid,
    polar: PolarGrid,
    samples: tuple[int, int] = (1, 1),
    nodata: float | None = 0,
) -> NDArray[np.float32]:
    """Resample a basemap raster to a polar view, the mean of nearest pixels per cell.

    Args:
        raster: ``(band, rows, cols)`` on ``basemap``.
        basemap: Grid of ``raster``.
        polar: Grid of the result.
        samples: Sample points a cell along range and azimuth, evenly spaced. More than one keeps
            noise and thin rays where cells are larger than pixels.
        nodata: A pixel whose bands all hold this value is left out; None keeps every pixel.

    Returns:
        ``(band, rows, cols)``; NaN in cells without a single valid sample.

    Raises:
        RasterError: If ``raster`` does not have the shape of ``basemap``.
    """
    _require_shape(raster, basemap)
    out = np.full((raster.shape[0], *polar.shape), np.nan, dtype=np.float32)
    unit_rad = polar.radius_m / polar.body.radius_m
    start_rad = (polar.inner_radii + polar.offset_radii) * unit_rad
    ranges = (start_rad, polar.offset_radii * unit_rad, polar.log_step)
    nothing = math.nan if nodata is None else float(nodata)
    gather_polar(raster, out, _radians(polar.center), ranges, samples, nothing)
    return out


def polar_to_azimuthal(
    values: NDArray[np.float32], *, polar: PolarGrid, azimuthal: AzimuthalGrid
) -> NDArray[np.float32]:
    """Interpolate a polar view bilinearly (in log-range and azimuth) on an azimuthal grid.

    Args:
        values: ``(rows, cols)`` on ``polar``.
        polar: Grid of ``values``, about the centre of ``azimuthal``.
        azimuthal: Grid of the result.

    Returns:
        ``(rows, cols)`` of ``azimuthal``; 0 within the inner and beyond the outer range.

    Raises:
        RasterError: If the two grids have different centres or ``values`` another shape.
    """
    if checked(polar.center) != checked(azimuthal.center):
        raise RasterError(f"polar view is about {polar.center}, raster about {azimuthal.center}")
    if values.shape != polar.shape:
        raise RasterError(f"values are {values.shape}, but the polar view is {polar.shape}")
    out = np.zeros(azimuthal.shape, dtype=np.float32)
    ranges = (polar.inner_radii, polar.outer_radii, polar.offset_radii)
    step_radii = azimuthal.resolution_m / polar.radius_m
    spread_polar(values, out, ranges, step_radii, azimuthal.half_size_px)
    return out


def to_basemap(
    raster: NDArray[Scalar],
    *,
    azimuthal: AzimuthalGrid,
    basemap: BasemapGrid,
    window: Window,
    fill: float = 0,
) -> NDArray[Scalar]:
    """Resample an azimuthal raster to a window of the basemap, nearest pixel.

    Args:
        raster: ``(rows, cols)`` on ``azimuthal``.
        azimuthal: Grid of ``raster``.
        basemap: Grid of the result.
        window: Part of ``basemap`` to compute; its columns may go round the planet.
        fill: Value where the basemap lies outside ``raster``.

    Returns:
        ``(height, width)`` in the type of ``raster``.

    Raises:
        RasterError: If ``raster`` does not have the shape of ``azimuthal``.
    """
    if raster.shape != azimuthal.shape:
        raise RasterError(f"raster is {raster.shape}, but its grid is {azimuthal.shape}")
    out = np.full(window.shape, fill, dtype=raster.dtype)
    corner = (azimuthal.half_size_px, window.row, window.col)
    cell = 2 * math.pi / basemap.width_px
    gather_basemap(raster, out, place_of(azimuthal), corner, cell)
    return out


def place_of(azimuthal: AzimuthalGrid) -> Place:
    """Return longitude and latitude of the centre and the pixel size, all in radians."""
    step = azimuthal.resolution_m / azimuthal.body.radius_m
    return (*_radians(azimuthal.center), step)


def covering_window(azimuthal: AzimuthalGrid, basemap: BasemapGrid, *, reach_m: float) -> Window:
    """Return the smallest basemap window that holds every point within a reach of the centre.

    A reach over a pole takes in all columns, starting at column 0. Otherwise the window starts at a
    column of the raster and may run past the last one.
    """
    lon0, lat0 = _radians(azimuthal.center)
    reach = min(reach_m / azimuthal.body.radius_m, math.pi)
    cell = 2 * math.pi / basemap.width_px
    rows = basemap.shape[0]
    top = max(0, math.floor((math.pi / 2 - min(lat0 + reach, math.pi / 2)) / cell))
    bottom = min(rows, math.ceil((math.pi / 2 - max(lat0 - reach, -math.pi / 2)) / cell))
    if abs(lat0) + reach >= math.pi / 2:
        return Window(row=top, col=0, height=max(1, bottom - top), width=basemap.width_px)
    # The meridians that touch a small circle: sin(dlon) = sin(reach) / cos(lat0).
    half_lon = math.asin(min(1.0, math.sin(reach) / math.cos(lat0)))
    left = math.floor((lon0 - half_lon + math.pi) / cell)
    right = math.ceil((lon0 + half_lon + math.pi) / cell)
    width = min(max(1, right - left), basemap.width_px)
    return Window(row=top, col=left % basemap.width_px, height=max(1, bottom - top), width=width)


def _radians(point: LonLat) -> tuple[float, float]:
    return math.radians(point.lon_deg), math.radians(point.lat_deg)


def _require_shape(raster: NDArray[np.generic], basemap: BasemapGrid) -> None:
    if raster.ndim != 3 or raster.shape[1:] != basemap.shape:
        raise RasterError(
            f"raster must be (band, {basemap.shape[0]}, {basemap.shape[1]}), got {raster.shape}"
        )
