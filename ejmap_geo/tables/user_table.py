"""Tables that people bring, whichever kind of file they are in."""

import glob
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from ejmap_geo.errors import GeoError
from ejmap_geo.grids.body import Body
from ejmap_geo.tables.layer_kind import require_kind
from ejmap_geo.tables.scc_file import read_scc
from ejmap_geo.tables.table_place import in_degrees
from ejmap_geo.tables.text_table import read_text_table
from ejmap_geo.tables.vector_table import Layer, LayerError, read_parquet, read_vector

VECTOR_SUFFIXES = frozenset({".gpkg", ".shp", ".geojson", ".json", ".fgb", ".kml"})
PARQUET_SUFFIXES = frozenset({".parquet", ".geoparquet"})
TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".txt", ".dat"})
COUNT_SUFFIX = ".scc"
SHAPEFILE_PARTS = (".dbf", ".shx")

# What to do with other kinds of files that people have.
REMEDIES = {
    ".zip": "unpack it and name the table in it",
    ".gz": "unpack it and name the table in it",
    ".xlsx": "save the sheet as .csv",
    ".xls": "save the sheet as .csv",
    ".ods": "save the sheet as .csv",
    ".dbf": "name the .shp beside it",
    ".diam": "it holds diameters without places: export a spatial crater count (.scc)",
}


class UserTable(NamedTuple):
    """A table that was read.

    Attributes:
        table: A GeoDataFrame where the file holds geometries; the cells of text files are text.
        notes: A sentence for each thing that was guessed or left out.
        is_of_default_crs: Whether geometries are in a CRS that the file does not state itself.
        body_radius_m: Radius of the body that the file names; None if it names none.
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = ()
    is_of_default_crs: bool = False
    body_radius_m: float | None = None

    def in_degrees(self, *, body: Body, what: str) -> tuple[gpd.GeoDataFrame, list[str]]:
        """Return a table of geometries in longitude and latitude; see :func:`in_degrees`."""
        assert isinstance(self.table, gpd.GeoDataFrame)  # noqa: S101 - asked by the caller
        return in_degrees(
            self.table, body=body, what=what, is_of_default_crs=self.is_of_default_crs
        )


def read_user_table(path: Path, *, what: str, error: type[GeoError]) -> UserTable:
    """Read a GeoPackage, Shapefile, GeoJSON, KML, FlatGeobuf, Parquet, SCC or text file as it is.

    Args:
        path: The table; a file of several layers is ambiguous.
        what: What kind of table it should be, in words, for messages.
        error: What to raise.

    Raises:
        GeoError: ``error``, if the file is missing, of another kind, ambiguous or unreadable.
    """
    suffix = path.suffix.lower()
    if not path.exists():
        raise error(f"{what} {path} does not exist; correct its path")
    if path.is_dir():
        raise error(f"{what} {path} is a folder; name the table in it")
    if suffix in TEXT_SUFFIXES:
        table, notes = read_text_table(path, what=what, error=error)
        return UserTable(table, tuple(notes))
    if suffix == COUNT_SUFFIX:
        counted, radius_m = read_scc(path, what=what, error=error)
        return UserTable(counted, body_radius_m=radius_m)
    if suffix not in VECTOR_SUFFIXES | PARQUET_SUFFIXES:
        remedy = REMEDIES.get(
            suffix,
            "save it as GeoPackage (.gpkg), Shapefile (.shp), GeoParquet (.parquet) or .csv",
        )
        raise error(f"{what} {path.name} is of an unknown kind; {remedy}")
    try:
        layer = _layer(path, suffix)
    except LayerError as cause:
        raise error(f"{what} {path} {cause}") from cause
    except Exception as cause:  # libraries fail in any way on what a damaged file says of itself
        reason = " ".join(str(cause).split())
        raise error(f"{what} {path} cannot be read ({reason}); copy or export it again") from cause
    return UserTable(layer.table, is_of_default_crs=layer.is_of_default_crs)


def _layer(path: Path, suffix: str) -> Layer:
    if suffix in PARQUET_SUFFIXES:
        return read_parquet(path)
    if suffix == ".shp":
        there = {file.suffix.lower() for file in path.parent.glob(f"{glob.escape(path.stem)}.*")}
        missing = [part for part in SHAPEFILE_PARTS if part not in there]
        if missing:
            raise LayerError(
                f"lacks the file(s) {', '.join(path.stem + part for part in missing)} beside it; "
                "copy all files of the Shapefile"
            )
    require_kind(path)
    return read_vector(path)
