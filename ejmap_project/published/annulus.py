"""The mean bands of the ring around a crater, from the published raster about its rim."""

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.masks.rim import Rim, rim_ring
from ejmap_geo.rasters.raster_file import opened
from ejmap_geo.tiles.annulus import pixels_of_ring
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.layout import PublishedFolder


def read_annulus(
    published: PublishedFolder,
    crater: Crater,
    *,
    body: Body,
    radii: tuple[float, float],
    rim: Rim | None = None,
) -> NDArray[np.float64]:
    """Return the mean of each band between two multiples of the rim radius, ``(band,)``.

    Args:
        published: The folder.
        crater: The crater.
        body: The planet.
        radii: Inner and outer edge of the ring, in rim radii from the centre.
        rim: The true rim in degrees, whose buffers bound the ring as published; None takes circles.

    Raises:
        GeoError: If the file is no raster.
        SourceError: If it is missing, not centred on the crater, or has no data in the ring.
    """
    path = published.required(layout.BUFFER, crater=crater.crater_id)
    with opened(path) as raster:
        transform, bands = raster.transform, raster.read()
    height, width = bands.shape[1:]
    resolution_m = float(transform.a)
    half_px = width // 2
    left, top = transform.c / resolution_m, transform.f / resolution_m
    off_px = max(abs(left + half_px), abs(top - half_px))
    if height != width or width % 2 or resolution_m <= 0 or off_px > 0.5:
        raise SourceError(
            f"{path} is {width}x{height} px with its upper left corner {left:.1f} and {top:.1f} px "
            "from its centre; a raster about a crater is square with the crater in its middle"
        )
    grid = AzimuthalGrid(
        body=body, center=crater.center, resolution_m=resolution_m, half_size_px=half_px
    )
    radius_m, ring = crater.radius_m, None
    if rim is not None:
        ring = rim_ring(rim, body=body, center=crater.center, radius_m=radius_m, radii=radii)
    in_ring = pixels_of_ring(grid, radius_m=radius_m, radii=radii, ring=ring)
    values = bands[:, in_ring & (bands != 0).any(axis=0)]
    if values.shape[1] == 0:
        raise SourceError(
            f"{path} holds no data between {radii[0]} and {radii[1]} radii of crater "
            f"{crater.crater_id}; give the mosaic instead"
        )
    return values.mean(axis=1, dtype=np.float64)
