"""Rasters about one crater as files: cloud-optimised GeoTIFFs that the next step reads fast.

They stay in the folder of a crater. Bands lie one after the other, so that one band is read without
the others, and are compressed by ZSTD: a quarter of the time of DEFLATE. Every GDAL since 2.3 reads
it. What goes to other people's programs is written by :func:`ejmap_geo.rasters.raster.write_cog`.
GDAL's own driver for such files joins the bands pixel by pixel and halves overviews one by one.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.io import DatasetWriter, MemoryFile

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.rasters.file_stamp import file_stamp
from ejmap_geo.rasters.raster import BLOCK_PX, Overviews
from ejmap_geo.rasters.raster_file import array_raster, whole_raster

# A first overview at half the size would take a third of the file and most of its time.
FIRST_OVERVIEW = 4
LAYOUT: Mapping[str, Any] = {
    "driver": "GTiff",
    "tiled": True,
    "blockxsize": BLOCK_PX,
    "blockysize": BLOCK_PX,
    "interleave": "band",
    # Bands are no colours, whatever their number.
    "photometric": "MINISBLACK",
    "bigtiff": "IF_SAFER",
}


def write_crater_raster(
    path: Path,
    bands: NDArray[np.uint8],
    *,
    grid: AzimuthalGrid,
    nodata: int | None = None,
    band_names: Sequence[str] = (),
    overviews: Overviews = "nearest",
    tags: Mapping[str, str] | None = None,
) -> None:
    """Write a raster about a crater, whole or not at all.

    Args:
        path: File to write.
        bands: ``(band, rows, cols)`` on ``grid``.
        grid: Where the pixels lie.
        nodata: Value that means "nothing here".
        band_names: One description a band, or none.
        overviews: The nearest pixel, for ids and masks, or the average, for amounts.
        tags: Text kept inside the file by name; the program and the time are added.

    Raises:
        RasterError: If ``bands`` do not have the shape of the grid.
    """
    if bands.shape[1:] != grid.shape:
        raise RasterError(f"bands must be (band, {grid.shape}) like their grid, got {bands.shape}")
    crs = rasterio.CRS.from_wkt(grid.crs.to_wkt())
    with whole_raster(path) as unfinished, _in_memory(bands, grid, overviews) as raster:
        raster.crs, raster.nodata = crs, nodata
        for number, name in enumerate(band_names, start=1):
            raster.set_band_description(number, name)
        raster.update_tags(**file_stamp(), **(tags or {}))
        raster.build_overviews(_overview_factors(grid.shape[0]), Resampling[overviews])
        # A copy has its overviews where readers of parts expect them: before the pixels.
        rasterio.shutil.copy(
            raster,
            unfinished,
            **LAYOUT,
            copy_src_overviews=True,
            compress="ZSTD",
            zstd_level=1,
            predictor=2,
            # Blocks of nothing, such as most of a mask, take neither time nor room.
            sparse_ok=True,
        )


@contextmanager
def _in_memory(
    bands: NDArray[np.uint8], grid: AzimuthalGrid, overviews: Overviews
) -> Generator[DatasetWriter]:
    """Yield a raster in memory: the bands themselves where overviews are pixels picked from them.

    GDAL averages the overviews of a file from one another, those of plain arrays from the pixels.
    """
    count, height, width = bands.shape
    if overviews == "nearest":
        with array_raster(bands, grid.transform) as raster:
            yield raster
    else:
        profile: dict[str, Any] = {
            "dtype": bands.dtype,
            "count": count,
            "height": height,
            "width": width,
            "transform": grid.transform,
        }
        with MemoryFile() as memory, memory.open(**LAYOUT, **profile) as raster:
            raster.write(bands)
            yield raster


def _overview_factors(side_px: int) -> list[int]:
    """Return by which factors overviews are smaller, down to one of a single block."""
    factors: list[int] = []
    factor = FIRST_OVERVIEW
    while side_px * 2 > factor * BLOCK_PX:
        factors.append(factor)
        factor *= 2
    return factors
