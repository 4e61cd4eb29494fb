"""The layers of the map as Shapefiles: short names of columns, and a table of what they mean."""

from pathlib import Path

import geopandas as gpd

from ejmap_geo.library_warnings import ignored
from ejmap_project.gis_export.map_tables import meanings, read_layers, short_name
from ejmap_project.open_project import OpenProject


def export_shapefiles(project: OpenProject, folder: Path) -> None:
    """Write each layer of the map as a Shapefile in longitude and latitude, and ``columns.csv``.

    Raises:
        ExportError: If there is no map yet.
    """
    layers = read_layers(project)
    for name, table in layers.items():
        write_shapefile(table, folder / f"{name}.shp")
    meanings(layers).to_csv(folder / "columns.csv", index=False)


def write_shapefile(table: gpd.GeoDataFrame, path: Path) -> None:
    """Write a Shapefile in UTF-8; flags become 0 and 1, which is all that the format has.

    Args:
        table: Rows with geometries of one kind.
        path: File to write.
    """
    flags = dict.fromkeys(table.select_dtypes("bool"), "int8")
    short = table.astype(flags).rename(columns=short_name)
    # Of a layer without rows nothing but its columns is kept.
    with ignored(UserWarning, "You are attempting to write an empty"):
        short.to_file(path, driver="ESRI Shapefile", encoding="utf-8")
