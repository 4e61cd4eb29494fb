"""The layers of the map for JMARS.

JMARS reads Shapefiles of simple shapes in east longitude and planetocentric latitude: no projected
coordinates, no polygons of several parts or with holes (jmars.asu.edu/shape-layer). Points may be
CSV with columns ``lon`` and ``lat``.
"""

from pathlib import Path

import geopandas as gpd
from shapely import Polygon, get_parts

from ejmap_geo.maps.simple_polygons import without_holes
from ejmap_project.gis_export.map_tables import meanings, read_layers
from ejmap_project.gis_export.shapefiles import write_shapefile
from ejmap_project.global_map.map_layers import CRATERS
from ejmap_project.open_project import OpenProject


def export_jmars(project: OpenProject, folder: Path) -> None:
    """Write outlines, rays and rims as simple shapes, and craters as CSV.

    Raises:
        ExportError: If there is no map yet.
    """
    layers = read_layers(project)
    craters = layers[CRATERS].drop(columns="geometry")
    lon_lat = {"lon_deg": "lon", "lat_deg": "lat"}
    craters.rename(columns=lon_lat).to_csv(folder / f"{CRATERS}.csv", index=False)
    for name in layers.keys() - {CRATERS}:
        write_shapefile(simple_shapes(layers[name]), folder / f"{name}.shp")
    meanings(layers).to_csv(folder / "columns.csv", index=False)


def simple_shapes(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a row for each part of each geometry, polygons cut so that none has a hole.

    Args:
        table: Polygons or lines of any number of parts.
    """
    parts = [
        [
            simple
            for part in get_parts(drawn).tolist()
            for simple in (without_holes(part) if isinstance(part, Polygon) else [part])
        ]
        for drawn in table.geometry
    ]
    rows = [row for row, shapes in enumerate(parts) for _ in shapes]
    shapes = [shape for of_row in parts for shape in of_row]
    return table.iloc[rows].reset_index(drop=True).set_geometry(shapes, crs=table.crs)
