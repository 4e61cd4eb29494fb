"""Rims as pixels: circles, drawn shapes, and rims over a pole or the antimeridian."""

import math

import numpy as np
import pytest
from pyproj import Geod
from shapely import Polygon

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.masks.rim import circular_rim, drawn_rim

RESOLUTION_M = 500.0
RADIUS_M = 40_000.0


def _circle(center: LonLat) -> Polygon:
    azimuth = np.linspace(0, 360, 720, endpoint=False)
    ones = np.ones_like(azimuth)
    geod = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m)
    lon, lat, _ = geod.fwd(ones * center.lon_deg, ones * center.lat_deg, azimuth, ones * RADIUS_M)
    return Polygon(np.column_stack([lon, lat]))


def test_a_circular_rim_has_the_area_of_its_disc() -> None:
    """A rim covers pi r^2 pixels to a thousandth."""
    rim = circular_rim(MERCURY, radius_m=RADIUS_M, resolution_m=RESOLUTION_M)

    assert rim.sum() == pytest.approx(math.pi * (RADIUS_M / RESOLUTION_M) ** 2, rel=1e-3)


def test_a_drawn_circle_is_the_circle(center: LonLat) -> None:
    """A rim of 720 corners differs from the circle in less than a percent of its pixels."""
    circle = circular_rim(MERCURY, radius_m=RADIUS_M, resolution_m=RESOLUTION_M)

    drawn = drawn_rim(
        _circle(center),
        body=MERCURY,
        center=center,
        radius_m=RADIUS_M,
        resolution_m=RESOLUTION_M,
    )

    off = (drawn.shape[0] - circle.shape[0]) // 2
    inner = drawn[off : off + circle.shape[0], off : off + circle.shape[0]]
    assert np.count_nonzero(inner != circle) < 0.01 * circle.sum()
    assert drawn.sum() == inner.sum()
