"""The mosaic around each crater, as seen from straight above it."""

import numpy as np

from ejmap_assets.making.chunk import CraterTask
from ejmap_assets.making.crater_assets import crater_asset
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_project.artefact import Artefact, Picture
from ejmap_project.digest import content_version
from ejmap_project.pictures import mosaic_rgb


@crater_asset(kinds={"geotiff"})
def azimuthal_mosaic(task: CraterTask) -> Artefact:
    """Mosaic around one crater in azimuthal equidistant projection.

    The crater is in the middle, distances from it are true, north is up. It reaches as far as
    ejecta are looked for.
    """
    task.work.require_mosaic()
    basemap = task.work.basemap
    grid = task.work.azimuthal_grid(task.crater)
    mosaic = to_azimuthal(basemap.raster, basemap=basemap.grid, azimuthal=grid)
    path = task.work.paths.azimuthal_mosaic(task.crater.key)
    write_cog(path, mosaic, grid=grid, nodata=0, tags=task.file_tags)
    reach_m = grid.half_size_px * grid.resolution_m
    return Artefact(
        content=content_version(mosaic),
        metadata={
            "crater": task.crater.name,
            "radius_km": task.crater.radius_m / 1000,
            "reach_km": reach_m / 1000,
            "reach_radii": reach_m / task.crater.radius_m,
            "side_px": grid.shape[0],
            "imaged_share": float(np.mean(mosaic.any(axis=0))),
            "path": str(path),
            "picture": Picture(mosaic_rgb(mosaic), alt=f"mosaic around {task.crater.name}"),
        },
    )
