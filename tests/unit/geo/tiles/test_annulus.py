"""Annulus means against geometry."""

import numpy as np
import pytest
from pyproj import Geod
from shapely import Polygon

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.rim import rim_ring
from ejmap_geo.tiles.annulus import annulus_mean

BASEMAP = BasemapGrid(body=MERCURY, width_px=720)
RADIUS_M = 100_000.0


def ring_raster(center: LonLat, inner_m: float, outer_m: float) -> np.ndarray:
    """Return 2 bands that are (50, 200) between two distances from a point and 9 elsewhere."""
    rows, cols = np.mgrid[:360, :720] + 0.5
    lon_deg, lat_deg = cols / 2 - 180, 90 - rows / 2
    geod = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
    origin = np.full_like(lon_deg, center.lon_deg), np.full_like(lat_deg, center.lat_deg)
    _, _, distance_m = geod.inv(*origin, lon_deg, lat_deg)
    in_ring = (distance_m >= inner_m) & (distance_m < outer_m)
    return np.where(in_ring, np.array([50, 200])[:, None, None], 9).astype(np.uint8)


def test_the_mean_is_that_of_the_ring(center: LonLat) -> None:
    """A ring a pixel wider than 2 to 5 radii fills the sample, at poles and antimeridian too."""
    pixel_m = BASEMAP.resolution_m
    raster = ring_raster(center, 2 * RADIUS_M - pixel_m, 5 * RADIUS_M + pixel_m)

    mean = annulus_mean(raster, basemap=BASEMAP, center=center, radius_m=RADIUS_M)

    np.testing.assert_array_equal(mean, [50, 200])


def test_pixels_without_data_do_not_count() -> None:
    """Half of the ring has no data: the mean stays; a 0 in one band only is a value."""
    center = LonLat(0, 0)
    raster = ring_raster(center, 0, 6 * RADIUS_M)
    raster[:, :, 360:] = 0
    raster[0, :, :360] = 0

    mean = annulus_mean(raster, basemap=BASEMAP, center=center, radius_m=RADIUS_M)

    np.testing.assert_array_equal(mean, [0, 200])


def test_a_ring_narrower_than_a_pixel_is_still_sampled() -> None:
    """A crater of 1 km on pixels of 21 km lies in one pixel, whose value it gets."""
    raster = np.zeros((1, 360, 720), np.uint8)
    raster[0, 180, 360] = 77

    mean = annulus_mean(raster, basemap=BASEMAP, center=LonLat(0.25, -0.25), radius_m=1000.0)

    np.testing.assert_array_equal(mean, [77])


def test_a_ring_without_data_is_refused() -> None:
    """A mean of nothing would be passed on to the network as a number."""
    raster = np.zeros((3, *BASEMAP.shape), np.uint8)

    with pytest.raises(RasterError, match=r"no data between 2\.0 and 5\.0 radii"):
        annulus_mean(raster, basemap=BASEMAP, center=LonLat(0, 0), radius_m=RADIUS_M)


def test_radii_in_the_wrong_order_are_refused() -> None:
    """Inner first."""
    raster = np.ones((3, *BASEMAP.shape), np.uint8)

    with pytest.raises(RasterError, match="inner < outer"):
        annulus_mean(raster, basemap=BASEMAP, center=LonLat(0, 0), radius_m=RADIUS_M, radii=(5, 2))


def _polygon(center: LonLat, corner_m: dict[float, float]) -> Polygon:
    """Return a polygon of corners at azimuths and distances from a point, in degrees."""
    geod = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
    azimuth = np.array(list(corner_m))
    ones = np.ones_like(azimuth)
    lon, lat, _ = geod.fwd(
        ones * center.lon_deg, ones * center.lat_deg, azimuth, np.array(list(corner_m.values()))
    )
    return Polygon(np.column_stack([lon, lat]))


def test_buffers_of_a_circular_rim_are_circles(center: LonLat) -> None:
    """The same ring as by circles, but for pixels on its edges."""
    rim = _polygon(center, dict.fromkeys(np.linspace(0, 360, 360, endpoint=False), RADIUS_M))
    rng = np.random.default_rng(0)
    raster = rng.integers(1, 255, (2, 360, 720), np.uint8)

    by_rim = annulus_mean(raster, basemap=BASEMAP, center=center, radius_m=RADIUS_M, rim=rim)

    by_circles = annulus_mean(raster, basemap=BASEMAP, center=center, radius_m=RADIUS_M)
    np.testing.assert_allclose(by_rim, by_circles, rtol=0.02)


def test_the_ring_follows_a_rim_that_is_no_circle() -> None:
    """A rim of half side R east and west and 2 R north and south: its buffer of 1 R.

    By area: a rectangle of sides a and b grows by d to a b + 2 d (a + b) + pi d^2.
    """
    center, d = LonLat(0, 0), RADIUS_M
    corner = (float(np.hypot(1, 2)) * RADIUS_M, float(np.degrees(np.arctan2(1, 2))))
    rim = _polygon(
        center, dict.fromkeys((corner[1], 180 - corner[1], 180 + corner[1], -corner[1]), corner[0])
    )

    ring = rim_ring(rim, body=MERCURY, center=center, radius_m=RADIUS_M, radii=(1, 2))

    a, b = 2 * RADIUS_M, 4 * RADIUS_M
    assert ring.area == pytest.approx(2 * d * (a + b) + np.pi * d**2, rel=1e-3)
    reach_m = float(np.abs(ring.bounds).max())
    assert reach_m == pytest.approx(3 * RADIUS_M, rel=1e-6)
