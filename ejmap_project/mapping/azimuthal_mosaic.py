"""Step 1 of a crater: the mosaic around it, as seen from straight above."""

from collections.abc import Mapping

import numpy as np

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.maps.raster_style import mosaic_style, write_style
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_project.artefact import Artefact, Picture
from ejmap_project.digest import content_version
from ejmap_project.errors import StepError
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.mapping.origin import crater_words, meaning
from ejmap_project.pictures import mosaic_rgb


def cut_azimuthal_mosaic(work: CraterWork, crater: Crater, *, tags: Mapping[str, str]) -> Artefact:
    """Write the mosaic around a crater in azimuthal equidistant projection.

    Raises:
        StepError: If the project is of a published folder that came without imagery.
    """
    if not work.source.has_mosaic():
        raise StepError(
            "the published folder holds no mosaic, so craters cannot be mapped; name one as "
            "source.mosaic, or show published maps with source.masks_run"
        )
    basemap = work.basemap
    grid = work.azimuthal_grid(crater)
    mosaic = to_azimuthal(basemap.raster, basemap=basemap.grid, azimuthal=grid)
    path = work.paths.azimuthal_mosaic(crater.key)
    told = meaning(f"mosaic around {crater_words(crater)}", "0: not imaged; 1 to 255: brightness")
    write_cog(path, mosaic, grid=grid, nodata=0, overviews="average", tags={**tags, **told})
    write_style(path, mosaic_style(len(mosaic)))
    reach_m = grid.half_size_px * grid.resolution_m
    return Artefact(
        content=content_version(mosaic),
        metadata={
            "crater": crater.name,
            "radius_km": crater.radius_m / 1000,
            "reach_km": reach_m / 1000,
            "reach_radii": reach_m / crater.radius_m,
            "side_px": grid.shape[0],
            "imaged_share": float(np.mean(mosaic.any(axis=0))),
            "path": str(path),
            "picture": Picture(mosaic_rgb(mosaic), alt=f"mosaic around {crater.name}"),
        },
    )
