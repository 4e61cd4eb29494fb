"""How well the map agrees with what a person mapped, tile by tile."""

import geopandas as gpd

from ejmap_assets.making.declare import Making, project_asset
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_project.artefact import Artefact, Picture
from ejmap_project.digest import content_version
from ejmap_project.scoring.score_plots import location_plot
from ejmap_project.scoring.scored_tiles import own_tiles, write_tile_scores
from ejmap_project.scoring.tile_scoring import f1_of_locations, score_craters


@project_asset(group="evaluation", kinds={"parquet"}, kind="evaluate")
def tile_scores(making: Making) -> Artefact:
    """Right and wrong pixels of the map in each labelled tile, crater by crater.

    The final mask is compared with the manual one inside the rectangle of the tile, as it is and
    after majority filters of 3, 5 and 9 pixels, beside the ceiling: a perfect segmentation of what
    EJCONN connected. The table lies on the map, so that QGIS can show where the map goes wrong. One
    crater is in memory at a time.
    """
    tiles = own_tiles(making.project)
    basemap = basemap_grid_of(making.paths.basemap_mosaic, body=making.settings.planet)
    counted = score_craters(
        tiles,
        making.project.craters(),
        paths=making.paths,
        basemap=basemap,
        progress=making.progress,
    )
    keys = ["crater_id", "tile_id"]
    known = tiles[[*keys, "is_usable", "is_test", "distance_m", "geometry"]]
    table = gpd.GeoDataFrame(counted.merge(known, on=keys, validate="one_to_one"), crs=tiles.crs)
    write_tile_scores(table, making.paths.tile_scores)
    usable = table[table["is_usable"]]
    by_crater = usable.groupby("crater_id")
    f1 = f1_of_locations(usable)
    return Artefact(
        content=content_version(table.drop(columns="geometry").to_csv(index=False)),
        metadata={
            "labelled_craters": by_crater.ngroups,
            "tile_locations": int(usable["tile_id"].nunique()),
            "tiles": len(usable),
            "test_tiles": int(usable["is_test"].sum()),
            "unused_tiles": len(table) - len(usable),
            "tiles_with_ejecta": int(usable["is_ejecta_true"].sum()),
            "craters_without_connections": int((~by_crater["has_connections"].any()).sum()),
            "path": str(making.paths.tile_scores),
            "picture": Picture(
                location_plot(tiles, f1, width_px=basemap.width_px), alt="F1 of tile locations"
            ),
        },
        table=table,
    )
