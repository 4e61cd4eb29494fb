"""Profiles: ejecta share and brightness by distance from a crater.

Terrain gets darker or brighter with distance for many reasons, so ejecta are compared with
what lies beside them in the same ring, never with the whole surroundings.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.coords import LonLat
from ejmap_geo.distance import basemap_distance_m
from ejmap_geo.errors import RasterError
from ejmap_geo.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.masks import PlacedMask, crop, pixel_area_m2
from ejmap_geo.reproject import covering_window


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RingProfile:
    """Means over rings about a crater, weighted by area on the sphere; NaN where there is nothing.

    Attributes:
        edges_m: Inner edge of each ring and the outer edge of the last, ``(ring + 1,)``.
        inside_m2: Area with data inside the mask, ``(ring,)``.
        outside_m2: Area with data outside the mask, ``(ring,)``.
        inside_mean: Mean of the bands inside the mask, ``(band, ring)``.
        outside_mean: Mean of the bands outside the mask, ``(band, ring)``.
    """

    edges_m: NDArray[np.float64]
    inside_m2: NDArray[np.float64]
    outside_m2: NDArray[np.float64]
    inside_mean: NDArray[np.float64]
    outside_mean: NDArray[np.float64]

    @property
    def ejecta_share(self) -> NDArray[np.float64]:
        """Share of the area with data that lies inside the mask, ``(ring,)``."""
        return _ratio(self.inside_m2, self.inside_m2 + self.outside_m2)

    @property
    def contrast(self) -> NDArray[np.float64]:
        """Mean inside minus outside at equal distance, ``(band,)``.

        Rings weigh by their area inside the mask; rings that lie wholly inside or outside have
        nothing to compare and do not count. NaN when no ring can be compared.
        """
        is_comparable = (self.inside_m2 > 0) & (self.outside_m2 > 0)
        difference = (self.inside_mean - self.outside_mean)[:, is_comparable]
        weight_m2 = self.inside_m2[is_comparable]
        return _ratio(difference @ weight_m2, np.full(len(difference), weight_m2.sum()))


def ring_profile(
    raster: NDArray[np.generic],
    *,
    basemap: BasemapGrid,
    center: LonLat,
    mask: PlacedMask,
    edges_m: NDArray[np.float64],
    nodata: float = 0,
) -> RingProfile:
    """Measure a raster inside and outside a mask, ring by ring.

    Args:
        raster: ``(band, rows, cols)`` on ``basemap``.
        basemap: Grid of ``raster``.
        center: Centre of the rings.
        mask: What counts as inside.
        edges_m: Edges of the rings, growing distances from the centre. Start at the rim to leave
            out the crater itself.
        nodata: A pixel whose bands all hold this value is left out.

    Raises:
        RasterError: If the edges do not grow.
    """
    if edges_m.size < 2 or edges_m[0] < 0 or (np.diff(edges_m) <= 0).any():
        raise RasterError(f"edges of rings must be growing distances, got {edges_m.tolist()}")
    reaching = AzimuthalGrid.reaching(
        basemap.body,
        center=center,
        resolution_m=basemap.resolution_m,
        reach_m=float(edges_m[-1]),
    )
    window = covering_window(reaching, basemap, reach_m=float(edges_m[-1]))
    distance_m = basemap_distance_m(basemap, window, origin=center)
    ring = np.searchsorted(edges_m, distance_m, side="right") - 1
    bands = crop(raster, window)
    used = (ring >= 0) & (ring < edges_m.size - 1) & (bands != nodata).any(axis=0)
    area_m2 = np.broadcast_to(pixel_area_m2(basemap, window)[:, None], window.shape)[used]
    # Rings outside the mask come first, then the same rings inside.
    rings = edges_m.size - 1
    part = ring[used] + rings * mask.within(window, basemap)[used]
    total_m2 = np.bincount(part, area_m2, 2 * rings).astype(np.float64)
    weighted = np.stack([np.bincount(part, area_m2 * band[used], 2 * rings) for band in bands])
    means = _ratio(weighted.astype(np.float64), np.broadcast_to(total_m2, weighted.shape))
    return RingProfile(
        edges_m=edges_m,
        inside_m2=total_m2[rings:],
        outside_m2=total_m2[:rings],
        inside_mean=means[:, rings:],
        outside_mean=means[:, :rings],
    )


def contrast_at_equal_distance(
    raster: NDArray[np.generic],
    *,
    basemap: BasemapGrid,
    center: LonLat,
    radius_m: float,
    mask: PlacedMask,
) -> NDArray[np.float64]:
    """Return how much brighter a mask is than what lies beside it, ``(band,)``.

    Rings start at the rim, are two basemap pixels wide and reach as far as the mask does. NaN for
    an empty mask.

    Args:
        raster: ``(band, rows, cols)`` on ``basemap``, 0 in all bands where there are no data.
        basemap: Grid of ``raster``.
        center: Centre of the crater.
        radius_m: Rim radius of the crater.
        mask: Mask of the crater's ejecta.
    """
    if mask.window is None:
        return np.full(len(raster), np.nan)
    distance_m = basemap_distance_m(basemap, mask.window, origin=center)
    farthest_m = max(float(distance_m[mask.mask].max()), radius_m)
    count = int((farthest_m - radius_m) // (2 * basemap.resolution_m)) + 1
    edges_m = radius_m + 2 * basemap.resolution_m * np.arange(count + 1, dtype=np.float64)
    profile = ring_profile(raster, basemap=basemap, center=center, mask=mask, edges_m=edges_m)
    return profile.contrast


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
