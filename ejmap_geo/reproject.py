"""Resampling between the basemap, azimuthal rasters and polar views, exact on the sphere.

Nearest pixel everywhere, as in the published method, except that polar cells average their
samples and polar probabilities are interpolated when they go back to a map. Positions are computed
in float64 for every pixel; nothing is approximated and no array larger than the result is made.
"""

import math

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.polar import PolarGrid
from ejmap_geo.sphere import bearing, destination
from ejmap_geo.window import Window


def to_azimuthal(
    raster: NDArray[np.generic],
    *,
    basemap: BasemapGrid,
    azimuthal: AzimuthalGrid,
    window: Window | None = None,
    nodata: float = 0,
) -> NDArray[np.generic]:
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
    lon0, lat0 = np.radians(azimuthal.center)
    step = azimuthal.resolution_m / azimuthal.body.radius_m
    _gather_azimuthal(raster, out, lon0, lat0, step, azimuthal.half_size_px, window.row, window.col)
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
    lon0, lat0 = np.radians(polar.center)
    unit_rad = polar.radius_m / polar.body.radius_m
    start_rad, offset_rad = (
        (polar.inner_radii + polar.offset_radii) * unit_rad,
        polar.offset_radii * unit_rad,
    )
    nothing = float("nan") if nodata is None else float(nodata)
    _gather_polar(
        raster, out, lon0, lat0, start_rad, offset_rad, polar.log_step, *samples, nothing
    )
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
    if polar.center != azimuthal.center:
        raise RasterError(f"polar view is about {polar.center}, raster about {azimuthal.center}")
    if values.shape != polar.shape:
        raise RasterError(f"values are {values.shape}, but the polar view is {polar.shape}")
    out = np.zeros(azimuthal.shape, dtype=np.float32)
    step_radii = azimuthal.resolution_m / polar.radius_m
    _spread_polar(
        values,
        out,
        step_radii,
        azimuthal.half_size_px,
        polar.inner_radii,
        polar.outer_radii,
        polar.offset_radii,
    )
    return out


def to_basemap(
    raster: NDArray[np.generic],
    *,
    azimuthal: AzimuthalGrid,
    basemap: BasemapGrid,
    window: Window,
    fill: float = 0,
) -> NDArray[np.generic]:
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
    lon0, lat0 = np.radians(azimuthal.center)
    step = azimuthal.resolution_m / azimuthal.body.radius_m
    cell = 2 * math.pi / basemap.width_px
    _gather_basemap(raster, out, lon0, lat0, step, azimuthal.half_size_px, cell, window.row, window.col)
    return out


def covering_window(azimuthal: AzimuthalGrid, basemap: BasemapGrid, *, reach_m: float) -> Window:
    """Return the smallest basemap window that holds every point within a reach of the centre.

    A reach over a pole takes in all columns, starting at column 0. Otherwise the window starts at a
    column of the raster and may run past the last one.
    """
    lon0, lat0 = np.radians(azimuthal.center)
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


def _require_shape(raster: NDArray[np.generic], basemap: BasemapGrid) -> None:
    if raster.ndim != 3 or raster.shape[1:] != basemap.shape:
        raise RasterError(
            f"raster must be (band, {basemap.shape[0]}, {basemap.shape[1]}), got {raster.shape}"
        )


@njit(parallel=True, cache=True)
def _gather_azimuthal(raster, out, lon0, lat0, step, half_px, row0, col0):  # noqa: ANN001, ANN202
    bands, rows, cols = raster.shape
    sin0, cos0 = math.sin(lat0), math.cos(lat0)
    per_rad = cols / (2 * math.pi)
    for i in prange(out.shape[1]):
        y = (half_px - (row0 + i) - 0.5) * step
        for j in range(out.shape[2]):
            x = (col0 + j + 0.5 - half_px) * step
            # Half-pixel offsets keep the centre itself from being sampled, so c is never 0.
            c = math.hypot(x, y)
            if c > math.pi:
                continue
            lon, lat = destination(sin0, cos0, lon0, c, x / c, y / c)
            col = math.floor((lon + math.pi) * per_rad) % cols
            row = min(max(math.floor((math.pi / 2 - lat) * per_rad), 0), rows - 1)
            for b in range(bands):
                out[b, i, j] = raster[b, row, col]


