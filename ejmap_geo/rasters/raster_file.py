"""Raster files as GDAL opens them; what goes wrong in GDAL becomes one sentence."""

import errno
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio._err import CPLE_BaseError
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetWriter

from ejmap_geo.errors import CrsError, RasterError
from ejmap_geo.grids.window import Window
from ejmap_geo.library_warnings import ignored, raised
from ejmap_geo.pixel_sources.pixel_source import REFUSED_SUFFIX, drivers_for, require_own_pixels
from ejmap_geo.whole_file import whole_file

# Errors of GDAL's own that rasterio lets pass, and those of rasterio.
GDAL_ERRORS = (RasterioError, CPLE_BaseError)
# With less a disk is full: what could not be written still takes its room.
FULL_BYTES = 4 * 2**20


@contextmanager
def opened(path: Path) -> Generator[rasterio.DatasetReader]:
    """Open a raster file for reading.

    Raises:
        RasterError: If the file is missing, no raster or not only its own pixels, or cannot be read
            to its end.
    """
    offline = rasterio.Env(CPL_VSIL_CURL_ALLOWED_EXTENSIONS=REFUSED_SUFFIX)
    with offline:
        if not path.exists():
            raise RasterError(
                f"{path} cannot be read as a raster: it does not exist; correct its name"
            )
        drivers = list(drivers_for(path))
        try:
            # A missing geotransform is reported where the place is needed, in our own words.
            with ignored(NotGeoreferencedWarning):
                # rasterio.open takes one driver in releases before 1.5.
                raster = rasterio.DatasetReader(str(path.absolute()), driver=drivers, sharing=False)
        except (*GDAL_ERRORS, UnicodeError) as error:
            raise RasterError(
                f"{path} cannot be read as a raster ({_reason(error)}); give a GeoTIFF, and copy "
                "it again if it is cut off"
            ) from error
        with raster:
            try:
                require_own_pixels(raster, path)
                yield raster
            except GDAL_ERRORS as error:
                raise RasterError(
                    f"{path} cannot be read to its end, it is cut off or damaged "
                    f"({_reason(error)}); copy or download it again"
                ) from error
            except UnicodeDecodeError as error:
                raise RasterError(
                    f"{path} has metadata that are no text in UTF-8; write it anew without them "
                    "(gdal_translate -nomd)"
                ) from error


@contextmanager
def whole_raster(path: Path) -> Generator[Path]:
    """Yield where to write the GeoTIFF that takes the place of ``path``, as ``whole_file`` does.

    Raises:
        OSError: If the disk did not take all of it.
    """
    with whole_file(path) as unfinished:
        yield unfinished
        require_whole(unfinished)


def require_whole(path: Path) -> None:
    """Check that a GeoTIFF that was just written ends where its last block does, and has a place.

    GDAL writes the last bytes while it closes a file, and tells nobody when the disk does not take
    them.

    Raises:
        OSError: If the file is cut off: that the disk is full, where it is, else that it fails.
    """
    size = path.stat().st_size
    try:
        with raised(NotGeoreferencedWarning), rasterio.open(path):
            pass
        with rasterio.open(path) as raster:
            levels = (None, *range(len(raster.overviews(1))))
            end = max((one for level in levels for one in _block_ends(raster, level)), default=0)
    except (*GDAL_ERRORS, NotGeoreferencedWarning):
        # A part of what lies before or behind the blocks is missing.
        end = size + 1
    if size < end:
        disk = os.statvfs(path.parent)
        is_full = disk.f_bavail * disk.f_frsize < FULL_BYTES
        number = errno.ENOSPC if is_full else errno.EIO
        raise OSError(number, os.strerror(number), str(path))


def _block_ends(raster: rasterio.DatasetReader, level: int | None) -> Iterator[int]:
    """Yield where each block of a GeoTIFF, or of one of its overviews, ends in its file."""
    with rasterio.open(raster.name, overview_level=level) as image:
        # Where blocks lie is looked up when the first is read.
        image.read(window=((0, 1), (0, 1)))
        rows, cols = image.block_shapes[0]
        across, down = -(-image.width // cols), -(-image.height // rows)
    # What interleaves its bands keeps them in the same blocks.
    bands = raster.indexes if raster.profile.get("interleave") == "band" else (1,)
    for band, col, row in product(bands, range(across), range(down)):
        offset, size = (
            raster.get_tag_item(f"BLOCK_{what}_{col}_{row}", "TIFF", bidx=band, ovr=level)
            for what in ("OFFSET", "SIZE")
        )
        # Blocks of nothing are not written.
        if offset is not None and size is not None:
            yield int(offset) + int(size)


@contextmanager
def array_raster(bands: NDArray[Any], transform: Affine) -> Generator[DatasetWriter]:
    """Yield an array as a raster without a file, for GDAL to copy; no pixel is copied to it.

    rasterio holds the GIL while it closes a new file, which is when GDAL writes most of them. It
    does not while it copies a raster.

    Args:
        bands: ``(band, rows, cols)``; it must not change meanwhile.
        transform: Where the pixels lie.
    """
    # GDAL is told no order of bytes.
    held = np.ascontiguousarray(bands, bands.dtype.newbyteorder("="))
    count, height, width = held.shape
    place = {
        "DATAPOINTER": held.ctypes.data,
        "PIXELS": width,
        "LINES": height,
        "BANDS": count,
        "DATATYPE": "Byte" if held.dtype == np.uint8 else held.dtype.name,
        "GEOTRANSFORM": "/".join(map(repr, transform.to_gdal())),
    }
    name = "MEM:::" + ",".join(f"{key}={value}" for key, value in place.items())
    # From 3.10 on GDAL opens arrays of its own process only where that is asked for.
    with rasterio.Env(GDAL_MEM_ENABLE_OPEN=True), rasterio.open(name, "r+") as raster:
        yield raster


def read_window(raster: rasterio.DatasetReader, window: Window) -> NDArray[Any]:
    """Return all bands in a window of a whole-planet raster, going round the antimeridian.

    Args:
        raster: ``(band, rows, cols)`` on the basemap.
        window: Part to read.

    Returns:
        ``(band, height, width)`` in the type of the file.
    """
    parts = [
        raster.read(window=((rows.start, rows.stop), (cols.start, cols.stop)))
        for (rows, cols), _ in window.pieces(raster.width)
    ]
    return np.concatenate(parts, axis=-1) if len(parts) > 1 else parts[0]


def crs_of(raster: rasterio.DatasetReader) -> CRS | None:
    """Return the CRS of a raster; None if it has none.

    Raises:
        CrsError: If it is no CRS for PROJ.
    """
    if not raster.crs:
        return None
    try:
        return _crs_of_text(raster.crs.to_wkt())
    except CRSError as error:
        raise CrsError(
            f"{Path(raster.name).name} has a CRS that cannot be read; state it anew (gdal_edit.py "
            "-a_srs)"
        ) from error


@lru_cache(maxsize=64)
def _crs_of_text(wkt: str) -> CRS:
    """Return a CRS; the files of a project have a few, and PROJ takes 2 ms to read one."""
    return CRS.from_wkt(wkt)


def _reason(error: BaseException) -> str:
    """Return the first cause in words; rasterio wraps what GDAL said."""
    if isinstance(error, UnicodeEncodeError):
        return "its path is not UTF-8, rename it"
    if isinstance(error, UnicodeDecodeError):
        return "its metadata are no text in UTF-8"
    while error.__cause__ is not None:
        error = error.__cause__
    said = error.args[-1] if isinstance(error, CPLE_BaseError) and error.args else error
    return " ".join(str(said).split()) or type(error).__name__
