"""What a raster states of its bands: which are an image, and what their numbers mean."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.shutil import copy, delete

from ejmap_geo.errors import RasterError
from ejmap_geo.rasters.sidecars import without_metadata_file

# Bands of a colour space that is neither grey nor red, green and blue.
OTHER_COLORS = frozenset(
    getattr(ColorInterp, name)
    for name in ("hue", "saturation", "lightness", "cyan", "magenta", "yellow", "black")
) | {ColorInterp.Y, ColorInterp.Cb, ColorInterp.Cr}
LENGTHS = frozenset(
    {"m", "metre", "metres", "meter", "meters", "km", "kilometre", "kilometres", "kilometer"}
    | {"kilometers", "ft", "foot", "feet", "us-ft"}
)
# Drivers of formats in which some 16-bit numbers are no measurements.
PLANETARY_DRIVERS = frozenset({"ISIS3", "ISIS2", "PDS", "PDS4", "VICAR"})
ISIS_NULL_16BIT = -32768
CLASSES = re.compile(r"<CategoryNames>|<GDALRasterAttributeTable[^>]*tableType=.thematic")
STATED_NODATA = re.compile(r"<NoDataValue[^>]*>([^<]*)</NoDataValue>")


class Special(NamedTuple):
    """Stored numbers that are no measurements: from ``lowest`` to ``highest``, both included."""

    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedBand:
    """What a file states of the numbers of one band.

    Attributes:
        number: Number of the band, from 1.
        dtype: Type of the stored numbers.
        scale: What stored numbers are multiplied by.
        offset: What is added then.
        nodata: Stored number that means "nothing here"; None if none is declared.
        alpha: Number of the alpha band; None if there is none, or GDAL's mask holds it already.
        is_masked: Whether GDAL has a mask of the band: of a mask file, an alpha band or nodata. Not
            where it says no more than whole numbers do that are compared with ``nodata``.
        special: Further stored numbers that are no measurements.
    """

    number: int
    dtype: str
    scale: float
    offset: float
    nodata: float | None
    alpha: int | None
    is_masked: bool
    special: tuple[Special, ...]

    @property
    def declares_gaps(self) -> bool:
        """Whether the file says by itself where nothing was imaged."""
        return self.is_masked or self.nodata is not None or self.alpha is not None


def stated_bands(
    raster: rasterio.DatasetReader, *, what: str, is_image: bool = True
) -> list[StatedBand]:
    """Return what a raster states of the bands of its image; an alpha band is none of them.

    Args:
        raster: The file.
        what: The raster in words, for messages.
        is_image: Whether its numbers have to be brightness; else they may be heights as well.

    Raises:
        RasterError: If the numbers are no brightness (classes, heights, a colour table, another
            colour space, complex numbers, white as 0), or if statements contradict each other.
    """
    colors = dict(zip(raster.indexes, raster.colorinterp, strict=True))
    alphas = [number for number, color in colors.items() if color == ColorInterp.alpha]
    numbers = [number for number in raster.indexes if number not in alphas]
    if not numbers:
        raise RasterError(f"{what} has no band of an image; give one with at least one")
    _require_brightness(raster, [colors[number] for number in numbers], what=what)
    _require_agreement(raster, what=what)
    if is_image:
        _require_no_heights(raster, numbers, what=what)
    return [_stated(raster, number, alphas, what=what) for number in numbers]


def _stated(
    raster: rasterio.DatasetReader, number: int, alphas: list[int], *, what: str
) -> StatedBand:
    index = number - 1
    flags, dtype = raster.mask_flag_enums[index], raster.dtypes[index]
    nodata = raster.nodatavals[index]
    scale, offset = raster.scales[index], raster.offsets[index]
    if dtype.startswith("complex"):
        raise RasterError(
            f"{what} holds complex numbers; give their magnitude as a band of real numbers"
        )
    if scale == 0 or not np.isfinite([scale, offset]).all():
        raise RasterError(
            f"{what} states scale {scale} and offset {offset} for band {number}, which leaves no "
            "values; correct them (gdal_edit.py -scale 1 -offset 0)"
        )
    return StatedBand(
        number=number,
        dtype=dtype,
        scale=scale,
        offset=offset,
        nodata=nodata,
        alpha=None if not alphas or MaskFlags.alpha in flags else alphas[0],
        is_masked=MaskFlags.all_valid not in flags and not _is_plain_nodata(flags, dtype, nodata),
        special=_special(dtype, nodata, raster.driver),
    )


def _is_plain_nodata(flags: Sequence[MaskFlags], dtype: str, nodata: float | None) -> bool:
    """Return whether a mask marks one whole number, which is found as fast without reading it."""
    is_whole = np.issubdtype(np.dtype(dtype), np.integer)
    return is_whole and list(flags) == [MaskFlags.nodata] and float(nodata or 0).is_integer()


def has_zeros_as_gaps(raster: rasterio.DatasetReader, number: int) -> bool:
    """Return whether a band holds bytes of which no others than zeros are stated as gaps."""
    flags = raster.mask_flag_enums[number - 1]
    states_zeros = flags == [MaskFlags.nodata] and raster.nodatavals[number - 1] == 0
    return raster.dtypes[number - 1] == "uint8" and (states_zeros or flags == [MaskFlags.all_valid])


def _special(dtype: str, nodata: float | None, driver: str) -> tuple[Special, ...]:
    """Return the numbers that ISIS and PDS keep for saturated and missing pixels."""
    if dtype == "int16" and nodata == ISIS_NULL_16BIT:
        return (Special(ISIS_NULL_16BIT, ISIS_NULL_16BIT + 4),)
    if dtype == "uint16" and driver in PLANETARY_DRIVERS:
        return Special(0, 2), Special(65534, 65535)
    if dtype.startswith("float"):
        limit = 3.4e38
        return Special(-np.inf, -limit), Special(limit, np.inf)
    return ()


def _require_no_heights(raster: rasterio.DatasetReader, numbers: list[int], *, what: str) -> None:
    for number in numbers:
        unit = raster.units[number - 1] or ""
        if unit.strip().lower() in LENGTHS:
            raise RasterError(
                f"{what} states its values in {unit}, so they are heights and no brightness; give "
                "an image of the planet"
            )


def _require_brightness(
    raster: rasterio.DatasetReader, colors: list[ColorInterp], *, what: str
) -> None:
    name = Path(raster.name).name
    if ColorInterp.palette in colors:
        raise RasterError(
            f"{what} has a colour table, so its values are no brightness; give the image itself "
            "(gdal_translate -expand rgb or -expand gray)"
        )
    other = [color.name for color in colors if color in OTHER_COLORS]
    if other:
        raise RasterError(
            f"{what} has bands {', '.join(other)}, which are neither grey nor red, green and blue; "
            "convert it to RGB or grey"
        )
    structure = raster.tags(ns="IMAGE_STRUCTURE")
    if structure.get("MINISWHITE") == "YES":
        raise RasterError(
            f"{what} stores white as 0 (photometric min-is-white); turn it over: gdal_translate "
            f"-scale 0 255 255 0 -co PHOTOMETRIC=MINISBLACK {name} turned.tif"
        )


def _require_agreement(raster: rasterio.DatasetReader, *, what: str) -> None:
    """Refuse what rasterio does not tell: classes, nodata out of range, another ``.aux.xml``."""
    description = _described(raster)
    if CLASSES.search(description):
        raise RasterError(
            f"{what} names classes for its values, so they are no brightness; give an image of the "
            "planet, or remove the names if they are wrong (they often lie in the .aux.xml)"
        )
    told = {value for value in raster.nodatavals if value is not None}
    for stated in STATED_NODATA.findall(description):
        if not told:
            raise RasterError(
                f"{what} declares nodata {stated}, which {raster.dtypes[0]} cannot hold; declare "
                "the value of its empty pixels (gdal_edit.py -a_nodata 0)"
            )
    beside = Path(f"{raster.name}.aux.xml")
    if beside.is_file():
        with without_metadata_file(raster) as plain:
            _require_same("nodata", raster.nodatavals, plain.nodatavals, None, beside, what)
            _require_same("scale", raster.scales, plain.scales, 1.0, beside, what)
            _require_same("offset", raster.offsets, plain.offsets, 0.0, beside, what)


def _require_same(
    item: str,
    used: Sequence[float | None],
    plain: Sequence[float | None],
    unstated: float | None,
    beside: Path,
    what: str,
) -> None:
    for one, other in zip(used, plain, strict=True):
        if other != unstated and repr(one) != repr(other):
            raise RasterError(
                f"{what} states {item} {other}, but {beside.name} says {one}; remove the one that "
                "is wrong"
            )


def _described(raster: rasterio.DatasetReader) -> str:
    """Return everything that GDAL knows of a raster, as the text of a VRT."""
    name = f"/vsimem/{uuid.uuid4().hex}.vrt"
    copy(raster, name, driver="VRT")
    try:
        with rasterio.open(name) as described:
            return "".join(described.tags(ns="xml:VRT").values())
    finally:
        delete(name)
