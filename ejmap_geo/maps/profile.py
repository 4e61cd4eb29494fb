"""Profiles: ejecta share and brightness by distance from a crater.

Terrain gets darker or brighter with distance for many reasons, so ejecta are compared with
what lies beside them in the same ring, never with the whole surroundings.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.distance import haversine_parts
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask, pixel_area_m2
from ejmap_geo.masks.reach import farthest_on_basemap_m
from ejmap_geo.resampling.overlaps import in_pieces
from ejmap_geo.resampling.reproject import covering_window
from ejmap_geo.resampling.ring_runs import Rings, add_rings
from ejmap_geo.resampling.strips import kernel_input

# Sums are made in so many blocks of rows whatever the number of threads, so that the order of
# additions, and with it the last digit, is the same on every machine.
SUMMED_BLOCKS = 64


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
        RasterError: If the edges do not grow, or the raster does not have the shape of its grid.
    """
    if raster.ndim != 3 or raster.shape[1:] != basemap.shape:
        rows, cols = basemap.shape
        raise RasterError(f"raster must be (band, {rows}, {cols}), got {raster.shape}")
    if edges_m.size < 2 or edges_m[0] < 0 or (np.diff(edges_m) <= 0).any():
        raise RasterError(f"edges of rings must be growing distances, got {edges_m.tolist()}")
    reaching = AzimuthalGrid.reaching(
        basemap.body,
        center=center,
        resolution_m=basemap.resolution_m,
        reach_m=float(edges_m[-1]),
    )
    window = covering_window(reaching, basemap, reach_m=float(edges_m[-1]))
    rings = _rings_in(basemap, window, center=center, edges_m=edges_m)
    inside = mask.within(window, basemap)
    sums = _ring_sums(kernel_input(raster), inside, rings, window=window, nodata=nodata)
    # Rings outside the mask come first, then the same rings inside.
    count = edges_m.size - 1
    means = _ratio(sums[1:], np.broadcast_to(sums[0], sums[1:].shape))
    return RingProfile(
        edges_m=edges_m,
        inside_m2=sums[0, count:],
        outside_m2=sums[0, :count],
        inside_mean=means[:, count:],
        outside_mean=means[:, :count],
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
    farthest_m = max(farthest_on_basemap_m(mask, basemap=basemap, origin=center), radius_m)
    count = int((farthest_m - radius_m) // (2 * basemap.resolution_m)) + 1
    edges_m = radius_m + 2 * basemap.resolution_m * np.arange(count + 1, dtype=np.float64)
    profile = ring_profile(raster, basemap=basemap, center=center, mask=mask, edges_m=edges_m)
    return profile.contrast


def _rings_in(
    basemap: BasemapGrid, window: Window, *, center: LonLat, edges_m: NDArray[np.float64]
) -> Rings:
    halves = edges_m / (2 * basemap.body.radius_m)
    # No pixel lies beyond the antipode; edges there only have to keep growing.
    chords = np.where(halves < np.pi / 2, np.sin(halves) ** 2, 1 + halves)
    parts = haversine_parts(basemap, window, origin=center)
    return Rings(chords, *parts, pixel_area_m2(basemap, window))


def _ring_sums(
    raster: NDArray[np.generic],
    inside: NDArray[np.bool_],
    rings: Rings,
    *,
    window: Window,
    nodata: float,
) -> NDArray[np.float64]:
    """Return areas, and areas times bands, by ring: ``(1 + band, 2 * ring)``, outside first."""
    step = -(-window.height // SUMMED_BLOCKS)
    shape = (SUMMED_BLOCKS, 1 + raster.shape[0], 2 * (rings.chords.size - 1))
    sums = np.zeros(shape)
    is_whole = np.issubdtype(raster.dtype, np.integer)
    zero = np.zeros(1, np.int64 if is_whole else np.float64)
    in_pieces(
        lambda piece, rows: add_rings(
            sums, raster, inside, rings, (piece, nodata, step, zero), rows
        ),
        window,
        width_px=raster.shape[2],
        step=step,
    )
    return sums.sum(axis=0)


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
