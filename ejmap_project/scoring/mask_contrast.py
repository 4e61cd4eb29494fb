"""Brightness of masks against the ground beside them: a measure where no ejecta are known."""

import math

import numpy as np
import pandas as pd

from ejmap_geo.cores import two_at_a_time
from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.craters.observed_share import observed_shares
from ejmap_geo.maps.profile import contrast_at_equal_distance
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.reach import farthest_on_basemap_m
from ejmap_project.artefact import Artefact
from ejmap_project.basemap import Basemap, read_project_basemap
from ejmap_project.digest import content_version
from ejmap_project.figures import signed_bars
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.files.table_file import write_table
from ejmap_project.open_project import OpenProject

COLUMNS = (
    *("crater_id", "crater", "observed_share"),
    *("mask_km2", "farthest_deg", "farthest_radii", "brighter_by"),
)


def measure_contrast(project: OpenProject) -> Artefact:
    """Write how much brighter the masks of a project are than the ground beside them."""
    basemap, path = read_project_basemap(project), project.paths.contrast
    craters = project.craters()
    masks = MaskFolder.of(craters, project.paths.basemap_mask, basemap.grid).readable()
    mapped = [crater for crater in craters.values() if crater.crater_id in masks]
    shares = observed_shares(basemap.raster, basemap.grid, mapped)
    found = two_at_a_time(lambda one: _row(one, masks[one.crater_id], basemap), mapped)
    rows = [row | {"observed_share": share} for row, share in zip(found, shares, strict=True)]
    table = pd.DataFrame(rows, columns=pd.Index(COLUMNS))
    write_table(table, path)
    measured = table.dropna(subset=["brighter_by"])
    brighter_by = measured["brighter_by"]
    return Artefact(
        content=content_version(table.to_csv(index=False)),
        metadata={
            "craters_with_ejecta": len(measured),
            "brighter_than_surroundings": int((brighter_by > 0).sum()),
            "median_brighter_by": float(brighter_by.median()) if len(measured) else 0.0,
            "craters": table,
            "path": str(path),
            "picture": signed_bars(dict(zip(measured["crater"], brighter_by, strict=True))),
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
    if mask.window is None:
        farthest_m = math.nan
    return {
        "crater_id": crater.crater_id,
        "crater": crater.name or crater.key,
        "mask_km2": mask.area_m2(basemap.grid) / 1e6,
        "farthest_deg": math.degrees(farthest_m / basemap.grid.body.radius_m),
        "farthest_radii": farthest_m / crater.radius_m,
        "brighter_by": float(np.mean(brighter_by)),
    }
