"""The mosaic as a pyramid of small pictures, from one of two tiles to the finest that fits."""

import io
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image
from rasterio.enums import Resampling
from rasterio.windows import Window as RasterWindow

from ejmap_geo.rasters.grey import weighted_grey
from ejmap_geo.rasters.raster_file import opened
from ejmap_project.pictures.shades import stretch_table

TILE_PX = 512
SUFFIX = "webp"
QUALITY = 75
# A level is finer than the mosaic by at most this factor: finer ones show nothing more.
LEAST_SHARE = 0.75
# A level has four times the pixels of the one before, and takes about as many bytes or fewer.
GROWTH = 4
STRETCH_PX = 2048


def write_tiles(
    mosaic: Path, folder: Path, *, weights: Sequence[float], most_bytes: int
) -> list[int]:
    """Write tiles ``LEVEL/COLUMN_ROW.webp`` of the whole planet in grey.

    Level n has 2^(n+1) x 2^n tiles. The last level has the pixels of the mosaic, or is the finest
    whose tiles fit.

    Args:
        mosaic: The mosaic of the project.
        folder: Where the levels go.
        weights: Weight of each band in the grey.
        most_bytes: Bytes that all tiles may take; the first level is written in any case.

    Returns:
        Bytes of each level.
    """
    sizes: list[int] = []
    with opened(mosaic) as raster:
        table = _stretch(raster, weights)
        for level in range(_finest(raster.width) + 1):
            if sizes and sum(sizes) + GROWTH * sizes[-1] > most_bytes:
                break
            size = _write_level(raster, folder / str(level), level, weights, table)
            if sizes and sum(sizes) + size > most_bytes:
                shutil.rmtree(folder / str(level))
                break
            sizes.append(size)
    return sizes


def _finest(width_px: int) -> int:
    level = 0
    while 2 * TILE_PX * 2**level < LEAST_SHARE * width_px:
        level += 1
    return level


def _stretch(raster: rasterio.DatasetReader, weights: Sequence[float]) -> NDArray[np.uint8]:
    shape = (min(raster.height, STRETCH_PX // 2), min(raster.width, STRETCH_PX))
    whole = RasterWindow.from_slices((0, raster.height), (0, raster.width))
    grey = _grey(raster, whole, shape, weights)
    return stretch_table(np.bincount(grey.ravel(), minlength=256))


def _write_level(
    raster: rasterio.DatasetReader,
    folder: Path,
    level: int,
    weights: Sequence[float],
    table: NDArray[np.uint8],
) -> int:
    folder.mkdir(parents=True)
    size = 0
    for row, strip in _strips(raster, level, weights):
        shades = table[strip]
        for col in range(2 ** (level + 1)):
            tile = shades[:, col * TILE_PX : (col + 1) * TILE_PX]
            data = _encoded(tile)
            (folder / f"{col}_{row}.{SUFFIX}").write_bytes(data)
            size += len(data)
    return size


def _strips(
    raster: rasterio.DatasetReader, level: int, weights: Sequence[float]
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    rows = 2**level
    height = raster.height / rows
    for row in range(rows):
        rows_of = (row * height, (row + 1) * height)
        window = RasterWindow.from_slices(rows_of, (0, raster.width))
        yield row, _grey(raster, window, (TILE_PX, TILE_PX * 2 ** (level + 1)), weights)


def _grey(
    raster: rasterio.DatasetReader,
    window: RasterWindow,
    shape: tuple[int, int],
    weights: Sequence[float],
) -> NDArray[np.uint8]:
    """Return grey of a window in ``shape`` pixels: means of pixels, or between pixels."""
    is_shrunk = shape[1] <= raster.width
    bands = raster.read(
        out_shape=(raster.count, *shape),
        window=window,
        resampling=Resampling.average if is_shrunk else Resampling.bilinear,
    )
    return weighted_grey(bands, weights)[0]


def _encoded(tile: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(tile)).save(buffer, "WEBP", quality=QUALITY, method=4)
    return buffer.getvalue()