@njit(parallel=True, cache=True)
def _gather_polar(raster, out, lon0, lat0, start_rad, offset_rad, log_step, along, across, nodata):  # noqa: ANN001, ANN202
    bands, rows, cols = raster.shape
    sin0, cos0 = math.sin(lat0), math.cos(lat0)
    per_rad = cols / (2 * math.pi)
    az_step = 2 * math.pi / out.shape[2]
    for i in prange(out.shape[1]):
        total = np.zeros(bands)
        for j in range(out.shape[2]):
            total[:] = 0.0
            count = 0
            for m in range(along):
                c = start_rad * math.exp((i + (m + 0.5) / along) * log_step) - offset_rad
                if c >= math.pi:
                    continue
                for n in range(across):
                    az = (j + (n + 0.5) / across) * az_step
                    lon, lat = destination(sin0, cos0, lon0, c, math.sin(az), math.cos(az))
                    col = math.floor((lon + math.pi) * per_rad) % cols
                    row = min(max(math.floor((math.pi / 2 - lat) * per_rad), 0), rows - 1)
                    is_valid = False
                    for b in range(bands):
                        # NaN as nodata compares unequal to everything, so every pixel counts.
                        if raster[b, row, col] != nodata:
                            is_valid = True
                    if is_valid:
                        count += 1
                        for b in range(bands):
                            total[b] += raster[b, row, col]
            if count > 0:
                for b in range(bands):
                    out[b, i, j] = total[b] / count


@njit(parallel=True, cache=True)
def _spread_polar(values, out, step_radii, half_px, inner, outer, offset):  # noqa: ANN001, ANN202
    rows, cols = values.shape
    per_log = rows / math.log((outer + offset) / (inner + offset))
    per_az = cols / (2 * math.pi)
    for i in prange(out.shape[0]):
        y = (half_px - i - 0.5) * step_radii
        for j in range(out.shape[1]):
            x = (j + 0.5 - half_px) * step_radii
            distance = math.hypot(x, y)
            if distance < inner or distance > outer:
                continue
            r = min(max(math.log((distance + offset) / (inner + offset)) * per_log - 0.5, 0.0), rows - 1.0)
            a = (math.atan2(x, y) * per_az - 0.5) % cols
            r0 = min(int(r), rows - 2) if rows > 1 else 0
            r1 = min(r0 + 1, rows - 1)
            a0 = int(a) % cols
            a1 = (a0 + 1) % cols
            fr, fa = r - r0, a - math.floor(a)
            near = values[r0, a0] * (1 - fa) + values[r0, a1] * fa
            far = values[r1, a0] * (1 - fa) + values[r1, a1] * fa
            out[i, j] = near * (1 - fr) + far * fr


@njit(parallel=True, cache=True)
def _gather_basemap(raster, out, lon0, lat0, step, half_px, cell, row0, col0):  # noqa: ANN001, ANN202
    size = raster.shape[0]
    sin0, cos0 = math.sin(lat0), math.cos(lat0)
    for i in prange(out.shape[0]):
        lat = math.pi / 2 - (row0 + i + 0.5) * cell
        for j in range(out.shape[1]):
            lon = (col0 + j + 0.5) * cell - math.pi
            c, az = bearing(sin0, cos0, lon0, lon, lat)
            col = math.floor(half_px + c * math.sin(az) / step)
            row = math.floor(half_px - c * math.cos(az) / step)
            if 0 <= row < size and 0 <= col < size:
                out[i, j] = raster[row, col]
