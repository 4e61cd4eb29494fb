"""Stored numbers of a mosaic as grey levels: 1 to 255, and 0 where nothing was imaged."""

from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window as FileWindow

from ejmap_geo import statements
from ejmap_geo.errors import RasterError
from ejmap_geo.rasters.raster_place import RasterPlace
from ejmap_geo.rasters.stated_bands import StatedBand, has_zeros_as_gaps

ValueRange = tuple[float, float]
STRIP_ROWS = 512


def require_greys(
    raster: rasterio.DatasetReader,
    bands: list[StatedBand],
    value_range: ValueRange | None,
    *,
    what: str,
) -> None:
    """Check that numbers can become grey levels without a guess.

    Raises:
        RasterError: If they need a value range and none is given, or the range is empty.
    """
    if value_range is not None:
        if not value_range[0] < value_range[1]:
            raise RasterError(f"value_range must be [low, high] with low < high, got {value_range}")
        return
    for band in bands:
        if band.dtype != "uint8":
            raise RasterError(
                f"{what} holds {band.dtype} values{_unit(raster, band)}, but models see 0 to 255; "
                f"state which values are black and white ({statements.value_range()}), or convert "
                "it to 8 bit yourself"
            )
        if band.scale < 0:
            raise RasterError(
                f"{what} states scale {band.scale}, so 0 is its brightest number; state which "
                f"values are black and white ({statements.value_range()})"
            )
        bits = int(raster.tags(band.number, ns="IMAGE_STRUCTURE").get("NBITS", 8))
        if bits < 8:
            raise RasterError(
                f"{what} holds numbers of {bits} bit, 0 to {2**bits - 1}, but models see 0 to 255; "
                f"state which are black and white ({statements.value_range(0, 2**bits - 1)})"
            )


def fill_with_greys(
    values: NDArray[np.uint8],
    raster: rasterio.DatasetReader,
    image: list[StatedBand],
    place: RasterPlace,
    value_range: ValueRange | None,
) -> None:
    """Read a mosaic into its place on the basemap.

    Strip by strip: the floats of a whole full-size mosaic would fill gigabytes.

    Args:
        values: ``(band, rows, cols)`` of the basemap; 0 stays where the file has no pixel.
        raster: The file.
        image: What it states of the bands of its image.
        place: Where its pixels lie.
        value_range: Values that become 1 and 255; None for 8-bit bands alone.
    """
    rows, cols = raster.shape
    block = raster.block_shapes[0][0]
    step = block * max(1, STRIP_ROWS // block)
    columns = (place.window.col + np.arange(cols)) % place.grid.shape[1]
    if place.is_mirrored:
        columns = columns[::-1]
    # Columns run on from the first to the last of the basemap, and then from its first.
    runs = np.split(np.arange(cols), np.flatnonzero(np.abs(np.diff(columns)) != 1) + 1)
    for first in range(0, rows, step):
        count = min(step, rows - first)
        at = place.window.row + (rows - first - count if place.is_south_up else first)
        window = FileWindow.from_slices((first, first + count), (0, cols))
        for index, band in enumerate(image):
            greys = read_greys(raster, band, window, value_range)
            strip = greys[::-1] if place.is_south_up else greys
            for run in runs:
                # Slices: to look up each column would take longer than to read the file.
                into = values[index, at : at + count, columns[run].min() : columns[run].max() + 1]
                seen = strip[:, run[0] : run[-1] + 1]
                into[:] = seen[:, ::-1] if place.is_mirrored else seen


def read_greys(
    raster: rasterio.DatasetReader,
    band: StatedBand,
    window: FileWindow,
    value_range: ValueRange | None,
) -> NDArray[np.uint8]:
    """Read a part of a band as grey levels.

    A value range is compared with what the file says its numbers are: stored number x scale +
    offset. Without one, stored numbers are grey levels.

    Args:
        raster: The file.
        band: What it states of the band.
        window: The part of the file.
        value_range: Values that become 1 and 255; None for 8-bit bands alone.

    Returns:
        ``(rows, cols)``; 0 where the file declares that there is nothing, and where a number is no
        measurement. If it declares nothing, the number 0 is none.
    """
    stored = raster.read(band.number, window=window)
    if value_range is None and _is_grey(raster, band):
        return stored
    is_imaged = is_measured(raster, band, stored, window, value_range=value_range)
    if value_range is None:
        # 0 is to mean "not imaged", so a pixel that was measured as 0 becomes the darkest grey.
        greys = np.maximum(stored, 1) if band.declares_gaps and band.nodata != 0 else stored.copy()
    else:
        greys = _stretched(stored, band, value_range)
    greys *= is_imaged
    return greys


def is_measured(
    raster: rasterio.DatasetReader,
    band: StatedBand,
    stored: NDArray[Any],
    window: FileWindow,
    *,
    value_range: ValueRange | None,
) -> NDArray[np.bool_]:
    """Return which stored numbers are measurements, ``(rows, cols)``.

    Args:
        raster: The file.
        band: What it states of the band.
        stored: Numbers of the part, ``(rows, cols)``.
        window: The part of the file.
        value_range: Values that are told apart; 0 is one of them if it lies in between. Where the
            file declares no gaps, it is none otherwise.
    """
    is_whole = np.issubdtype(stored.dtype, np.integer)
    is_imaged = np.ones(stored.shape, np.bool_) if is_whole else np.isfinite(stored)
    # GDAL's mask is of one kind alone: with a mask file or nodata an alpha band is not in it.
    if band.is_masked:
        is_imaged &= raster.read_masks(band.number, window=window) != 0
    if band.alpha is not None:
        is_imaged &= raster.read(band.alpha, window=window) != 0
    if band.nodata is not None:
        is_imaged &= stored != band.nodata
    if not band.declares_gaps and _zero_is_empty(band, value_range):
        is_imaged &= stored != 0
    for lowest, highest in band.special:
        is_imaged &= ~((stored >= lowest) & (stored <= highest))
    return is_imaged


def _is_grey(raster: rasterio.DatasetReader, band: StatedBand) -> bool:
    """Return whether stored numbers are grey levels as they are: bytes with zeros for gaps."""
    return (
        has_zeros_as_gaps(raster, band.number)
        and band.nodata in {None, 0}
        and band.alpha is None
        and not band.special
    )


def _zero_is_empty(band: StatedBand, value_range: ValueRange | None) -> bool:
    # Between black and white, 0 is a measured value like others.
    return value_range is None or not value_range[0] < band.offset < value_range[1]


def _stretched(
    stored: NDArray[Any], band: StatedBand, value_range: ValueRange
) -> NDArray[np.uint8]:
    low, high = value_range
    with np.errstate(over="ignore", invalid="ignore"):
        values = stored.astype(np.float64) * band.scale + band.offset
        share = np.clip((values - low) / (high - low), 0.0, 1.0)
    return np.rint(1.0 + 254.0 * np.nan_to_num(share, nan=0.0)).astype(np.uint8)


def _unit(raster: rasterio.DatasetReader, band: StatedBand) -> str:
    unit = raster.units[band.number - 1]
    return f" in {unit}" if unit else ""
