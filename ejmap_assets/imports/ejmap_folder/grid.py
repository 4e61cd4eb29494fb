"""The basemap grid that the rasters of a published folder lie on."""

from pathlib import Path

from ejmap_assets.errors import SourceError
from ejmap_assets.imports.ejmap_folder import layout
from ejmap_assets.imports.ejmap_folder.layout import PublishedFolder
from ejmap_geo.body import Body
from ejmap_geo.grid import BasemapGrid
from ejmap_geo.raster import basemap_grid_of
from ejmap_geo.raster_place import basemap_grid_of_part


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
