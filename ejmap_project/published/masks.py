"""Masks of a published folder: a person's, and those that the published ensemble drew."""

from collections.abc import Iterable, Iterator

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder


def read_manual_masks(
    published: PublishedFolder, craters: Iterable[Crater], *, basemap: BasemapGrid
) -> Iterator[tuple[Crater, PlacedMask]]:
    """Yield the manual mask of each crater that has one, one in memory at a time.

    Raises:
        GeoError: If a mask does not lie on the pixels of the mosaic or holds other values.
        SourceError: If a mask is a link that leads out of the folder.
    """
    for crater in craters:
        path = published.file(layout.MANUAL_MASK, crater=crater.crater_id)
        if path is not None:
            yield crater, read_mask_on(path, basemap)


def read_output_mask(
    published: PublishedFolder, crater_id: int, *, run: str, basemap: BasemapGrid
) -> PlacedMask:
    """Read the mask of a crater that a published run drew; it is cropped and placed by its bounds.

    Raises:
        GeoError: If it does not lie on the pixels of the mosaic or holds other values.
        SourceError: If it is missing.
    """
    path = published.required(layout.OUTPUT_MASK, run=run, crater=crater_id)
    return read_mask_on(path, basemap)
