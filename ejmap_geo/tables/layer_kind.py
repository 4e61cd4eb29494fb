"""Files of GIS layers are what their suffix says: OGR would open any description by its content.

Among them are descriptions that read other files, run pipelines or ask servers (VRT, GDALG, WFS).
"""

import json
from pathlib import Path

from ejmap_geo.tables.vector_table import LayerError

STARTS = {
    ".gpkg": b"SQLite format 3\0",
    ".shp": b"\x00\x00\x27\x0a",
    ".fgb": b"fgb",
}
JSON_SUFFIXES = frozenset({".geojson", ".json"})
GEOJSON_TYPES = frozenset(
    {
        *("FeatureCollection", "Feature", "GeometryCollection", "Topology"),
        *("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"),
    }
)
LARGEST_JSON_BYTES = 2**29
ROOT_WITHIN_BYTES = 4096


def require_kind(path: Path) -> None:
    """Refuse a file of layers whose content is not of the format that its suffix names.

    Raises:
        LayerError: If it is not, or no regular file.
    """
    if not path.is_file():
        raise LayerError("is no regular file; name one")
    suffix = path.suffix.lower()
    if suffix in JSON_SUFFIXES:
        _require_geojson(path)
        return
    with path.open("rb") as file:
        start = file.read(ROOT_WITHIN_BYTES)
    is_kml = suffix == ".kml" and b"<kml" in start and b"<!" not in start.replace(b"<!--", b"")
    if not is_kml and not (suffix in STARTS and start.startswith(STARTS[suffix])):
        raise LayerError(f"is no {suffix}, whatever its name says; save it in that format")


def _require_geojson(path: Path) -> None:
    if path.stat().st_size > LARGEST_JSON_BYTES:
        raise LayerError("is too large for GeoJSON; save it as GeoPackage (.gpkg)")
    try:
        text = path.read_bytes()
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LayerError(f"is no JSON ({error}); export it again") from error
    # OGR looks for the word of a pipeline anywhere in the text.
    is_pipeline = b"gdal_streamed_alg" in text
    if is_pipeline or not isinstance(told, dict) or told.get("type") not in GEOJSON_TYPES:
        raise LayerError("is JSON but no GeoJSON; save it as GeoJSON")
