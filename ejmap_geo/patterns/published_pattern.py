"""The pattern of a crater's ejecta as the published study tabulates it: pixels, sectors, bands.

Pixels have coordinates x = col - n + 0.5 (east) and y = n - row - 0.5 (north) in a raster of
``(2 n, 2 n)``, and lie at hypot(x, y) from the centre.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.patterns.set_pixels import STRETCH_PX, first_of
from ejmap_geo.resampling.strips import in_strips, kernel_input

SECTORS = 8
PERCENTILES = (99, 95, 90, 75, 50, 25)
# Principal components and the ratio of 430 to 1000 nm, in the order of the published mosaic.
BANDS = ("PC2", "PC1", "4301000")
INDEX = "crat_FID"
COLUMNS = (
    *("radius", "invalid", "blanket_radius", "area", "blanket_area", "rays_area", "max_distance"),
    *(f"distance_{percent}" for percent in PERCENTILES),
    *("bar_x", "bar_y", "ray_bar_x", "ray_bar_y"),
    *(f"{part}_{band}" for part in ("blanket", "ray") for band in BANDS),
    *(f"{what}_sect{i}" for what in ("area", "distmax", "ray") for i in range(SECTORS)),
)
# A blanket that loses more than this share to other craters cannot be analysed.
LEAST_CLEAN_SHARE = 0.8

Row = dict[str, float]


class _Tally(NamedTuple):
    """Sums over the pixels of ejecta; the first axis is blanket, rays.

    Attributes:
        area_px: ``(2, sector)``.
        x2: Sum of 2 x, ``(2,)``; twice a coordinate is an odd whole number, so sums are exact.
        y2: Sum of 2 y, ``(2,)``.
        farthest: Largest (2 x)^2 + (2 y)^2 by sector, ``(sector,)``.
        imaged_px: Pixels with data, ``(2,)``.
        bands: Sum of each band over them, ``(2, band)``.
    """

    area_px: NDArray[np.int64]
    x2: NDArray[np.int64]
    y2: NDArray[np.int64]
    farthest: NDArray[np.int64]
    imaged_px: NDArray[np.int64]
    bands: NDArray[np.int64]


def published_pattern(
    mask: NDArray[np.bool_],
    mosaic: NDArray[np.uint8],
    *,
    rim: NDArray[np.bool_],
    radius_px: float,
    blanket_px: float,
) -> Row:
    """Return the published columns of one crater, except ``invalid``; zeros for an empty mask.

    Args:
        mask: Ejecta, ``(2 n, 2 n)`` about the crater, denoised.
        mosaic: ``(band, 2 n, 2 n)``, 0 in all bands where nothing was imaged: such pixels count as
            area, but not in the means of bands.
        rim: Inside of the rim, ``(2 m, 2 m)`` about the same centre. It is left out.
        radius_px: Rim radius.
        blanket_px: Radius of the blanket; rays are beyond. See
            :func:`ejmap_geo.patterns.rings.blanket_radius_px`.

    Returns:
        Values by column. Lengths are in pixels, areas in numbers of pixels. Bands have the
        published names if there are three of them, and are NaN otherwise.

    Raises:
        RasterError: If the mask is no such raster, or the mosaic has another shape.
    """
    if mask.shape[0] != mask.shape[1] or mask.shape[0] % 2 or mosaic.shape[1:] != mask.shape:
        raise RasterError(
            f"a mask must be square with an even side and of the mosaic's shape, got {mask.shape} "
            f"px and {mosaic.shape[1:]} px"
        )
    # Ground without ejecta is passed over faster than what lies around them would be copied.
    tally = _tally(mask, kernel_input(mosaic), rim, blanket_px=blanket_px)
    distances_px = _distances_px(mask, rim, count=int(tally.area_px.sum()))
    return _row(tally, distances_px, radius_px=radius_px, blanket_px=blanket_px)


def is_invalid(with_overlaps: Mapping[str, float], clean: Mapping[str, float]) -> bool:
    """Return whether a crater has no blanket, or other craters claim a fifth of it or more."""
    blanket_px = with_overlaps["blanket_area"]
    return blanket_px == 0 or clean["blanket_area"] / blanket_px < LEAST_CLEAN_SHARE


def _row(
    tally: _Tally, distances_px: NDArray[np.float64], *, radius_px: float, blanket_px: float
) -> Row:
    parts_px = tally.area_px.sum(axis=1)
    area_px, rays_px = int(parts_px.sum()), int(parts_px[1])
    percentiles = np.percentile(distances_px, PERCENTILES) if area_px else np.zeros(6)
    bands = _means(tally)
    return {
        "radius": radius_px,
        "blanket_radius": blanket_px,
        "area": area_px,
        "blanket_area": int(parts_px[0]),
        "rays_area": rays_px,
        "max_distance": float(distances_px.max(initial=0.0)),
        **{f"distance_{p}": float(d) for p, d in zip(PERCENTILES, percentiles, strict=True)},
        "bar_x": tally.x2.sum() / 2 / max(area_px, 1),
        "bar_y": tally.y2.sum() / 2 / max(area_px, 1),
        "ray_bar_x": tally.x2[1] / 2 / max(rays_px, 1),
        "ray_bar_y": tally.y2[1] / 2 / max(rays_px, 1),
        **{f"blanket_{name}": float(mean) for name, mean in zip(BANDS, bands[0], strict=True)},
        **{f"ray_{name}": float(mean) for name, mean in zip(BANDS, bands[1], strict=True)},
        **{f"area_sect{i}": int(n) for i, n in enumerate(tally.area_px.sum(axis=0))},
        **{f"distmax_sect{i}": math.sqrt(n) / 2 for i, n in enumerate(tally.farthest)},
        **{f"ray_sect{i}": int(n) for i, n in enumerate(tally.area_px[1])},
    }


def _means(tally: _Tally) -> NDArray[np.float64]:
    """Return the mean of each published band, ``(2, 3)``; 0 where there is no pixel."""
    if tally.bands.shape[1] != len(BANDS):
        return np.full((2, len(BANDS)), np.nan)
    return tally.bands / np.maximum(tally.imaged_px, 1)[:, None]


def _tally(
    mask: NDArray[np.bool_],
    mosaic: NDArray[np.uint8],
    rim: NDArray[np.bool_],
    *,
    blanket_px: float,
) -> _Tally:
    given, inside = kernel_input(mask), kernel_input(rim)
    bands = mosaic.shape[0]

    def add(top: int, bottom: int) -> _Tally:
        sums = _Tally(
            area_px=np.zeros((2, SECTORS), np.int64),
            x2=np.zeros(2, np.int64),
            y2=np.zeros(2, np.int64),
            farthest=np.zeros(SECTORS, np.int64),
            imaged_px=np.zeros(2, np.int64),
            bands=np.zeros((2, bands), np.int64),
        )
        _add(given, mosaic, inside, 4 * blanket_px**2, sums, (top, bottom))
        return sums

    found = in_strips(add, rows=mask.shape[0], cols=mask.shape[1])
    farthest = np.max([one.farthest for one in found], axis=0)
    added = _Tally(*(np.sum(parts, axis=0) for parts in zip(*found, strict=True)))
    return added._replace(farthest=farthest)


def _distances_px(
    mask: NDArray[np.bool_], rim: NDArray[np.bool_], *, count: int
) -> NDArray[np.float64]:
    distances_px = np.empty(count)
    _list_distances(kernel_input(mask), kernel_input(rim), distances_px)
    return distances_px


@njit(cache=True, nogil=True)
def _is_in_rim(rim: NDArray[np.bool_], row: int, col: int, half_px: int) -> bool:
    rim_half = rim.shape[0] // 2
    i, j = row - half_px + rim_half, col - half_px + rim_half
    if not (0 <= i < rim.shape[0] and 0 <= j < rim.shape[1]):
        return False
    return bool(rim[i, j])


@njit(cache=True, nogil=True)
def _sector(x2: int, y2: int) -> int:
    """Return the sector of 45 degrees, from 0 between south and south-east, counterclockwise.

    Sector i holds the angles atan2(-x, y) from -180 + 45 i up to, but without, -135 + 45 i degrees.
    """
    x, y = abs(x2), abs(y2)
    if x2 > 0:
        return (0 if x < y else 1) if y2 < 0 else (2 if x > y else 3)
    return (4 if x < y else 5) if y2 > 0 else (6 if x > y else 7)


@njit(cache=True, nogil=True)
def _add(
    mask: NDArray[np.bool_],
    mosaic: NDArray[np.uint8],
    rim: NDArray[np.bool_],
    blanket_square: float,
    sums: _Tally,
    rows: tuple[int, int],
) -> None:
    """Add the ejecta of some rows; ``blanket_square`` is the square of twice the radius."""
    half_px = mask.shape[0] // 2
    for i in range(rows[0], rows[1]):
        y2 = 2 * (half_px - i) - 1
        line = mask[i]
        start = first_of(line, 0, True)
        while start < line.size:
            end = min(start + STRETCH_PX, line.size)
            for j in range(start, end):
                if not line[j] or _is_in_rim(rim, i, j, half_px):
                    continue
                x2 = 2 * (j - half_px) + 1
                square = x2 * x2 + y2 * y2
                part = 1 if square > blanket_square else 0
                sector = _sector(x2, y2)
                sums.area_px[part, sector] += 1
                sums.x2[part] += x2
                sums.y2[part] += y2
                sums.farthest[sector] = max(sums.farthest[sector], square)
                is_imaged = False
                for band in range(mosaic.shape[0]):
                    is_imaged |= mosaic[band, i, j] != 0
                    sums.bands[part, band] += mosaic[band, i, j]
                sums.imaged_px[part] += is_imaged
            start = first_of(line, end, True)


@njit(cache=True, nogil=True)
def _list_distances(
    mask: NDArray[np.bool_], rim: NDArray[np.bool_], distances_px: NDArray[np.float64]
) -> None:
    half_px, count = mask.shape[0] // 2, 0
    for i in range(mask.shape[0]):
        line = mask[i]
        start = first_of(line, 0, True)
        while start < line.size:
            end = min(start + STRETCH_PX, line.size)
            for j in range(start, end):
                if line[j] and not _is_in_rim(rim, i, j, half_px):
                    # Of an exact square the root is the nearest double; hypot's last digit is
                    # libm's.
                    x2, y2 = 2 * (j - half_px) + 1, 2 * (half_px - i) - 1
                    distances_px[count] = math.sqrt(x2 * x2 + y2 * y2) / 2
                    count += 1
            start = first_of(line, end, True)
