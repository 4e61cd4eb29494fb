"""Checks of what everything is made from; they block, because wrong data would flow on."""

import dagster as dg
import numpy as np
from pandera.errors import SchemaError

from ejmap_assets import partitions
from ejmap_assets.crater_work import read_project_basemap
from ejmap_assets.resources import ProjectResource
from ejmap_geo.craters import craters_of, read_catalogue
from ejmap_geo.errors import GeoError
from ejmap_geo.tables import CraterTable


@dg.asset_check(
    asset="basemap_mosaic",
    blocking=True,
    description="The mosaic covers the whole planet, on its sphere, 8-bit, with the bands that the "
    "models learn from.",
)
def mosaic_is_valid(project: ProjectResource) -> dg.AssetCheckResult:
    """Read the mosaic as every later step will."""
    opened = project.open()
    try:
        raster, grid = read_project_basemap(opened)
    except GeoError as error:
        return dg.AssetCheckResult(passed=False, description=str(error))
    wanted = opened.settings.trained_bands
    return dg.AssetCheckResult(
        passed=wanted in (None, raster.shape[0]),
        metadata={
            "bands": raster.shape[0],
            "width_px": grid.width_px,
            "imaged_share": float(np.mean(raster.any(axis=0))),
        },
    )


@dg.asset_check(
    asset="crater_catalogue",
    blocking=True,
    description="The crater table fits its schema, and its craters are the partitions.",
)
def catalogue_is_valid(
    context: dg.AssetCheckExecutionContext, project: ProjectResource
) -> dg.AssetCheckResult:
    """Read the table as every later step will."""
    opened = project.open()
    try:
        catalogue = read_catalogue(opened.paths.crater_catalogue, body=opened.settings.planet)
        CraterTable.validate(catalogue)
    except (GeoError, SchemaError) as error:
        return dg.AssetCheckResult(passed=False, description=str(error))
    keys = {crater.key for crater in craters_of(catalogue)}
    known = set(context.instance.get_dynamic_partitions(partitions.CRATERS_NAME))
    return dg.AssetCheckResult(
        passed=keys == known,
        metadata={
            "craters": len(keys),
            "without_partition": dg.MetadataValue.json(sorted(keys ^ known)),
        },
    )
