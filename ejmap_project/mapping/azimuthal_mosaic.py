"""Step 1 of a crater: the mosaic around it, as seen from straight above, to look at."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.maps.raster_style import mosaic_style, write_style
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_geo.resampling.shrink import coarser_grid, imaged_means, is_imaged
from ejmap_project.artefact import Artefact, Picture, drawing
from ejmap_project.digest import content_version, fast_version
from ejmap_project.errors import StepError
from ejmap_project.files.crater_raster import write_crater_raster
from ejmap_project.files.raster_tags import crater_words, meaning
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.pictures.shades import mosaic_rgb
from ejmap_project.pictures.sheet import RIM, Marks, Panel, circle, sheet, titled

CLOSE_RADII = 8.0
# Enough to look at. Models see the mosaic itself, from which a raster of full resolution is cut
# faster than it is read from a file.
MOST_SIDE_PX = 3072


def seen_grid(grid: AzimuthalGrid) -> AzimuthalGrid:
    """Return the grid of the file: that about a crater, coarser where it has too many pixels."""
    return coarser_grid(grid, most_side_px=MOST_SIDE_PX)


def cut_azimuthal_mosaic(work: CraterWork, crater: Crater, *, tags: Mapping[str, str]) -> Artefact:
    """Write the mosaic around a crater in azimuthal equidistant projection, to look at.

    Its content is that at full resolution.

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
    seen, coarse = imaged_means(mosaic, grid=grid, coarse=seen_grid(grid)), seen_grid(grid)
    write_crater_raster(
        path, seen, grid=coarse, nodata=0, overviews="average", tags={**tags, **told}
    )
    write_style(path, mosaic_style(len(mosaic)))
    reach_m = grid.half_size_px * grid.resolution_m
    return Artefact(
        content=content_version(fast_version(mosaic)),
        metadata={
            "crater": crater.label,
            "radius_km": crater.radius_m / 1000,
            "reach_km": reach_m / 1000,
            "reach_radii": reach_m / crater.radius_m,
            "side_px": coarse.shape[0],
            "resolution_m": coarse.resolution_m,
            "imaged_share": float(np.mean(is_imaged(mosaic))),
            "path": str(path),
            "picture": _picture(mosaic, seen, grid, crater),
        },
    )


@drawing
def _picture(
    mosaic: NDArray[np.uint8], seen: NDArray[np.uint8], grid: AzimuthalGrid, crater: Crater
) -> Picture:
    """Draw the mosaic as far as ejecta are looked for, and the crater from close by."""
    half_px = grid.half_size_px
    close_px = min(half_px, math.ceil(CLOSE_RADII * crater.radius_m / grid.resolution_m))
    inner = slice(half_px - close_px, half_px + close_px)
    near, far = mosaic_rgb(mosaic[:, inner, inner]), mosaic_rgb(seen)
    m_per_px = 2 * close_px * grid.resolution_m / near.shape[1]
    middle = near.shape[1] / 2
    marks = Marks(m_per_px, circle(middle, middle, crater.radius_m / m_per_px))
    title = titled(crater, "mosaic around the crater")
    panels = [
        Panel(
            far, "as far as ejecta are looked for", Marks.azimuthal(grid, crater, side_px=len(far))
        ),
        Panel(near, "close to the crater", marks),
    ]
    return Picture(sheet(panels, title=title, legend=[RIM]), alt=title)
