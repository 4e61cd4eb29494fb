"""The annulus: mean bands of the ring around a crater's rim."""

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.distance import azimuthal_distance_m
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.polygons import rasterized
from ejmap_geo.masks.rim import Rim, rim_ring
from ejmap_geo.resampling.reproject import to_azimuthal

DEFAULT_RADII = (2.0, 5.0)
# Samples from the inner to the outer edge: enough for a ring that is narrower than a pixel.
SAMPLES_ACROSS = 8


def annulus_mean(
    raster: NDArray[np.generic],
    *,
    basemap: BasemapGrid,
    center: LonLat,
    radius_m: float,
    radii: tuple[float, float] = DEFAULT_RADII,
    nodata: float = 0,
    rim: Rim | None = None,
) -> NDArray[np.float64]:
    """Return the mean of each band in a ring around a crater, ``(band,)``.

    The ring is sampled on an azimuthal raster about the centre; every sample weighs the same.

    Args:
        raster: ``(band, rows, cols)`` on ``basemap``.
        basemap: Grid of ``raster``.
        center: Centre of the rim.
        radius_m: Rim radius.
        radii: Inner and outer edge of the ring, in rim radii from the centre.
        nodata: A pixel whose bands all hold this value is left out.
        rim: The true rim in degrees, whose buffers bound the ring as published; None takes circles.

    Raises:
        RasterError: If the radii do not make a ring, or there are no data in it.
    """
    inner, outer = radii
    if not 0 <= inner < outer:
        raise RasterError(f"a ring needs 0 <= inner < outer radii, got {inner} and {outer}")
    resolution_m = min(basemap.resolution_m, (outer - inner) * radius_m / SAMPLES_ACROSS)
    ring = None
    if rim is not None:
        ring = rim_ring(rim, body=basemap.body, center=center, radius_m=radius_m, radii=radii)
    reach_m = outer * radius_m if ring is None else float(np.abs(ring.bounds).max())
    azimuthal = AzimuthalGrid.reaching(
        basemap.body, center=center, resolution_m=resolution_m, reach_m=reach_m
    )
    bands = to_azimuthal(raster, basemap=basemap, azimuthal=azimuthal, nodata=nodata)
    in_ring = pixels_of_ring(azimuthal, radius_m=radius_m, radii=radii, ring=ring)
    values = bands[:, in_ring & (bands != nodata).any(axis=0)]
    if values.shape[1] == 0:
        raise RasterError(
            f"no data between {inner} and {outer} radii of {radius_m:.0f} m around "
            f"{tuple(center)}; leave the crater out or give a mosaic that covers it"
        )
    return values.mean(axis=1, dtype=np.float64)


def pixels_of_ring(
    azimuthal: AzimuthalGrid, *, radius_m: float, radii: tuple[float, float], ring: Rim | None
) -> NDArray[np.bool_]:
    """Return the pixels about a crater whose middle lies in a ring, ``(rows, cols)``.

    Args:
        azimuthal: Grid about the crater.
        radius_m: Rim radius.
        radii: Inner edge, which the ring holds, and outer edge of circles, in rim radii.
        ring: A ring of another form in the plane of the grid; None takes circles.
    """
    if ring is not None:
        return rasterized(ring, grid=azimuthal)
    distance_m = azimuthal_distance_m(azimuthal, Window.whole(azimuthal.shape))
    return (distance_m >= radii[0] * radius_m) & (distance_m < radii[1] * radius_m)
