"""Files of a release as assets of STAC: place, size, checksum, and what a raster holds."""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import rasterio

from ejmap_geo.rasters.raster_file import crs_of, opened
from ejmap_project.release_metadata.media_types import media_type_of
from ejmap_project.release_metadata.release_manifest import FileNote

EXTENSIONS = "https://stac-extensions.github.io"
FILE = f"{EXTENSIONS}/file/v2.1.0/schema.json"
PROJECTION = f"{EXTENSIONS}/projection/v2.0.0/schema.json"
# Not 2.0.0: of this version there are readers, such as pystac's.
RASTER = f"{EXTENSIONS}/raster/v1.1.0/schema.json"
CLOUD_OPTIMISED = "image/tiff; application=geotiff; profile=cloud-optimized"
# A multihash begins with the code of SHA-256 and the length of the digest in bytes.
SHA256_MULTIHASH = "1220"
ROLES = {
    ".aux.xml": "metadata",
    ".html": "overview",
    ".json": "metadata",
    ".jsonl": "metadata",
    ".md": "metadata",
    ".png": "thumbnail",
    ".qgs": "visual",
    ".qml": "style",
    ".yaml": "metadata",
}
STATISTICS = {
    "STATISTICS_MINIMUM": "minimum",
    "STATISTICS_MAXIMUM": "maximum",
    "STATISTICS_MEAN": "mean",
    "STATISTICS_STDDEV": "stddev",
    "STATISTICS_VALID_PERCENT": "valid_percent",
}

Json = dict[str, Any]


def multihash(sha256: str) -> str:
    """Return a SHA-256 digest in hexadecimal as a multihash in hexadecimal."""
    return SHA256_MULTIHASH + sha256


def file_assets(
    notes: Iterable[FileNote], *, folder: Path, inside: str, up: str
) -> dict[str, Json]:
    """Return files as assets by their paths below a folder.

    Args:
        notes: The files.
        folder: The folder of the release, where rasters are opened.
        inside: Path of the folder that the names count from; with a slash at the end, or empty.
        up: The way from the page that lists the assets to the folder of the release.
    """
    return {one.path.removeprefix(inside): _asset(one, folder, up) for one in notes}


def _asset(note: FileNote, folder: Path, up: str) -> Json:
    path = PurePosixPath(note.path)
    is_raster = path.suffix == ".tif"
    suffix = "".join(path.suffixes[-2:]) if path.name.endswith(".aux.xml") else path.suffix
    asset = {
        "href": f"{up}{note.path}",
        "title": path.name,
        "type": CLOUD_OPTIMISED if is_raster else media_type_of(note.path),
        "roles": [ROLES.get(suffix, "data")],
        "file:size": note.size,
        "file:checksum": multihash(note.sha256),
    }
    return asset | _raster_fields(folder / note.path) if is_raster else asset


def _raster_fields(path: Path) -> Json:
    """Return the fields of the extensions projection and raster of a raster."""
    with opened(path) as raster:
        crs = crs_of(raster)
        system = (
            {} if crs is None else {"proj:wkt2": crs.to_wkt(), "proj:projjson": crs.to_json_dict()}
        )
        return {
            **system,
            "proj:shape": list(raster.shape),
            "proj:transform": list(raster.transform)[:6],
            "proj:bbox": list(raster.bounds),
            "raster:bands": [_band(raster, number) for number in raster.indexes],
        }


def _band(raster: rasterio.DatasetReader, number: int) -> Json:
    at = number - 1
    nodata, description = raster.nodatavals[at], raster.descriptions[at]
    told = raster.tags(number)
    band: Json = {
        "data_type": raster.dtypes[at],
        "spatial_resolution": raster.res[0],
        "scale": raster.scales[at],
        "offset": raster.offsets[at],
        "statistics": {name: float(told[tag]) for tag, name in STATISTICS.items() if tag in told},
    }
    if nodata is not None:
        # JSON has no number for NaN; the extension takes the word.
        band["nodata"] = "nan" if math.isnan(nodata) else nodata
    if description:
        band["description"] = description
    return {name: value for name, value in band.items() if value != {}}


def rasters_of(assets: Iterable[Json]) -> Sequence[Json]:
    """Return those of assets that are rasters with a CRS."""
    return [one for one in assets if "proj:wkt2" in one]
