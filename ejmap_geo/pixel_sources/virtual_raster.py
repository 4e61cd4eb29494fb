"""VRT files of GDAL: which files they take their pixels from, if they do nothing else."""

import xml.etree.ElementTree as ET
from pathlib import Path

from ejmap_geo.errors import RasterError

LARGEST_VRT_BYTES = 2**24
SOURCE = "SourceFilename"
# Elements that state place, bands, statistics and from which pixels of a file a band is made. Not
# among them: raw files, warps, pixel functions, other datasets by name, options of drivers.
PLAIN = frozenset(
    {
        *("VRTDataset", "SRS", "GeoTransform", "GCPList", "GCP", "Metadata", "MDI", "BlockXSize"),
        *("BlockYSize", "VRTRasterBand", "NoDataValue", "HideNoDataValue", "ColorInterp"),
        *("ColorTable", "Entry", "Description", "UnitType", "Offset", "Scale", "CategoryNames"),
        *("Category", "GDALRasterAttributeTable", "FieldDefn", "Name", "Type", "Usage", "Row", "F"),
        *("Histograms", "HistItem", "HistMin", "HistMax", "BucketCount", "HistCounts"),
        *("IncludeOutOfRange", "Approximate", "MaskBand", "OverviewList"),
        *("SimpleSource", "ComplexSource", "SourceBand", "SourceProperties", "SrcRect", "DstRect"),
        *("NODATA", "ScaleOffset", "ScaleRatio", "LUT", "ColorTableComponent", "Exponent"),
        *("SrcMin", "SrcMax", "DstMin", "DstMax", "UseMaskBand", SOURCE),
    }
)
PLAIN_CLASSES = frozenset({None, "VRTSourcedRasterBand"})


def require_plain_vrt(path: Path) -> list[Path]:
    """Return the files that a VRT takes its pixels from: those below its folder alone.

    Raises:
        RasterError: If it is no VRT, takes pixels from elsewhere or from another VRT, or does more
            than placing pixels.
    """
    root = _parsed(path)
    sources: list[Path] = []
    for element in root.iter():
        subclass = element.get("subClass") or element.get("subclass")
        if element.tag not in PLAIN or subclass not in PLAIN_CLASSES:
            raise RasterError(
                f"{path} uses {subclass or element.tag}, and only a VRT that places pixels of "
                "files is read; write it as a GeoTIFF (gdal_translate)"
            )
        if element.tag == SOURCE:
            sources.append(_source(path, element))
    return sources


def _source(path: Path, element: ET.Element) -> Path:
    named = (element.text or "").strip()
    is_relative = element.get("relativeToVRT", element.get("relativetoVRT")) == "1"
    source = path.parent / named if is_relative else Path(named).absolute()
    is_below = source.is_file() and source.resolve().is_relative_to(path.parent.resolve())
    if not is_below or source.suffix.lower() == path.suffix.lower():
        raise RasterError(
            f"{path} takes pixels from {named[:200]!r}, which is no raster below its folder; copy "
            "it there, or write the VRT as a GeoTIFF (gdal_translate)"
        )
    return source


def _parsed(path: Path) -> ET.Element:
    if path.stat().st_size > LARGEST_VRT_BYTES:
        raise RasterError(
            f"{path} has {path.stat().st_size} bytes, more than the {LARGEST_VRT_BYTES} of a VRT; "
            "write it as a GeoTIFF (gdal_translate)"
        )
    text = path.read_bytes()
    try:
        if b"<!" in text.replace(b"<!--", b""):
            raise RasterError(
                f"{path} declares types or entities, as no VRT of GDAL's does; write it again "
                "(gdalbuildvrt)"
            )
        return ET.fromstring(text)  # noqa: S314 - no entities are left that could grow
    except ET.ParseError as error:
        raise RasterError(f"{path} is no VRT ({error}); write it again") from error
