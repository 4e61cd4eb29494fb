"""The loops of polar views: means of samples on the way in, interpolation on the way back."""

import math

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from ejmap_geo.sphere import destination


@njit(cache=True, inline="always")
def basemap_pixel(lon: float, lat: float, width_px: int) -> tuple[int, int]:
    """Return row and column of the basemap pixel that holds a point."""
    per_rad = width_px / (2 * math.pi)
    row = math.floor((math.pi / 2 - lat) * per_rad)
    # The south pole itself would be one row too far.
    row = min(max(row, 0), width_px // 2 - 1)
    return row, math.floor((lon + math.pi) * per_rad) % width_px


@njit(cache=True, inline="always")
def _add_pixel(
    raster: NDArray[np.generic], row: int, col: int, total: NDArray[np.float64], nodata: float
) -> int:
    """Add a pixel's bands to a total and return 1, or 0 if all of them hold ``nodata``."""
    is_valid = False
    for b in range(raster.shape[0]):
        # NaN as nodata compares unequal to everything, so every pixel counts.
        if raster[b, row, col] != nodata:
            is_valid = True
    if not is_valid:
        return 0
    for b in range(raster.shape[0]):
        total[b] += raster[b, row, col]
    return 1


@njit(parallel=True, cache=True)
def gather_polar(
    raster: NDArray[np.generic],
    out: NDArray[np.float32],
    center: tuple[float, float],
    ranges: tuple[float, float, float],
    samples: tuple[int, int],
    nodata: float,
) -> None:
    """Fill a polar view with means of samples; cells without a valid sample stay as they are.

    ``ranges`` is (start of row 0 with the offset, offset, step of the logarithm) in radians.
    """
    lon0, lat0 = center
    start, offset, log_step = ranges
    along, across = samples
    bands = raster.shape[0]
    sin0, cos0 = math.sin(lat0), math.cos(lat0)
    az_step = 2 * math.pi / out.shape[2]
    for i in prange(out.shape[1]):
        total = np.zeros(bands)
        for j in range(out.shape[2]):
            total[:] = 0.0
            count = 0
            for m in range(along * across):
                c = start * math.exp((i + (m // across + 0.5) / along) * log_step) - offset
                if c >= math.pi:
                    continue
                az = (j + (m % across + 0.5) / across) * az_step
                lon, lat = destination(sin0, cos0, lon0, c, math.sin(az), math.cos(az))
                row, col = basemap_pixel(lon, lat, raster.shape[2])
                count += _add_pixel(raster, row, col, total, nodata)
            for b in range(bands):
                if count > 0:
                    out[b, i, j] = total[b] / count


@njit(parallel=True, cache=True)
def spread_polar(
    values: NDArray[np.float32],
    out: NDArray[np.float32],
    ranges: tuple[float, float, float],
    step_radii: float,
    half_px: int,
) -> None:
    """Interpolate a polar view on an azimuthal raster; pixels out of range stay as they are.

    ``ranges`` is (inner, outer, offset) in crater radii.
    """
    inner, outer, offset = ranges
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
            r = math.log((distance + offset) / (inner + offset)) * per_log - 0.5
            r = min(max(r, 0.0), rows - 1.0)
            a = (math.atan2(x, y) * per_az - 0.5) % cols
            r0, a0 = int(r), int(a) % cols
            r1, a1 = min(r0 + 1, rows - 1), (a0 + 1) % cols
            fr, fa = r - r0, a - math.floor(a)
            near = values[r0, a0] * (1 - fa) + values[r0, a1] * fa
            far = values[r1, a0] * (1 - fa) + values[r1, a1] * fa
            out[i, j] = near * (1 - fr) + far * fr
