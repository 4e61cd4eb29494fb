"""The corner from which published tiles count their pixels, and back.

The published azimuthal raster of a crater has the half size int(pi R / resolution), with the
resolution rounded to eight decimals: 11519 for the published mosaic, where the exact value is
11520. Ours reaches as far as the crater's ejecta are looked for. Both have the crater at the corner
of their four middle pixels, so that one is the other shifted by whole pixels, and pixel edges fall
on pixel edges.
"""

from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid

# As the constants of the published code state the resolution of its mosaic.
RESOLUTION_DECIMALS = 8


def published_half_px(basemap: BasemapGrid) -> int:
    """Return the pixels from the centre of the published azimuthal rasters to each edge."""
    resolution_m = round(basemap.resolution_m, RESOLUTION_DECIMALS)
    return int(basemap.body.half_circumference_m / resolution_m)


def shift_px(azimuthal: AzimuthalGrid, basemap: BasemapGrid) -> int:
    """Return what is added to a published row or column to get that of a crater's own raster."""
    return azimuthal.half_size_px - published_half_px(basemap)
