"""Step 2 of a crater: where its tiles lie, and its polar view as the promoted model takes it."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.tiles.tiling import mapping_tiles, table_of
from ejmap_project.artefact import Artefact, Facts, Picture, drawing
from ejmap_project.digest import content_version
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.pictures.shades import view_rgb
from ejmap_project.pictures.sheet import Panel, sheet, titled

VIEW_CAPTION = "azimuth to the right, from north over east to north; range upwards, logarithmic"


def cut_tile_store(
    work: CraterWork, crater: Crater, *, recipe: str, inputs: Mapping[str, str]
) -> Artefact:
    """Write the tile store of a crater; the published tiles where its source names them.

    It holds the places of the tiles: what a tile model sees there is cut from the mosaic.

    Args:
        work: The mosaic and the promoted models.
        crater: The crater.
        recipe: Digest of mosaic and settings, from which the tiles follow.
        inputs: Data versions of what the tiles are cut from.
    """
    from ejmap_ml.ejseg.polar_data import write_polar_views
    from ejmap_ml.ejseg.polar_view import polar_view
    from ejmap_ml.stores.tile_store import write_tile_store
    from ejmap_project.mapping.tile_plan import MAPPING, tile_table, wanted_annulus

    plan, (raster, basemap) = work.tile_plan, work.seen_basemap
    grid = work.azimuthal_grid(crater)
    side_px = min(work.settings.mapping.tile_side_px, grid.shape[0])
    published = work.source.tiles_of(crater, basemap)
    if published:
        tiles = table_of(published)
    else:
        tiles = mapping_tiles(grid, side_px=side_px, reach_m=crater.reach(basemap.body))
    annulus = wanted_annulus(raster, basemap=basemap, crater=crater, plan=plan)
    table = tile_table(crater, tiles, annulus=annulus)
    path = work.paths.tile_store(crater.key)
    metadata: Facts = {"crater": crater.label, "tile_side_px": side_px}
    with write_tile_store(path, provenance=inputs) as writer:
        writer.write_group(MAPPING, table=table, arrays={})
        if plan.polar is not None:
            view = polar_view(raster, basemap=basemap, crater=crater, config=plan.polar.view)
            write_polar_views(writer, views=view[None], craters=[crater])
            metadata["picture"] = _picture(view[0], crater)
    metadata |= {
        "mapping_tiles": len(table),
        "published_tiles": published is not None,
        "farthest_tile_km": float(table["distance_m"].max() / 1000),
        "path": str(path),
    }
    return Artefact(content=content_version(recipe), metadata=metadata)


@drawing
def _picture(view: NDArray[np.float32], crater: Crater) -> Picture:
    title = titled(crater, "polar view, rays are vertical stripes")
    return Picture(sheet([Panel(view_rgb(view), VIEW_CAPTION)], title=title), alt=title)
