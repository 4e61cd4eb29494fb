"""Rasters by what they state of their numbers, and files that are damaged."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import ColorInterp

from tests.inputs_tried.raster_files import BRIGHT, GROUND, Case, as_vrt, planet, write

RANGE = {"value_range": (0, 255)}
# 1 + 254 x 60 / 255 and 1 + 254 x 200 / 255, and those of 0.06 and 0.10 from 0.02 to 0.12.
RANGED = (61, 200)
REFLECTANCE = {"value_range": (0.02, 0.12)}
REFLECTED = (103, 204)
# Pixels on the ground that an input declares, or leaves, empty.
FIRST = {(0, 0)}
THREE = {(0, 0), (0, 1), (0, 2)}


def typed(dtype: str, numbers: tuple[float, ...] = (), **changes: Any) -> Any:
    """Return what writes the planet in a type, with some numbers in its first pixels."""

    def make(folder: Path) -> Path:
        values = planet(dtype)
        values[0, 0, : len(numbers)] = numbers
        return write(folder / "mosaic.tif", values, **changes)

    return make


def scaled(dtype: str, scale: float, offset: float, **changes: Any) -> Any:
    """Return what writes reflectances of 0.06 and 0.10 as stored numbers with scale and offset."""

    def make(folder: Path) -> Path:
        values = np.where(planet() == BRIGHT, 0.10, 0.06)
        stored = np.rint((values - offset) / scale).astype(dtype)
        return write(folder / "mosaic.tif", stored, scales=(scale,), offsets=(offset,), **changes)

    return make


def described(**replaced: str) -> Any:
    """Return what writes a VRT with more statements before an element."""
    return lambda folder: as_vrt(write(folder / "mosaic.tif"), **replaced)


def with_metadata_file(text: str, **changes: Any) -> Any:
    """Return what writes an ``.aux.xml`` of the first band beside the mosaic."""

    def make(folder: Path) -> Path:
        path = write(folder / "mosaic.tif", **changes)
        band = f'<PAMRasterBand band="1">{text}</PAMRasterBand>'
        (folder / "mosaic.tif.aux.xml").write_text(f"<PAMDataset>{band}</PAMDataset>")
        return path

    return make


TYPES = tuple(
    Case("type of the numbers", f"{dtype} with value_range", typed(dtype), RANGE, greys=RANGED)
    for dtype in ("uint8", "uint16", "int16", "uint32", "int32", "int64", "float32", "float64")
)


def _int8(folder: Path) -> Path:
    return write(folder / "mosaic.tif", (planet() // 2).astype("int8"))


NUMBERS = (
    *TYPES,
    Case(
        "type of the numbers",
        "int8 with value_range",
        _int8,
        {"value_range": (0, 127)},
        greys=(61, 201),
    ),
    Case("type of the numbers", "uint16 without value_range", typed("uint16")),
    Case("type of the numbers", "complex numbers", typed("complex64"), RANGE),
    Case(
        "type of the numbers",
        "4-bit numbers",
        lambda folder: write(folder / "mosaic.tif", planet() // 16, nbits=4),
    ),
    Case(
        "scale, offset, unit",
        "int16 reflectance with scale 1e-4",
        scaled("int16", 1e-4, 0),
        REFLECTANCE,
        greys=REFLECTED,
    ),
    Case(
        "scale, offset, unit",
        "uint16 with scale and offset",
        scaled("uint16", 2e-6, 0.02),
        REFLECTANCE,
        greys=REFLECTED,
    ),
    Case(
        "scale, offset, unit",
        "stored numbers grow with darkness",
        scaled("int16", -1e-4, 0.2),
        REFLECTANCE,
        greys=REFLECTED,
    ),
    Case(
        "scale, offset, unit",
        "8 bit with scale and offset",
        scaled("uint8", 5e-4, 0.0),
        greys=(120, 200),
    ),
    Case("scale, offset, unit", "8 bit with a negative scale", scaled("uint8", -5e-4, 0.12)),
    Case(
        "scale, offset, unit",
        "scale 0",
        lambda folder: as_vrt(write(folder / "mosaic.tif"), ColorInterp="<Scale>0</Scale>"),
    ),
    Case(
        "scale, offset, unit",
        "unit W/m2/sr",
        typed("float32", units=("W/m2/sr",)),
        RANGE,
        greys=RANGED,
    ),
    Case("scale, offset, unit", "heights in metres", typed("float32", units=("m",)), RANGE),
)

GAPS = (
    Case("nodata", "nothing declared, 0 in 8 bit", typed("uint8", (0,)), {}, FIRST),
    Case("nodata", "nothing declared, 0 in 16 bit", typed("uint16", (0,)), RANGE, FIRST, RANGED),
    Case(
        "nodata",
        "nothing declared, 0 between black and white",
        typed("int16", (0,)),
        {"value_range": (-100, 255)},
        greys=(115, 216),
    ),
    Case("nodata", "0 declared", typed("uint8", (0,), nodata=0), {}, FIRST),
    Case("nodata", "255 declared, 0 measured", typed("uint8", (255, 0), nodata=255), {}, FIRST),
    Case(
        "nodata",
        "-9999 declared in float32",
        typed("float32", (-9999,), nodata=-9999),
        RANGE,
        FIRST,
        RANGED,
    ),
    Case(
        "nodata", "NaN declared", typed("float32", (np.nan,), nodata=np.nan), RANGE, FIRST, RANGED
    ),
    Case(
        "nodata",
        "NaN and infinities not declared",
        typed("float32", (np.nan, np.inf, -np.inf)),
        RANGE,
        THREE,
        RANGED,
    ),
    Case(
        "nodata",
        "-9999 declared in 8 bit, which cannot hold it",
        described(ColorInterp="<NoDataValue>-9999</NoDataValue>"),
    ),
    Case(
        "nodata",
        "ISIS special values in float32",
        typed(
            "float32",
            (-3.4028226550889045e38, -3.4028232635611926e38, 3.4028234663852886e38),
            nodata=-3.4028226550889045e38,
        ),
        RANGE,
        THREE,
        RANGED,
    ),
    Case(
        "nodata",
        "ISIS special values in int16",
        typed("int16", (-32768, -32767, -32764), nodata=-32768),
        {"value_range": (-500, 255)},
        THREE,
        (189, 236),
    ),
    Case(
        "nodata",
        ".aux.xml with another nodata value than the file",
        with_metadata_file("<NoDataValue>60</NoDataValue>", nodata=0),
        {},
        None,
    ),
)


def _alpha(folder: Path, **changes: Any) -> Path:
    values = np.concatenate([planet(), np.full((1, 180, 360), 255, np.uint8)])
    values[1, 0, 0] = 0
    values[0, 0, 1] = 7
    return write(folder / "mosaic.tif", values, alpha="yes", photometric="minisblack", **changes)


def _mask(folder: Path, **changes: Any) -> Path:
    values = planet()
    values[0, 0, 1] = 7
    path = write(folder / "mosaic.tif", values, **changes)
    mask = np.full((180, 360), 255, np.uint8)
    mask[0, 0] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as raster:
        raster.write_mask(mask)
    return path


def _mask_file(folder: Path) -> Path:
    path = write(folder / "mosaic.tif")
    mask = np.full((180, 360), 255, np.uint8)
    mask[0, 0] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False), rasterio.open(path, "r+") as raster:
        raster.write_mask(mask)
    assert (folder / "mosaic.tif.msk").is_file()
    return path


MASKS = (
    Case("mask flags", "alpha band", _alpha, {"bands": 1}, FIRST),
    Case(
        "mask flags",
        "alpha band and nodata",
        lambda folder: _alpha(folder, nodata=7),
        {},
        {(0, 0), (0, 1)},
    ),
    Case("mask flags", "mask inside the file", _mask, {}, FIRST),
    Case(
        "mask flags",
        "mask and nodata",
        lambda folder: _mask(folder, nodata=7),
        {},
        {(0, 0), (0, 1)},
    ),
    Case("mask flags", "mask file .msk", _mask_file, {}, FIRST),
)


def _paletted(folder: Path) -> Path:
    path = write(folder / "mosaic.tif")
    with rasterio.open(path, "r+") as raster:
        raster.write_colormap(1, {GROUND: (9, 9, 9, 255), BRIGHT: (255, 255, 255, 255)})
    return path


def _colors(*names: str) -> Any:
    def make(folder: Path) -> Path:
        path = as_vrt(write(folder / "mosaic.tif", np.repeat(planet(), len(names), axis=0)))
        with rasterio.open(path, "r+") as raster:
            raster.colorinterp = [ColorInterp[name] for name in names]
        return path

    return make


def _photometric(name: str, bands: int, **changes: Any) -> Any:
    return lambda folder: write(
        folder / "mosaic.tif", np.repeat(planet(), bands, axis=0), photometric=name, **changes
    )


CLASSES = "<CategoryNames><Category>a</Category><Category>b</Category></CategoryNames>"
THEMES = (
    '<GDALRasterAttributeTable tableType="thematic"><FieldDefn index="0"><Name>Value</Name>'
    '<Type>0</Type><Usage>5</Usage></FieldDefn><Row index="0"><F>1</F></Row>'
    "</GDALRasterAttributeTable>"
)

COLORS = (
    Case("colour", "red, green, blue", _photometric("rgb", 3), {"bands": 3}),
    Case(
        "colour",
        "YCbCr with JPEG",
        _photometric("ycbcr", 3, compress="jpeg"),
        {"bands": 3},
        greys=None,
    ),
    Case(
        "colour",
        "CMYK, which GDAL brings to RGB",
        lambda folder: write(
            folder / "mosaic.tif", 255 - np.repeat(planet(), 4, axis=0) // 2, photometric="cmyk"
        ),
        {"bands": 3},
        greys=None,
    ),
    Case(
        "colour",
        "bands of hue, saturation and lightness",
        _colors("hue", "saturation", "lightness"),
    ),
    Case("colour", "colour table", _paletted),
    Case("colour", "0 is white", _photometric("miniswhite", 1)),
    Case("colour", "names of classes", with_metadata_file(CLASSES)),
    Case("colour", "attribute table of classes", with_metadata_file(THEMES)),
)


def _overviews(folder: Path) -> Path:
    path = write(folder / "mosaic.tif")
    with rasterio.open(path, "r+") as raster:
        raster.build_overviews([2, 4])
    # The image is replaced after the overviews were made of another one.
    write(folder / "black.tif", np.ones((1, 180, 360), np.uint8))
    with rasterio.open(folder / "black.tif", "r+") as raster:
        raster.build_overviews([2, 4])
        raster.write(planet())
    return folder / "black.tif"


def _cut(name: str, **changes: Any) -> Any:
    def make(folder: Path) -> Path:
        noise = np.random.default_rng(0).integers(1, 99, (1, 180, 360), np.uint8)
        path = write(folder / name, noise, **changes)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        return path

    return make


def _no_raster(folder: Path) -> Path:
    (folder / "mosaic.tif").write_text("<html>not found</html>")
    return folder / "mosaic.tif"


FILES = (
    Case("file", "overviews of another image", _overviews),
    Case(
        "file",
        "bands stored pixel by pixel, big-endian, BigTIFF",
        _photometric("rgb", 3, interleave="pixel", bigtiff="yes", endianness="big"),
        {"bands": 3},
    ),
    Case(
        "file",
        "JPEG2000",
        lambda folder: write(
            folder / "mosaic.jp2", driver="JP2OpenJPEG", quality=100, reversible="yes"
        ),
    ),
    Case("file", "JPEG2000 cut off in the middle", _cut("mosaic.jp2", driver="JP2OpenJPEG")),
    Case("file", "cloud-optimised TIFF cut off in the middle", _cut("mosaic.tif", driver="COG")),
    Case("file", "TIFF cut off in the middle", _cut("mosaic.tif", compress="deflate")),
    Case("file", "plain TIFF cut off in the middle", _cut("mosaic.tif")),
    Case("file", "web page instead of a raster", _no_raster),
    Case("file", "file that does not exist", lambda folder: folder / "mosaic.tif"),
)

BANDS = (*NUMBERS, *GAPS, *MASKS, *COLORS, *FILES)
