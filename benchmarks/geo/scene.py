"""The scene: a mosaic and ejecta masks of the published size, made up in seconds."""

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.masks.placement import mask_to_basemap

# Where geometry is ordinary and where it is hard.
CENTERS = {
    "27 N": LonLat(31.4159, 27.1828),
    "antimeridian": LonLat(179.9117, -5.2281),
    "north pole": LonLat(12.3457, 80.2713),
}
CRATER_RADIUS_M = 47_500.0


def mosaic(grid: BasemapGrid) -> NDArray[np.uint8]:
    """Return three bands of noise without zeros, ``(3, rows, cols)``."""
    rng = np.random.default_rng(1)
    return rng.integers(1, 256, (3, *grid.shape), dtype=np.uint8)


def grid_about(center: LonLat, basemap: BasemapGrid, *, reach: float) -> AzimuthalGrid:
    """Return the raster about a centre that reaches a share of the way to the antipode."""
    return AzimuthalGrid.reaching(
        MERCURY,
        center=center,
        resolution_m=basemap.resolution_m,
        reach_m=reach * MERCURY.half_circumference_m,
    )


def ejecta(azimuthal: AzimuthalGrid) -> NDArray[np.bool_]:
    """Return a blanket out to 6 crater radii and 24 rays to the edge, ragged in 4-px pieces."""
    half = azimuthal.half_size_px
    offset = (np.arange(2 * half) + 0.5 - half).astype(np.float32)
    rng = np.random.default_rng(2)
    pieces = rng.random((half // 2 + 1, half // 2 + 1)) < 0.8
    mask = np.zeros(azimuthal.shape, np.bool_)
    blanket_px = 6 * CRATER_RADIUS_M / azimuthal.resolution_m
    # Row by row: arrays of angles of a whole planet would take 4 GB.
    for i, down in enumerate(offset):
        distance = np.hypot(down, offset)
        turns = np.arctan2(offset, down) * (24 / (2 * np.pi))
        is_ray = np.abs(turns - np.rint(turns)) < 0.12
        ragged = np.repeat(pieces[i // 4], 4)[: 2 * half]
        mask[i] = (distance < blanket_px) | (is_ray & ragged & (distance < half))
    return mask


def ejecta_of_craters(basemap: BasemapGrid, count: int) -> dict[int, PlacedMask]:
    """Return masks that reach 0.1 pi R, spread evenly over the planet so that rays overlap."""
    masks: dict[int, PlacedMask] = {}
    pattern = ejecta(grid_about(LonLat(0, 0), basemap, reach=0.1))
    for k in range(count):
        lat_deg = np.degrees(np.arcsin(2 * (k + 0.5) / count - 1))
        center = LonLat(k * 137.50776 % 360 - 180, float(lat_deg))
        azimuthal = grid_about(center, basemap, reach=0.1)
        masks[k] = mask_to_basemap(pattern, azimuthal=azimuthal, basemap=basemap)
    return masks
