"""Windows and unit vectors of the synthetic planet."""

import numpy as np
import pytest
from pyproj import Geod

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.synthetic.directions import (
    Directions,
    cap_window,
    directions,
    place_from,
    unit_vector,
)

BASEMAP = BasemapGrid(body=MERCURY, width_px=128)


def _vectors(at: Directions) -> np.ndarray:
    x = np.outer(at.cos_lat, at.cos_lon)
    y = np.outer(at.cos_lat, at.sin_lon)
    return np.stack([x, y, np.repeat(at.sin_lat[:, None], at.sin_lon.size, axis=1)], axis=-1)


def test_the_middle_of_the_basemap_looks_along_the_prime_meridian() -> None:
    """Four pixels touch longitude 0, latitude 0; half a pixel is 180/128 degrees."""
    vectors = _vectors(directions(BASEMAP, Window.whole(BASEMAP.shape)))

    corner = vectors[31:33, 63:65].reshape(4, 3)

    half_pixel = np.radians(180 / 128)
    np.testing.assert_allclose(corner[:, 0], np.cos(half_pixel) ** 2)
    np.testing.assert_allclose(corner.mean(0)[1:], 0, atol=1e-12)


@pytest.mark.parametrize(
    "center",
    [
        pytest.param(LonLat(20, 10), id="anywhere"),
        pytest.param(LonLat(179, -35), id="on-the-antimeridian"),
        pytest.param(LonLat(-60, 85), id="over-the-north-pole"),
        pytest.param(LonLat(5, -89), id="over-the-south-pole"),
    ],
)
@pytest.mark.parametrize("radius_rad", [0.1, 0.5, 1.9])
def test_a_cap_lies_inside_its_window(center: LonLat, radius_rad: float) -> None:
    """No pixel of the cap, found by dot products over the whole planet, is left out."""
    vectors = _vectors(directions(BASEMAP, Window.whole(BASEMAP.shape)))
    in_cap = vectors @ unit_vector(center) >= np.cos(radius_rad)

    window = cap_window(BASEMAP, center=center, radius_rad=radius_rad)

    held = np.zeros(BASEMAP.shape, bool)
    held[window.row : window.row + window.height, window.columns(128)] = True
    assert in_cap.any()
    assert not (in_cap & ~held).any()


@pytest.mark.parametrize("azimuth_deg", [0.0, 37.0, 180.0, 291.0])
def test_a_place_lies_at_its_range_and_azimuth(azimuth_deg: float) -> None:
    """By pyproj's geodesics on the sphere; across the antimeridian too."""
    sphere = Geod(a=1.0, b=1.0)

    found = place_from(LonLat(170, -35), 0.6, np.radians(azimuth_deg))

    lon, lat, _ = sphere.fwd(170, -35, azimuth_deg, 0.6)
    assert abs((found.lon_deg - lon + 180) % 360 - 180) < 1e-9
    assert abs(found.lat_deg - lat) < 1e-9
