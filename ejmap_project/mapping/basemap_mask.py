"""Step 6 of a crater: the mask of its ejecta on the pixels of the basemap."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask, crop
from ejmap_geo.masks.placement import mask_to_basemap
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_project.artefact import Artefact, Facts, Picture, drawing
from ejmap_project.basemap import Basemap
from ejmap_project.digest import content_version
from ejmap_project.files.layer_file import MASK_BAND, read_layer
from ejmap_project.files.mask_file import write_crater_mask
from ejmap_project.files.raster_tags import MODEL, MOSAIC, inherited
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.pictures.shades import EJECTA, mask_over, mosaic_grey, shrunk
from ejmap_project.pictures.sheet import RIM, Marks, Panel, circle, sheet, titled

PICTURE_PX = 1000
PICTURE_MARGIN_PX = 8
NARROWEST = 0.002


def place_mask(work: CraterWork, crater: Crater, *, tags: Mapping[str, str]) -> Artefact:
    """Write the mask of a crater on the basemap: its ejecta layers', a corrected or published one.

    What a person corrected and imported is on the map as it was drawn.
    """
    basemap = work.basemap
    placed, source, origin = (
        _corrected(work, crater) or _published(work, crater) or _mapped(work, crater)
    )
    path = work.paths.basemap_mask(crater.key)
    write_crater_mask(
        path,
        placed,
        crater,
        basemap=basemap.grid,
        what="ejecta",
        tags={**tags, **origin},
    )
    area_m2 = placed.area_m2(basemap.grid)
    planet_m2 = 4 * math.pi * basemap.grid.body.radius_m**2
    metadata: Facts = {
        "crater": crater.label,
        "ejecta_px": placed.area_px,
        "area_km2": area_m2 / 1e6,
        "share_of_planet": area_m2 / planet_m2,
        "source": source,
        "path": str(path),
    }
    if placed.window is not None:
        metadata["picture"] = _picture(placed, placed.window, basemap, crater)
    window = str(placed.window)
    return Artefact(content=content_version(window, placed.mask), metadata=metadata)


class _Placed(NamedTuple):
    """A mask on the basemap, where it comes from in words, and the tags that say so."""

    mask: PlacedMask
    source: str
    tags: Mapping[str, str]


def _corrected(work: CraterWork, crater: Crater) -> _Placed | None:
    found = work.corrected_mask(crater)
    if found is None:
        return None
    mask = read_mask_on(found.path, work.basemap.grid)
    return _Placed(mask, found.words, {MODEL: found.words})


def _published(work: CraterWork, crater: Crater) -> _Placed | None:
    mask = work.source.mask_of(crater, work.basemap.grid)
    traits = work.settings.source.traits
    source = f"run {traits.masks_run} of {traits.doi}"
    return None if mask is None else _Placed(mask, source, {MODEL: f"published masks, {source}"})


def _mapped(work: CraterWork, crater: Crater) -> _Placed:
    """Return the mask of the ejecta layers, with the tags of their mosaic and model."""
    path = work.paths.segmentation(crater.key)
    mask = read_layer(path, MASK_BAND) > 0
    azimuthal, basemap = work.azimuthal_grid(crater), work.basemap.grid
    placed = mask_to_basemap(mask, azimuthal=azimuthal, basemap=basemap)
    return _Placed(placed, "mapped here", inherited(path, MODEL, MOSAIC))


@drawing
def _picture(placed: PlacedMask, seen: Window, basemap: Basemap, crater: Crater) -> Picture:
    rows, cols = basemap.grid.shape
    top = max(0, seen.row - PICTURE_MARGIN_PX)
    bottom = min(rows, seen.row + seen.height + PICTURE_MARGIN_PX)
    width = min(cols, seen.width + 2 * PICTURE_MARGIN_PX)
    around = Window(row=top, col=seen.col - PICTURE_MARGIN_PX, height=bottom - top, width=width)
    grey = mosaic_grey(crop(basemap.raster, around), max_side_px=PICTURE_PX)
    mask = placed.within(around, basemap.grid)
    rgb = mask_over(grey, shrunk(mask, max_side_px=PICTURE_PX))
    title = titled(crater, "ejecta on the basemap; scale and rim hold at the crater")
    panels = [Panel(rgb, marks=_marks(around, basemap.grid, crater, scale=rgb.shape[1] / width))]
    return Picture(sheet(panels, title=title, legend=[EJECTA, RIM], width_px=PICTURE_PX), alt=title)


def _marks(around: Window, grid: BasemapGrid, crater: Crater, *, scale: float) -> Marks:
    """Return scale and rim in a part of the basemap, whose columns shrink towards the poles."""
    at = grid.position(crater.center)
    col = (at.col - around.col) % grid.shape[1]
    # A pole has no east: the circle is then as wide as one at 89.9 degrees.
    stretch = 1 / max(math.cos(math.radians(crater.center.lat_deg)), NARROWEST)
    rim = circle(0, 0, crater.radius_m / grid.resolution_m) * (stretch, 1)
    rim += np.array([col, at.row - around.row])
    return Marks(grid.resolution_m / stretch / scale, rim * scale)
