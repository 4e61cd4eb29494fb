"""The plain way: each operation as the rasterio and numpy calls of the published method.

Written from the description of the method. Where that leaves a choice, the faster one was taken.
"""

import warnings
from pathlib import Path

import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning
from rasterio.features import shapes
from rasterio.vrt import WarpedVRT
from rasterio.warp import reproject
from scipy import ndimage

from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid, Grid
from ejmap_geo.grids.window import Window

THREADS = 2
RING_PX = 4
RGB = (200, 120, 40)


def write_geotiff(path: Path, raster: NDArray[np.uint8], grid: BasemapGrid) -> None:
    """Write the mosaic in tiles without compression, the fastest file to warp from."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=raster.shape[0],
        height=raster.shape[1],
        width=raster.shape[2],
        dtype=raster.dtype,
        crs=grid.crs.to_wkt(),
        transform=grid.transform,
        nodata=0,
        tiled=True,
        blockxsize=512,
        blockysize=512,
    ) as file:
        file.write(raster)


def warped_window(path: Path, azimuthal: AzimuthalGrid) -> NDArray[np.uint8]:
    """Read the window of an azimuthal raster through a WarpedVRT of the mosaic."""
    with (
        rasterio.open(path) as file,
        WarpedVRT(
            file,
            crs=azimuthal.crs.to_wkt(),
            transform=azimuthal.transform,
            height=azimuthal.shape[0],
            width=azimuthal.shape[1],
            resampling=Resampling.nearest,
            nodata=0,
            num_threads=THREADS,
        ) as warped,
    ):
        return warped.read()


def reprojected(raster: NDArray[np.generic], source: Grid, target: Grid) -> NDArray[np.generic]:
    """Reproject all bands of a raster to another grid, nodata 0."""
    result = np.zeros((raster.shape[0], *target.shape), raster.dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        reproject(
            raster,
            result,
            src_transform=source.transform,
            src_crs=source.crs.to_wkt(),
            src_nodata=0,
            dst_transform=target.transform,
            dst_crs=target.crs.to_wkt(),
            dst_nodata=0,
            resampling=Resampling.nearest,
            num_threads=THREADS,
        )
    return result


def outlines(numbers: NDArray[np.uint16]) -> dict[int, NDArray[np.int64]]:
    """Return the outline of the largest piece of every number above 0, ``(2, corner)`` x and y."""
    largest: dict[int, tuple[float, NDArray[np.int64]]] = {}
    for piece, value in shapes(numbers, mask=numbers > 0, transform=Affine.identity()):
        area = shapely.geometry.shape(piece).area
        corners = np.array(piece["coordinates"][0]).T.astype(np.int64)
        if area > largest.get(int(value), (0.0, corners))[0]:
            largest[int(value)] = (area, corners)
    return {number: corners for number, (_, corners) in largest.items()}


def square_side_px(corners: NDArray[np.int64], limit_px: int) -> int:
    """Return the side of the largest square whose diagonal ends on an outline of pixel edges."""
    steps = np.abs(np.diff(corners)).sum(axis=0)
    along = np.repeat(np.sign(np.diff(corners)), steps, axis=1)
    points = corners[:, :1] + np.concatenate([np.zeros((2, 1), np.int64), along.cumsum(1)], axis=1)
    apart_x = np.abs(points[0][:, None] - points[0])
    apart_y = np.abs(points[1][:, None] - points[1])
    first, second = np.nonzero((apart_x == apart_y) & (apart_x > 0) & (apart_x <= limit_px))
    sides = apart_x[first, second]
    area = shapely.buffer(shapely.polygons(corners.T), 0.1)
    shapely.prepare(area)
    for k in np.argsort(-sides):
        x, y = points[0][[first[k], second[k]]], points[1][[first[k], second[k]]]
        if shapely.contains_xy(area, np.repeat(x, 2), np.tile(y, 2)).all():
            return int(sides[k])
    return 0


def add_to_composite(composite: NDArray[np.float32], mask: NDArray[np.uint8]) -> None:
    """Add a crater to a composite of the whole planet, half transparent over others."""
    empty = composite.sum(axis=0) == 0
    over = ~empty * mask
    for band, value in zip(composite, RGB, strict=True):
        alone = mask * empty * np.float32(value)
        band[:] = band * (1 - mask) + alone + over * np.float32(value / 2) + band * over * 0.5


def averaged(tiles: list[tuple[Window, NDArray[np.float32]]], side_px: int) -> NDArray[np.float32]:
    """Average overlapping tiles on a raster of the whole planet; NaN where there is none."""
    total = np.zeros((side_px, side_px), np.float32)
    count = np.zeros((side_px, side_px), np.uint8)
    for place, values in tiles:
        total[place.slices] += values
        count[place.slices] += 1
    with np.errstate(invalid="ignore"):
        return np.asarray(total / count, np.float32)


def denoised(mask: NDArray[np.bool_], min_px: int) -> NDArray[np.bool_]:
    """Clear clusters of few set pixels, then of few clear ones, by labels."""
    for value in (True, False):
        labels = np.empty(mask.shape, np.int32)
        ndimage.label(mask == value, output=labels)
        sizes = np.bincount(labels.ravel())
        mask = np.where((sizes < min_px)[labels] & (labels > 0), not value, mask)
    return mask


def ring_analysis(
    mask: NDArray[np.uint8], azimuthal: AzimuthalGrid, radius_px: float
) -> tuple[int, NDArray[np.float64]]:
    """Return the blanket radius and the share of ejecta by ring of a whole-planet mask."""
    rows, cols = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    middle = azimuthal.half_size_px
    edges = np.array([rows[0], rows[-1] + 1, cols[0], cols[-1] + 1])
    half = int(np.abs(edges - middle).max())
    mask = mask[middle - half : middle + half, middle - half : middle + half]
    offset = np.arange(-half, half) + 0.5
    x, y = np.meshgrid(offset, offset)
    distance = np.sqrt(np.square(x) + np.square(y))
    found = distance[np.nonzero(mask)]

    def share(radius: int) -> float:
        low, high = radius - RING_PX / 2, radius + RING_PX / 2
        all_px = np.sum((distance >= low) & (distance < high))
        return float(np.sum((found >= low) & (found < high)) / max(all_px, 1))

    blanket = int(4 * radius_px)
    while share(blanket) > 0.5 and blanket < half:
        blanket += RING_PX
    ring = (distance / RING_PX).astype(np.int64).ravel()
    profile = np.bincount(ring, mask.ravel()) / np.bincount(ring)
    return blanket, profile
