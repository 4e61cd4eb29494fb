"""GeoPackages of several layers whose styles are inside, so that QGIS shows them styled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd
import pyogrio

from ejmap_geo.craters.catalogue import GEOPACKAGE_VERSION
from ejmap_geo.whole_file import whole_file

# QGIS finds styles in a table of this name and these columns.
STYLES = "layer_styles"
GEOMETRY = "geom"

Geometry = Literal["Point", "Polygon", "MultiPolygon", "MultiLineString"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StyledLayer:
    """A layer of a GeoPackage.

    Attributes:
        name: Its name, as a GIS lists it.
        table: Its rows, with a CRS.
        geometry: Type of all geometries.
        style: Its style, the text of a ``.qml``.
        description: What it shows, in a sentence.
    """

    name: str
    table: gpd.GeoDataFrame
    geometry: Geometry
    style: str
    description: str


def write_geopackage(path: Path, layers: Sequence[StyledLayer]) -> None:
    """Write layers and their styles, whole or not at all; an older file is replaced."""
    with whole_file(path) as unfinished:
        for layer in layers:
            pyogrio.write_dataframe(
                layer.table,
                unfinished,
                layer=layer.name,
                driver="GPKG",
                append=unfinished.exists(),
                dataset_options={"VERSION": GEOPACKAGE_VERSION},
                layer_options={"DESCRIPTION": layer.description, "GEOMETRY_NAME": GEOMETRY},
                geometry_type=layer.geometry,
            )
        styles = pd.DataFrame([_style_row(layer) for layer in layers])
        pyogrio.write_dataframe(styles, unfinished, layer=STYLES, driver="GPKG", append=True)


def styles_of(path: Path) -> dict[str, str]:
    """Return the styles inside a GeoPackage by layer, as texts of ``.qml``."""
    styles = pyogrio.read_dataframe(path, layer=STYLES, read_geometry=False)
    return dict(zip(styles["f_table_name"], styles["styleQML"], strict=True))


def _style_row(layer: StyledLayer) -> dict[str, object]:
    return {
        "f_table_catalog": "",
        "f_table_schema": "",
        "f_table_name": layer.name,
        "f_geometry_column": GEOMETRY,
        "styleName": layer.name,
        "styleQML": layer.style,
        "styleSLD": "",
        "useAsDefault": True,
        "description": layer.description,
        "owner": "",
        # QGIS finds no style without this column, by which it orders them.
        "update_time": pd.Timestamp.now(UTC),
    }
