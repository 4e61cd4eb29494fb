"""Tables that people bring, whichever kind of file they are in."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
from pyarrow import ArrowException
from pyogrio.errors import DataLayerError, DataSourceError

from ejmap_geo.csv_file import read_csv
from ejmap_geo.errors import GeoError

VECTOR_SUFFIXES = frozenset({".gpkg", ".shp", ".geojson", ".fgb"})
PARQUET_SUFFIXES = frozenset({".parquet", ".geoparquet"})

# QGIS keeps styles in a GeoPackage as a table that is no layer of its own.
STYLE_LAYER = "layer_styles"


def read_user_table(path: Path, *, what: str, error: type[GeoError]) -> pd.DataFrame:
    """Read a GeoPackage, Shapefile, GeoParquet, Parquet or CSV as it is.

    Args:
        path: The table; a GeoPackage must hold one layer.
        what: What kind of table it should be, in words, for messages.
        error: What to raise.

    Returns:
        A GeoDataFrame where the file holds geometries.

    Raises:
        GeoError: ``error``, if the file is missing, of another kind, ambiguous or unreadable.
    """
    suffix = path.suffix.lower()
    if not path.exists():
        raise error(f"{what} {path} does not exist; correct its path")
    try:
        if suffix in VECTOR_SUFFIXES:
            return gpd.read_file(path, layer=_only_layer(path, what=what, error=error))
        if suffix in PARQUET_SUFFIXES:
            return _parquet(path)
        if suffix == ".csv":
            return read_csv(path, error=error, what=what, comment="#")
    except (DataSourceError, DataLayerError, ArrowException, ValueError, OSError) as cause:
        if isinstance(cause, GeoError):
            raise
        raise error(f"{what} {path} cannot be read ({cause})") from cause
    raise error(
        f"{what} {path.name} is of an unknown kind; save it as GeoPackage (.gpkg), Shapefile "
        "(.shp), GeoParquet (.parquet) or .csv"
    )


def _only_layer(path: Path, *, what: str, error: type[GeoError]) -> str:
    layers = [str(name) for name in pyogrio.list_layers(path)[:, 0] if name != STYLE_LAYER]
    if len(layers) != 1:
        raise error(
            f"{what} {path.name} holds {len(layers)} layers ({', '.join(layers)}); save what is "
            "meant as the only layer of a file"
        )
    return layers[0]


def _parquet(path: Path) -> pd.DataFrame:
    table = pd.read_parquet(path)
    # geopandas refuses a plain Parquet table, which may well give places as columns.
    return table if "geometry" not in table.columns else gpd.read_parquet(path)
