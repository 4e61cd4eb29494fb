"""The layers of the map: ejecta outlines, rims and centres of craters, with their styles."""

from collections.abc import Mapping

import geopandas as gpd
from shapely import MultiPolygon

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.map_classes import crater_classes
from ejmap_geo.maps.outlines import TOLERANCE_PX, mask_outline, rim_outline
from ejmap_geo.maps.vector_style import outline_style, point_style, rim_style
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.whole_file import whole_file
from ejmap_project.files.geopackage import StyledLayer, write_geopackage
from ejmap_project.paths import ProjectPaths

EJECTA, RIMS, CRATERS = "ejecta", "rims", "craters"
# Columns of the crater table that outlines and rims carry.
CARRIED = ["crater_id", "name", "radius_m", "ejecta_km2", "state"]


def write_map_layers(
    paths: ProjectPaths,
    table: gpd.GeoDataFrame,
    masks: Mapping[int, PlacedMask],
    craters: Mapping[str, Crater],
    *,
    grid: BasemapGrid,
) -> None:
    """Write a GeoPackage of outlines, rims and craters, and the outlines as GeoParquet.

    Args:
        paths: Where they lie.
        table: The crater table of the map.
        masks: Masks of the craters of the map by id, one in memory at a time.
        craters: All craters by key.
        grid: Grid of the masks.
    """
    outlines = {one: mask_outline(masks[one], basemap=grid) for one in masks}
    ejecta = _layer(table, {one: drawn for one, drawn in outlines.items() if not drawn.is_empty})
    tolerance_m = TOLERANCE_PX * grid.resolution_m
    ejecta = ejecta.assign(tolerance_m=tolerance_m)
    rims = {
        crater.crater_id: rim_outline(crater.center, crater.radius_m, grid.body)
        for crater in craters.values()
    }
    names = dict(zip(ejecta["crater_id"], ejecta["name"], strict=True))
    write_geopackage(
        paths.map_layers,
        [
            StyledLayer(
                name=EJECTA,
                table=ejecta,
                geometry="MultiPolygon",
                style=outline_style(crater_classes(names), column="crater_id"),
                description=f"Outlines of mapped ejecta, simplified by at most {tolerance_m:.0f} m",
            ),
            StyledLayer(
                name=RIMS,
                table=_layer(table, rims),
                geometry="MultiPolygon",
                style=rim_style(label="name"),
                description="Rims of all craters of the catalogue as circles on the sphere",
            ),
            StyledLayer(
                name=CRATERS,
                table=table,
                geometry="Point",
                style=point_style(),
                description="Centres of all craters with the areas of their ejecta",
            ),
        ],
    )
    with whole_file(paths.ejecta_outlines) as unfinished:
        ejecta.to_parquet(unfinished)


def _layer(table: gpd.GeoDataFrame, drawn: Mapping[int, MultiPolygon]) -> gpd.GeoDataFrame:
    """Return the rows of those craters that are drawn, with their geometry in degrees."""
    rows = table.loc[table["crater_id"].isin(list(drawn)), CARRIED].reset_index(drop=True)
    geometry = [drawn[int(one)] for one in rows["crater_id"]]
    return gpd.GeoDataFrame(rows, geometry=geometry, crs=table.crs)
