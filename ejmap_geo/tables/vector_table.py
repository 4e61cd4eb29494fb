"""Layers of GIS formats and Parquet files, with their geometries and ids."""

import json
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
from pyproj import CRS

from ejmap_geo.csv_file import MOST_COLUMNS
from ejmap_geo.library_warnings import ignored

# QGIS keeps styles in a GeoPackage as a table that is no layer of its own.
STYLE_LAYER = "layer_styles"
# Formats that are of the Earth unless they say otherwise, which people use for every planet.
OF_THE_EARTH = frozenset({".geojson", ".json", ".kml"})
# In memory. The largest catalogue, of 1.3 million craters in 21 columns, takes a fifth of it.
MOST_BYTES = 2**30
BYTES_OF_CELL = 8
# Names that formats give to their own numbers of rows.
NO_IDS = frozenset({"", "fid", "ogc_fid", "objectid", "gml_id"})
# What GIS programs store and craters have no use for is left out with a warning.
WARNINGS_OF_FORMAT = ("Measured", "More than one layer")


class LayerError(ValueError):
    """A file that GIS programs read, but of which it is not clear what is meant."""


class Layer(NamedTuple):
    """A table as it lies in a file.

    Attributes:
        table: A GeoDataFrame where the file holds geometries.
        is_of_default_crs: Whether the CRS is the one that the format has unless it says otherwise.
    """

    table: pd.DataFrame
    is_of_default_crs: bool = False


def read_vector(path: Path) -> Layer:
    """Read the only layer of a GIS file, as OGR reads it.

    A column that the format uses as its own number of rows is a column like the others, unless it
    has the name that formats give to it.

    Raises:
        LayerError: If there are several layers or none.
    """
    names = [str(name) for name in pyogrio.list_layers(path)[:, 0] if name != STYLE_LAYER]
    if len(names) != 1:
        raise LayerError(
            f"holds {len(names)} layers ({', '.join(names)}); save what is meant as the only layer "
            "of a file"
        )
    fid = str(pyogrio.read_info(path, layer=names[0]).get("fid_column") or "")
    with ignored(Warning, *WARNINGS_OF_FORMAT):
        table = pyogrio.read_dataframe(path, layer=names[0], fid_as_index=True)
    if fid.lower() not in NO_IDS and fid not in table.columns:
        table.insert(0, fid, table.index.to_numpy())
    table = table.reset_index(drop=True)
    is_drawn = isinstance(table, gpd.GeoDataFrame)
    default = is_drawn and path.suffix.lower() in OF_THE_EARTH and _is_of_the_earth(table.crs)
    return Layer(table, is_of_default_crs=default)


def read_parquet(path: Path) -> Layer:
    """Read GeoParquet with its main column of geometries, or plain Parquet.

    Raises:
        LayerError: If it is no regular file, or declares more than a table of craters holds.
    """
    if not path.is_file():
        raise LayerError("is no regular file; name one")
    declared = pq.read_metadata(path)
    _require_size(declared)
    # geopandas refuses a plain Parquet table, which may well give places as columns.
    stated = (declared.schema.to_arrow_schema().metadata or {}).get(b"geo")
    if stated is None:
        return Layer(pd.read_parquet(path))
    table, main = gpd.read_parquet(path), json.loads(stated)
    # A file without the key is in longitude and latitude of the Earth; null is "not known".
    return Layer(table, is_of_default_crs="crs" not in main["columns"][main["primary_column"]])


def _require_size(declared: pq.FileMetaData) -> None:
    """Refuse a table that is too large; a column of equal cells takes next to nothing in a file."""
    rows, columns = declared.num_rows, declared.num_columns
    encoded = (declared.row_group(at).total_byte_size for at in range(declared.num_row_groups))
    size_bytes = max(sum(encoded), rows * columns * BYTES_OF_CELL)
    if columns > MOST_COLUMNS or size_bytes > MOST_BYTES:
        raise LayerError(
            f"declares {rows} rows in {columns} columns, {size_bytes / 1e9:.1f} GB, more than the "
            f"{MOST_COLUMNS} columns and {MOST_BYTES / 1e9:.1f} GB that a table of craters may "
            "have; keep the rows and columns that you need"
        )


def _is_of_the_earth(crs: CRS | None) -> bool:
    return crs is not None and crs.is_geographic and "WGS 84" in crs.name
