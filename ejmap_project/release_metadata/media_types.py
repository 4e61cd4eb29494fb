"""Media types of the files that a release holds."""

from pathlib import PurePosixPath

MEDIA_TYPES = {
    ".gpkg": "application/geopackage+sqlite3",
    ".html": "text/html",
    ".json": "application/json",
    ".js": "text/javascript",
    ".jsonl": "application/jsonl",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".qgs": "application/xml",
    ".qml": "application/xml",
    ".tif": "image/tiff",
    ".webp": "image/webp",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
}
ANY_MEDIA_TYPE = "application/octet-stream"


def media_type_of(path: str) -> str:
    """Return the media type of a file by its name; that of any bytes if the name says nothing."""
    return MEDIA_TYPES.get(PurePosixPath(path).suffix, ANY_MEDIA_TYPE)
