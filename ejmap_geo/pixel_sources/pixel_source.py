"""What may be opened as a raster: a local regular file that holds its own pixels.

GDAL follows a name or a description wherever it leads: to archives, other files and the network.
The suffix of a file decides which drivers look at it, and what those found is checked: no file
outside its folder, no size that its bytes cannot hold. A VRT is opened where it is named as one,
if it describes nothing but pixels of files below its folder.
"""

import math
from pathlib import Path

import numpy as np
import rasterio

from ejmap_geo.errors import RasterError
from ejmap_geo.pixel_sources.virtual_raster import require_plain_vrt

TIFF_SUFFIXES = frozenset({".tif", ".tiff"})
VRT_SUFFIX = ".vrt"
TIFF = ("GTiff",)
# Formats of images and of planetary archives.
HOLD_PIXELS = (
    *("GTiff", "PNG", "JPEG", "JP2OpenJPEG", "BMP", "GIF", "PNM"),
    *("ISIS3", "ISIS2", "PDS", "PDS4", "VICAR", "ENVI", "EHdr", "HFA", "AAIGrid"),
)
# Labels of planetary archives name the file of their pixels, which could be an address.
REFUSED_SUFFIX = ".refused-by-ejmap"
TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
# GDAL opens them by their content when it is asked for a mask or an overview.
OPENED_BESIDE = (".msk", ".ovr")
OVERVIEW_FILE = "OVERVIEW_FILE"
LARGEST_AUX_BYTES = 2**26
MOST_BANDS = 256
# Below this size a raster may be all zeros and next to nothing on disk.
UNCOUNTED_BYTES = 2**32
# Deflate shrinks to no less than a 1030th.
MOST_SHRUNK = 2000


def drivers_for(path: Path) -> tuple[str, ...]:
    """Return the drivers of GDAL that may open a file, after a look at it and what lies beside it.

    Raises:
        RasterError: If it is no regular local file, a VRT that leads elsewhere, or has a file
            beside it that does.
    """
    is_local = not str(path.absolute()).startswith("/vsi")
    if is_local and path.is_dir():
        raise RasterError(f"{path} is a folder; name the raster in it")
    if not (is_local and path.is_file()):
        raise RasterError(
            f"{path} cannot be read as a raster: it is no file on a disk of this machine; give one"
        )
    _require_plain_companions(path)
    suffix = path.suffix.lower()
    if suffix == VRT_SUFFIX:
        for source in require_plain_vrt(path):
            drivers_for(source)
        return ("VRT",)
    return TIFF if suffix in TIFF_SUFFIXES else HOLD_PIXELS


def require_own_pixels(raster: rasterio.DatasetReader, path: Path) -> None:
    """Refuse an opened raster that refers to files elsewhere, or declares what they cannot hold.

    Raises:
        RasterError: If it does.
    """
    # Before its files are asked for: GDAL would open the overviews.
    if OVERVIEW_FILE in raster.tags(ns="OVERVIEWS"):
        raise RasterError(f"{path} names a file of overviews elsewhere; write it anew without")
    # The one that was named may be a link to a file elsewhere, with its companions there or here.
    folders = path.parent.resolve(), path.resolve().parent
    named = [Path(name) for name in raster.files]
    for one in named:
        is_below = one.is_file() and any(map(one.resolve().is_relative_to, folders))
        if str(one).startswith("/vsi") or not is_below:
            raise RasterError(
                f"{path} takes its pixels from {one}, which is no file in its folder; copy it there"
            )
    bands = raster.count
    if bands > MOST_BANDS:
        raise RasterError(f"{path} declares {bands} bands; give a raster of at most {MOST_BANDS}")
    itemsize = max(np.dtype(_dtype(name)).itemsize for name in raster.dtypes)
    declared = math.prod((raster.width, raster.height, bands, itemsize))
    stored = sum(one.stat().st_size for one in named)
    if declared > max(UNCOUNTED_BYTES, stored * MOST_SHRUNK):
        raise RasterError(
            f"{path} declares {raster.width} x {raster.height} px in {bands} band(s), "
            f"{declared / 1e9:.0f} GB, and has {stored / 1e9:.3f} GB; copy it again if it is cut "
            "off, or give another raster"
        )


def _dtype(name: str) -> str:
    return "complex64" if name == "complex_int16" else name


def _require_plain_companions(path: Path) -> None:
    for ending in OPENED_BESIDE:
        beside = path.with_name(f"{path.name}{ending}")
        if beside.exists() and not _is_tiff(beside):
            raise RasterError(f"{beside} is no TIFF, as {ending} of a raster is; remove it")
    beside = path.with_name(f"{path.name}.aux.xml")
    if not beside.exists():
        return
    if not beside.is_file() or beside.stat().st_size > LARGEST_AUX_BYTES:
        raise RasterError(f"{beside} is no file of metadata of a raster; remove it")
    if OVERVIEW_FILE.encode() in beside.read_bytes():
        raise RasterError(f"{beside} names a file of overviews elsewhere; remove it")


def _is_tiff(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) in TIFF_STARTS
