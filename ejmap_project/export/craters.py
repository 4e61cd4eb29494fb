"""Craters as the published shapefile of rims."""

import geopandas as gpd
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from ejmap_geo.craters.catalogue import Crater, read_catalogue
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.maps.outlines import rim_outline
from ejmap_project.export.export import Export
from ejmap_project.published import layout


def export_craters(export: Export) -> list[str]:
    """Write the catalogue; a crater without a rim polygon gets a circle, cut at +-180."""
    body = export.basemap.body
    catalogue = read_catalogue(export.paths.crater_catalogue, body=body)
    craters = export.craters
    drawn = dict(zip(catalogue["crater_id"], catalogue.geometry, strict=True))
    table = gpd.GeoDataFrame(
        {
            "crat_FID": [crater.crater_id for crater in craters],
            "name": [crater.name for crater in craters],
            "train": [int(_is_labelled(export, crater)) for crater in craters],
            "center_lon": [crater.center.lon_deg for crater in craters],
            "center_lat": [crater.center.lat_deg for crater in craters],
            "radius": [crater.radius_m for crater in craters],
        },
        geometry=[_rim(drawn[crater.crater_id], crater, body) for crater in craters],
        crs=geographic_crs(body),
    )
    table.to_file(export.place(layout.CRATERS), driver="ESRI Shapefile", encoding="utf-8")
    return []


def _is_labelled(export: Export, crater: Crater) -> bool:
    # The published code trains on nothing else.
    return crater.labelled or export.paths.manual_mask(crater.key).is_file()


def _rim(geometry: BaseGeometry, crater: Crater, body: Body) -> BaseGeometry:
    if isinstance(geometry, Polygon | MultiPolygon):
        return geometry
    return rim_outline(crater.center, crater.radius_m, body)
