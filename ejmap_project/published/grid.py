"""The grids of a published folder: of its rasters, and of its tiles.

The published azimuthal raster of a crater has the half size int(pi R / resolution), with the
resolution rounded to eight decimals: 11519 for the published mosaic, where the exact value is
11520. Ours reaches as far as the crater's ejecta are looked for. Both have the crater at the corner
of their four middle pixels, so that one is the other shifted by whole pixels, and pixel edges fall
on pixel edges.
"""

from pathlib import Path

from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.rasters.raster import basemap_grid_of
from ejmap_geo.rasters.raster_place import basemap_grid_of_part
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder

# As the constants of the published code state the resolution of its mosaic.
RESOLUTION_DECIMALS = 8


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


def published_half_px(basemap: BasemapGrid) -> int:
    """Return the pixels from the centre of the published azimuthal rasters to each edge."""
    resolution_m = round(basemap.resolution_m, RESOLUTION_DECIMALS)
    return int(basemap.body.half_circumference_m / resolution_m)


def shift_px(azimuthal: AzimuthalGrid, basemap: BasemapGrid) -> int:
    """Return what is added to a published row or column to get that of a crater's own raster."""
    return azimuthal.half_size_px - published_half_px(basemap)
