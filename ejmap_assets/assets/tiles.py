"""What the models look at around each crater."""

from ejmap_assets.making.chunk import CraterTask
from ejmap_assets.making.crater_assets import crater_asset
from ejmap_geo.rasters.raster import read_raster
from ejmap_geo.tiles.tiling import mapping_tiles
from ejmap_project.artefact import Artefact, Facts, Picture
from ejmap_project.digest import content_version
from ejmap_project.pictures import view_rgb


@crater_asset(kinds={"zarr"})
def tile_store(task: CraterTask) -> Artefact:
    """Tiles on a regular grid around one crater, as the models see them.

    With them the crater's polar view: azimuth against range, in which rays are straight stripes.
    """
    from ejmap_ml.ejseg.polar_data import write_polar_views
    from ejmap_ml.ejseg.polar_view import polar_view
    from ejmap_ml.stores.tile_store import write_tile_store
    from ejmap_project.mapping.tile_plan import MAPPING, TiledCrater, wanted_annulus, write_tiles

    work, crater, plan = task.work, task.crater, task.work.tile_plan
    raster, basemap = work.basemap
    grid = work.azimuthal_grid(crater)
    with read_raster(work.paths.azimuthal_mosaic(crater.key)) as layers:
        mosaic = layers.to_numpy()
    side_px = min(work.settings.mapping.tile_side_px, grid.shape[0])
    published = work.published_mapping_tiles(crater)
    tiled = TiledCrater(
        crater=crater,
        azimuthal=grid,
        mosaic=mosaic,
        tiles=published or mapping_tiles(grid, side_px=side_px, reach_m=crater.reach(basemap.body)),
        annulus=wanted_annulus(raster, basemap=basemap, crater=crater, plan=plan),
    )
    path = work.paths.tile_store(crater.key)
    metadata: Facts = {"crater": crater.name, "tile_side_px": side_px}
    with write_tile_store(path, provenance=task.recipe.input_versions) as writer:
        table = write_tiles(writer, MAPPING, tiled, plan=plan)
        if plan.polar is not None:
            view = polar_view(raster, basemap=basemap, crater=crater, config=plan.polar.view)
            write_polar_views(writer, views=view[None], craters=[crater])
            metadata["picture"] = Picture(view_rgb(view[0]), alt="azimuth against range")
    metadata |= {
        "mapping_tiles": len(table),
        "published_tiles": published is not None,
        "farthest_tile_km": float(table["distance_m"].max() / 1000),
        "path": str(path),
    }
    # The tiles follow from the mosaic and the settings, which the recipe holds.
    return Artefact(content=content_version(task.recipe.digest), metadata=metadata)
