"""The layers of the map: ejecta outlines, rays, rims and centres of craters, with their styles."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
from shapely import MultiPolygon

from ejmap_geo.cores import two_at_a_time
from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.map_classes import crater_classes
from ejmap_geo.maps.outlines import TOLERANCE_PX, mask_outline, rim_outline
from ejmap_geo.maps.ray_lines import ray_line
from ejmap_geo.maps.vector_style import line_style, outline_style, point_style, rim_style
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.whole_file import whole_file
from ejmap_project.files.geopackage import StyledLayer, write_geopackage
from ejmap_project.files.table_file import read_table
from ejmap_project.paths import ProjectPaths

EJECTA, RAYS, RIMS, CRATERS = "ejecta", "rays", "rims", "craters"
# Columns of the crater table that outlines and rims carry.
CARRIED = ["crater_id", "name", "radius_m", "mask_km2", "state"]
# Columns of the tables of rays that their lines carry.
OF_RAY = [
    *("crater_id", "crater", "azimuth_deg", "start_km", "end_km"),
    *("length_km", "width_km", "spread_deg"),
]


def write_map_layers(
    paths: ProjectPaths,
    table: gpd.GeoDataFrame,
    masks: Mapping[int, PlacedMask],
    craters: Mapping[str, Crater],
    *,
    grid: BasemapGrid,
) -> None:
    """Write a GeoPackage of outlines, rays, rims and craters, and the outlines as GeoParquet.

    A crater whose rays are not measured has none in the layer.

    Args:
        paths: Where they lie.
        table: The crater table of the map.
        masks: Masks of the craters of the map by id, few in memory at a time.
        craters: All craters by key.
        grid: Grid of the masks.
    """
    found = two_at_a_time(lambda one: mask_outline(masks[one], basemap=grid), masks)
    outlines = dict(zip(masks, found, strict=True))
    ejecta = _layer(table, {one: drawn for one, drawn in outlines.items() if not drawn.is_empty})
    tolerance_m = TOLERANCE_PX * grid.resolution_m
    ejecta = ejecta.assign(tolerance_m=tolerance_m)
    rims = {
        crater.crater_id: rim_outline(crater.center, crater.radius_m, grid.body)
        for crater in craters.values()
    }
    drawn = {key: one for key, one in craters.items() if one.crater_id in masks}
    rays = _rays(paths, drawn, grid.body)
    write_geopackage(
        paths.map_layers, _styled(ejecta, rays, _layer(table, rims), table, tolerance_m=tolerance_m)
    )
    with whole_file(paths.ejecta_outlines) as unfinished:
        ejecta.to_parquet(unfinished)


def _styled(
    ejecta: gpd.GeoDataFrame,
    rays: gpd.GeoDataFrame,
    rims: gpd.GeoDataFrame,
    craters: gpd.GeoDataFrame,
    *,
    tolerance_m: float,
) -> list[StyledLayer]:
    """Return the layers with their styles, the topmost last."""
    classes = crater_classes(dict(zip(ejecta["crater_id"], ejecta["name"], strict=True)))
    return [
        StyledLayer(
            name=EJECTA,
            table=ejecta,
            geometry="MultiPolygon",
            style=outline_style(classes, column="crater_id"),
            description=f"Outlines of mapped ejecta, simplified by at most {tolerance_m:.0f} m",
        ),
        StyledLayer(
            name=RAYS,
            table=rays,
            geometry="MultiLineString",
            style=line_style(classes, column="crater_id"),
            description="Rays as great circles at their mean azimuth",
        ),
        StyledLayer(
            name=RIMS,
            table=rims,
            geometry="MultiPolygon",
            style=rim_style(label="name"),
            description="Rims of all craters of the catalogue as circles on the sphere",
        ),
        StyledLayer(
            name=CRATERS,
            table=craters,
            geometry="Point",
            style=point_style(),
            description="Centres of all craters with the areas of their masks",
        ),
    ]


def _layer(table: gpd.GeoDataFrame, drawn: Mapping[int, MultiPolygon]) -> gpd.GeoDataFrame:
    """Return the rows of those craters that are drawn, with their geometry in degrees."""
    rows = table.loc[table["crater_id"].isin(list(drawn)), CARRIED].reset_index(drop=True)
    geometry = [drawn[int(one)] for one in rows["crater_id"]]
    return gpd.GeoDataFrame(rows, geometry=geometry, crs=table.crs)


def _rays(paths: ProjectPaths, drawn: Mapping[str, Crater], body: Body) -> gpd.GeoDataFrame:
    """Return the measured rays of the craters of the map, as lines in degrees."""
    files = {key: paths.crater_rays(key) for key in drawn}
    tables = [
        read_table(path, OF_RAY).assign(key=key) for key, path in files.items() if path.is_file()
    ]
    rays = pd.concat(tables) if tables else pd.DataFrame(columns=[*OF_RAY, "key"])
    lines = [
        ray_line(
            drawn[ray["key"]].center,
            azimuth_deg=ray["azimuth_deg"],
            start_m=ray["start_km"] * 1000,
            end_m=ray["end_km"] * 1000,
            body=body,
        )
        for ray in rays.to_dict("records")
    ]
    crs = geographic_crs(body)
    return gpd.GeoDataFrame(rays[OF_RAY].reset_index(drop=True), geometry=lines, crs=crs)
