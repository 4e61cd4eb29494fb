"""The basemap grid that the rasters of a published folder lie on."""

from pathlib import Path

from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_geo.rasters.raster_place import basemap_grid_of_part
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder


def published_grid(
    published: PublishedFolder, *, body: Body, mosaic: Path | None = None
) -> BasemapGrid:
    """Return the grid of the mosaic, or of the masks where there is no mosaic.

    Raises:
        GeoError: If the raster does not cover the planet, or its pixels do not divide it.
        SourceError: If there is none.
    """
    masks = iter(published.found(layout.MANUAL_MASK).values())
    path = (
        mosaic
        or published.file(layout.MOSAIC)
        or next(masks, None)
        or published.file(layout.ALL_MASK)
    )
    if path is not None:
        return basemap_grid_of(path, body=body)
    for family in (layout.LABEL_MAP, layout.OUTPUT_MASK):
        for part in published.found(family).values():
            return basemap_grid_of_part(part, body=body)
    raise SourceError(
        f"{published.folder} holds neither a mosaic nor a mask, so the size of the planet is not "
        "known; give the mosaic with --mosaic (source.mosaic in project.yaml)"
    )
