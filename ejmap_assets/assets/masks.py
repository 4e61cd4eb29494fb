"""The mask of each crater on the basemap."""

import math

from ejmap_assets.making.chunk import CraterTask
from ejmap_assets.making.crater_assets import crater_asset
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask, crop
from ejmap_geo.masks.placement import mask_to_basemap
from ejmap_geo.rasters.raster import read_raster
from ejmap_project.artefact import Artefact, Facts, Picture
from ejmap_project.basemap import Basemap
from ejmap_project.digest import content_version
from ejmap_project.files.mask_file import write_mask
from ejmap_project.pictures import mask_over, mosaic_grey, shrunk

MASK_BAND = "mask"
PICTURE_PX = 420
PICTURE_MARGIN_PX = 8


@crater_asset(kinds={"geotiff"})
def basemap_mask(task: CraterTask) -> Artefact:
    """Ejecta of one crater on the pixels of the basemap, cut to its content.

    The file names the mosaic and the models it comes from.
    """
    basemap = task.work.basemap
    given = task.work.published_mask(task.crater)
    placed = _placed(task, basemap) if given is None else given
    path = task.work.paths.basemap_mask(task.crater.key)
    write_mask(path, placed, basemap=basemap.grid, center=task.crater.center, tags=task.file_tags)
    area_m2 = placed.area_m2(basemap.grid)
    planet_m2 = 4 * math.pi * basemap.grid.body.radius_m**2
    metadata: Facts = {
        "crater": task.crater.name,
        "ejecta_px": placed.area_px,
        "area_km2": area_m2 / 1e6,
        "share_of_planet": area_m2 / planet_m2,
        "source": "mapped here" if given is None else task.work.published_run,
        "path": str(path),
    }
    if placed.window is not None:
        metadata["picture"] = _picture(placed, placed.window, basemap)
    window = str(placed.window)
    return Artefact(content=content_version(window, placed.mask), metadata=metadata)


def _placed(task: CraterTask, basemap: Basemap) -> PlacedMask:
    grid = task.work.azimuthal_grid(task.crater)
    with read_raster(task.work.paths.segmentation(task.crater.key)) as layers:
        names = list(layers.attrs["long_name"])
        mask = layers[names.index(MASK_BAND)].to_numpy() > 0
    return mask_to_basemap(mask, azimuthal=grid, basemap=basemap.grid)


def _picture(placed: PlacedMask, seen: Window, basemap: Basemap) -> Picture:
    rows, cols = basemap.grid.shape
    top = max(0, seen.row - PICTURE_MARGIN_PX)
    bottom = min(rows, seen.row + seen.height + PICTURE_MARGIN_PX)
    width = min(cols, seen.width + 2 * PICTURE_MARGIN_PX)
    around = Window(row=top, col=seen.col - PICTURE_MARGIN_PX, height=bottom - top, width=width)
    grey = mosaic_grey(crop(basemap.raster, around), max_side_px=PICTURE_PX)
    mask = placed.within(around, basemap.grid)
    return Picture(
        mask_over(grey, shrunk(mask, max_side_px=PICTURE_PX)), alt="ejecta over the mosaic"
    )
