"""The map as published: a mask a crater, cropped, and the rasters of all craters."""

import shutil

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.placement import mask_to_azimuthal
from ejmap_geo.rasters.raster import read_mask_on, write_cog
from ejmap_project.basemap import azimuthal_grid
from ejmap_project.export.export import Export
from ejmap_project.files.layer_file import MASK_BAND, read_layer
from ejmap_project.files.mask_file import write_mask
from ejmap_project.published import layout
from ejmap_project.published.grid import published_half_px
from ejmap_project.sources.corrected_masks import corrected_mask


def export_maps(export: Export) -> list[str]:
    """Write the masks of all craters, the colour composite and the map of crater ids."""
    missing: list[str] = []
    for crater in export.craters:
        path = export.paths.basemap_mask(crater.key)
        if path.is_file():
            _write_cylindrical(export, crater, read_mask_on(path, export.basemap))
        else:
            missing.append(crater.key)
        if export.paths.segmentation(crater.key).is_file():
            _write_azimuthal(export, crater)
    rasters = {
        layout.COMPOSITE: export.paths.composite,
        layout.LABEL_MAP: export.paths.label_map,
    }
    for family, path in rasters.items():
        if path.is_file():
            shutil.copyfile(path, export.place(family, run=export.names.run))
    notes = [f"masks of {', '.join(missing)}: not made yet"] if missing else []
    if not export.paths.label_map.is_file():
        notes.append("composite and map of ids: not made yet")
    return notes


def _write_cylindrical(export: Export, crater: Crater, placed: PlacedMask) -> None:
    path = export.place(layout.OUTPUT_MASK, run=export.names.run, crater=crater.crater_id)
    write_mask(path, _within_the_map(placed, export), basemap=export.basemap, center=crater.center)


def _within_the_map(placed: PlacedMask, export: Export) -> PlacedMask:
    """Return a mask whose window does not run past the antimeridian.

    The published programs paste masks into an array of the whole planet, which has an end.
    """
    window, cols = placed.window, export.basemap.width_px
    if window is None or window.col + window.width <= cols:
        return placed
    whole = Window(row=window.row, col=0, height=window.height, width=cols)
    return PlacedMask(mask=placed.within(whole, export.basemap), window=whole)


def _write_azimuthal(export: Export, crater: Crater) -> None:
    grid = azimuthal_grid(crater, export.basemap)
    if corrected_mask(export.project, crater.key) is None:
        mask = read_layer(export.paths.segmentation(crater.key), MASK_BAND) > 0
    else:
        placed = read_mask_on(export.paths.basemap_mask(crater.key), export.basemap)
        mask = mask_to_azimuthal(placed, basemap=export.basemap, azimuthal=grid)
    half_px = min(_half_px(mask), published_half_px(export.basemap))
    around = slice(grid.half_size_px - half_px, grid.half_size_px + half_px)
    cropped = AzimuthalGrid(
        body=grid.body,
        center=grid.center,
        resolution_m=grid.resolution_m,
        half_size_px=half_px,
    )
    path = export.place(layout.AZIMUTHAL_OUTPUT_MASK, run=export.names.run, crater=crater.crater_id)
    write_cog(path, mask[around, around], grid=cropped)


def _half_px(mask: NDArray[np.bool_]) -> int:
    """Return the half size of the smallest square about the middle that holds all that is set."""
    rows, cols = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    if not rows.size:
        return 1
    edges = np.array([rows[0], rows[-1] + 1, cols[0], cols[-1] + 1])
    return max(1, int(np.abs(edges - mask.shape[0] // 2).max()))
