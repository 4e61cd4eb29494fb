"""Files beside a raster that state its place once more: world file, ``.prj`` and ``.aux.xml``."""

from collections.abc import Iterator
from pathlib import Path

import rasterio
from affine import Affine
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from ejmap_geo.library_warnings import ignored
from ejmap_geo.rasters.raster_file import crs_of


def files_of(path: Path) -> list[Path]:
    """Return a raster and what lies beside it and is read with it; the raster need not exist."""
    beside = [path.with_name(f"{path.name}{ending}") for ending in (".aux.xml", ".msk")]
    there = [one for one in (*beside, path.with_suffix(".prj")) if one.is_file()]
    return [path, *there, *_world_files(path)]


def other_places(
    raster: rasterio.DatasetReader,
) -> Iterator[tuple[str, CRS | None, Affine | None]]:
    """Yield each statement of place besides the one that GDAL took.

    Yields:
        Who states it, in words; the CRS and the geotransform, None where it states none.
    """
    path = Path(raster.name)
    for beside in _world_files(path):
        yield beside.name, None, _read_world_file(beside)
    projection = path.with_suffix(".prj")
    # That of a Shapefile of the same name is the Shapefile's.
    if projection.is_file() and not path.with_suffix(".shp").exists():
        yield projection.name, _read_projection(projection), None
    metadata = path.with_name(f"{path.name}.aux.xml")
    if metadata.is_file():
        with without_metadata_file(raster) as plain:
            crs = crs_of(plain)
            transform = None if plain.transform.is_identity else plain.transform
        yield f"the file without {metadata.name}", crs, transform


def without_metadata_file(raster: rasterio.DatasetReader) -> rasterio.DatasetReader:
    """Open a raster once more as if there were no ``.aux.xml`` beside it."""
    with ignored(NotGeoreferencedWarning), rasterio.Env(GDAL_PAM_ENABLED="NO"):
        return rasterio.open(raster.name, driver=raster.driver)


def _world_files(path: Path) -> Iterator[Path]:
    ending = path.suffix[1:].lower()
    if not ending:
        return
    names = {f".{ending[0]}{ending[-1]}w", f".{ending}w", ".wld"}
    for suffix in sorted({case for name in names for case in (name, name.upper())}):
        if path.with_suffix(suffix).is_file():
            yield path.with_suffix(suffix)


def _read_world_file(path: Path) -> Affine | None:
    try:
        numbers = [float(word) for word in path.read_text(encoding="ascii").split()[:6]]
    except (OSError, ValueError):
        return None
    if len(numbers) != 6:
        return None
    a, d, b, e, c, f = numbers
    # A world file states the centre of the first pixel.
    return Affine(a, b, c, d, e, f) @ Affine.translation(-0.5, -0.5)


def _read_projection(path: Path) -> CRS | None:
    try:
        return CRS.from_wkt(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, CRSError, RasterioError):
        return None
