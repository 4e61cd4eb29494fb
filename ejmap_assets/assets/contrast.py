"""Do masks lie on what the eye sees? The only measure where no ejecta are known."""

import math

import numpy as np
import pandas as pd

from ejmap_assets.making.declare import Making, project_asset
from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.maps.profile import contrast_at_equal_distance
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.reach import farthest_on_basemap_m
from ejmap_project.artefact import Artefact
from ejmap_project.basemap import Basemap, read_project_basemap
from ejmap_project.digest import content_version
from ejmap_project.figures import signed_bars
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.files.table_file import write_table


@project_asset(group="map", kinds={"parquet"}, kind="evaluate")
def ejecta_contrast(making: Making) -> Artefact:
    """How much brighter mapped ejecta are than the ground beside them, crater by crater.

    Compared at the same distance from the crater, in grey levels of the mosaic, together with how
    far the ejecta reach. Fresh ejecta of Mercury are bright, so a mask that is no brighter than its
    surroundings deserves a look.
    """
    basemap = read_project_basemap(making.project)
    craters = making.project.craters()
    masks = MaskFolder.of(craters, making.paths.basemap_mask, basemap.grid).readable()
    mapped = [crater for crater in craters.values() if crater.crater_id in masks]
    rows = [_row(crater, masks[crater.crater_id], basemap) for crater in mapped]
    table = pd.DataFrame(
        rows,
        columns=[
            "crater_id",
            "crater",
            "ejecta_km2",
            "farthest_deg",
            "farthest_radii",
            "brighter_by",
        ],
    )
    write_table(table, making.paths.contrast)
    measured = table.dropna(subset=["brighter_by"])
    return Artefact(
        content=content_version(table.to_csv(index=False)),
        metadata={
            "craters_with_ejecta": len(measured),
            "brighter_than_surroundings": int((measured["brighter_by"] > 0).sum()),
            "median_brighter_by": float(measured["brighter_by"].median()) if len(measured) else 0.0,
            "craters": table,
            "path": str(making.paths.contrast),
            "picture": signed_bars(
                dict(zip(measured["crater"], measured["brighter_by"], strict=True))
            ),
        },
        table=table,
    )


def _row(crater: Crater, mask: PlacedMask, basemap: Basemap) -> dict[str, object]:
    brighter_by = contrast_at_equal_distance(
        basemap.raster,
        basemap=basemap.grid,
        center=crater.center,
        radius_m=crater.radius_m,
        mask=mask,
    )
    farthest_m = farthest_on_basemap_m(mask, basemap=basemap.grid, origin=crater.center)
    return {
        "crater_id": crater.crater_id,
        "crater": crater.name or crater.key,
        "ejecta_km2": mask.area_m2(basemap.grid) / 1e6,
        "farthest_deg": math.degrees(farthest_m / basemap.grid.body.radius_m),
        "farthest_radii": farthest_m / crater.radius_m,
        "brighter_by": float(np.mean(brighter_by)),
    }
