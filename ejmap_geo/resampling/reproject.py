"""Resampling between the basemap, azimuthal rasters and polar views, exact on the sphere.

Nearest pixel everywhere, as in the published method, except that polar cells average their
samples and polar probabilities are interpolated when they go back to a map. Places are those of
float64 geometry to 0.001 pixels, and no array larger than the result is made.
"""

import math
from dataclasses import astuple
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.resampling.gather import gather
from ejmap_geo.resampling.patch_index import Route
from ejmap_geo.resampling.patches import (
    AZIMUTHAL_TO_BASEMAP,
    BASEMAP_TO_AZIMUTHAL,
    PATCH_PX,
    POLAR_TO_BASEMAP,
    Warp,
    patch_scheme,
)
from ejmap_geo.resampling.polar_gather import pool
from ejmap_geo.resampling.polar_views import PolarViews, polar_warp
from ejmap_geo.resampling.strips import in_strips, kernel_input

Scalar = TypeVar("Scalar", bound=np.generic)

# Every so many pixels of a window one is projected to find what it covers.
SPARSE_PX = 16
# Beyond this angle from a crater an azimuthal raster is too distorted to tell: 120 degrees.
WIDEST_RAD = 2 * math.pi / 3


def to_azimuthal(
    raster: NDArray[Scalar],
    *,
    basemap: BasemapGrid,
    azimuthal: AzimuthalGrid,
    window: Window | None = None,
    source: Window | None = None,
    nodata: float = 0,
) -> NDArray[Scalar]:
    """Resample a basemap raster to an azimuthal grid, nearest pixel.

    Args:
        raster: ``(band, rows, cols)`` of ``source``, any type.
        basemap: Grid of ``raster``.
        azimuthal: Grid of the result.
        window: Part of ``azimuthal`` to compute; all of it by default.
        source: Part of ``basemap`` that ``raster`` holds; its columns may go round the planet. All
            of it by default.
        nodata: Value of pixels outside of ``source`` and beyond the antipode (the corners of a
            whole-planet raster).

    Returns:
        ``(band, height, width)`` in the type of ``raster``.

    Raises:
        RasterError: If ``raster`` does not have the shape of ``source``.
    """
    source, window = source or Window.whole(basemap.shape), window or Window.whole(azimuthal.shape)
    _require_shape(raster, source)
    out = _filled((raster.shape[0], *window.shape), nodata, raster)
    warp = warp_between(AZIMUTHAL_TO_BASEMAP, azimuthal, basemap)
    _gather(raster, out, warp, source=source, window=window)
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
    _require_shape(raster, Window.whole(basemap.shape))
    out = np.full((raster.shape[0], *polar.shape), np.nan, dtype=np.float32)
    warp = polar_warp(POLAR_TO_BASEMAP, polar, samples=samples, period_px=basemap.width_px)
    sampled = np.arange(samples[0] * polar.rows) + 0.5
    range_rad = warp.inner_rad * np.exp(sampled / warp.per_log) - warp.offset_rad
    on_planet = int(np.count_nonzero(range_rad < np.pi))
    if on_planet == 0:
        return out
    points = np.empty((raster.shape[0], on_planet, warp.turn_px), raster.dtype)
    window = Window.whole((on_planet, warp.turn_px))
    _gather(raster, points, warp, source=Window.whole(basemap.shape), window=window)
    nothing = math.nan if nodata is None else float(nodata)
    in_strips(
        lambda *rows: pool(points, out, samples, nothing, rows), rows=polar.rows, cols=polar.cols
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
    views = PolarViews(values[None], polar=polar, azimuthal=azimuthal)
    out = np.zeros((1, *azimuthal.shape), np.float32)
    in_strips(
        lambda first, stop: views.fill(out[:, first:stop], first),
        rows=out.shape[1],
        cols=out.shape[2],
        step=PATCH_PX,
    )
    return out[0]


def to_basemap(
    raster: NDArray[Scalar],
    *,
    azimuthal: AzimuthalGrid,
    basemap: BasemapGrid,
    window: Window,
    source: Window | None = None,
    fill: float = 0,
) -> NDArray[Scalar]:
    """Resample an azimuthal raster to a window of the basemap, nearest pixel.

    Args:
        raster: ``(rows, cols)`` of ``source``.
        azimuthal: Grid of ``raster``.
        basemap: Grid of the result.
        window: Part of ``basemap`` to compute; its columns may go round the planet.
        source: Part of ``azimuthal`` that ``raster`` holds, as from :func:`source_window`; all of
            it by default.
        fill: Value where the basemap lies outside ``raster``.

    Returns:
        ``(height, width)`` in the type of ``raster``.

    Raises:
        RasterError: If ``raster`` does not have the shape of ``source``.
    """
    source = source or Window.whole(azimuthal.shape)
    if raster.shape != source.shape:
        raise RasterError(f"raster is {raster.shape}, but its grid is {source.shape}")
    out = _filled((1, *window.shape), fill, raster)
    warp = warp_between(BASEMAP_TO_AZIMUTHAL, azimuthal, basemap)
    _gather(raster[None], out, warp, source=source, window=window)
    return out[0]


def source_window(azimuthal: AzimuthalGrid, basemap: BasemapGrid, window: Window) -> Window | None:
    """Return a part of an azimuthal raster that holds all pixels of a basemap window.

    It is somewhat larger than needed: some pixels are projected and the rest lie near one of them.

    Args:
        azimuthal: Grid about a crater.
        basemap: Grid of ``window``.
        window: Its columns may go round the planet.

    Returns:
        The part; None if they have no pixel in common.
    """
    rows, cols = (
        np.unique(np.append(np.arange(0, size, SPARSE_PX), size - 1)) for size in window.shape
    )
    cell_rad = 2 * np.pi / basemap.width_px
    lat = (np.pi / 2 - (window.row + rows + 0.5) * cell_rad)[:, None]
    lon0, lat0 = _radians(azimuthal.center)
    dlon = ((window.col + cols + 0.5) * cell_rad - np.pi - lon0)[None]
    east = np.cos(lat) * np.sin(dlon)
    north = np.cos(lat0) * np.sin(lat) - np.sin(lat0) * np.cos(lat) * np.cos(dlon)
    towards = np.sin(lat0) * np.sin(lat) + np.cos(lat0) * np.cos(lat) * np.cos(dlon)
    range_rad = np.arctan2(np.hypot(east, north), towards)
    whole = Window.whole(azimuthal.shape)
    if range_rad.max() > WIDEST_RAD:
        return whole
    px = azimuthal.body.radius_m / azimuthal.resolution_m
    # An angle at the centre is stretched by the range over its sine; 1 at the centre itself.
    scale = px / np.sinc(range_rad / np.pi)
    nearest_px = SPARSE_PX / math.sqrt(2) * cell_rad * px
    margin_px = math.ceil(nearest_px * WIDEST_RAD / math.sin(WIDEST_RAD)) + 1
    half_px = azimuthal.half_size_px
    down, right = half_px - scale * north, half_px + scale * east
    top, left = (math.floor(float(axis.min())) - margin_px for axis in (down, right))
    bottom, end = (math.ceil(float(axis.max())) + margin_px for axis in (down, right))
    return Window(row=top, col=left, height=bottom - top, width=end - left).intersection(whole)


def warp_between(kind: int, azimuthal: AzimuthalGrid, basemap: BasemapGrid) -> Warp:
    """Return how the pixels of one grid lie in the other; see :mod:`.patches`."""
    lon0, lat0 = _radians(azimuthal.center)
    return Warp(
        kind=kind,
        lon0=lon0,
        sin_lat0=math.sin(lat0),
        cos_lat0=math.cos(lat0),
        step_rad=azimuthal.resolution_m / azimuthal.body.radius_m,
        half_px=azimuthal.half_size_px,
        period_px=basemap.width_px,
    )


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


def _filled(shape: tuple[int, ...], value: float, like: NDArray[Scalar]) -> NDArray[Scalar]:
    # Zeros come from the system without being written; the threads that fill them then do that.
    return np.zeros(shape, like.dtype) if value == 0 else np.full(shape, value, like.dtype)


def _gather(
    raster: NDArray[Scalar], out: NDArray[Scalar], warp: Warp, *, source: Window, window: Window
) -> None:
    bits = f"u{raster.itemsize}"
    values = kernel_input(raster).view(bits).reshape(raster.shape[0], -1)
    route = Route(warp, astuple(source), (window.row, window.col))
    pixels, scheme = out.view(bits), patch_scheme()

    def fill(top: int, bottom: int) -> None:
        gather(values, pixels, route, scheme, (top, bottom))

    in_strips(fill, rows=window.height, cols=window.width, step=PATCH_PX)


def _require_shape(raster: NDArray[np.generic], source: Window) -> None:
    if raster.ndim != 3 or raster.shape[1:] != source.shape:
        raise RasterError(
            f"raster must be (band, {source.height}, {source.width}), got {raster.shape}"
        )
