"""Strips, blankets and boxes lie where geodesics say, with the areas of spherical geometry."""

import math

import numpy as np
import pytest
from pyproj import Geod

from ejmap_project.reference.drawing import Blanket, ClearBox, Ray
from ejmap_project.reference.sample_points import (
    MIN_HALF_WIDTH_DEG,
    blanket_cells,
    box_cells,
    direction,
    polar_of,
    strip_of,
)

# On a sphere of 180 / pi, a degree of arc is 1 long. The crater lies at the north pole, where an
# azimuth is a longitude: north of the crater is longitude 180, and clockwise is westwards.
SPHERE = Geod(a=180 / math.pi, b=180 / math.pi)


def _lon_lat(range_deg: float, azimuth_deg: float) -> tuple[float, float]:
    return 180 - azimuth_deg, 90 - range_deg


@pytest.mark.parametrize("half_width_deg", [0.05, 0.5])
@pytest.mark.parametrize(
    ("azimuth_deg", "range_deg"), [((20, 20), (3, 9)), ((350, 40), (8, 30)), ((10, 200), (60, 80))]
)
def test_a_strip_follows_the_great_circle(
    azimuth_deg: tuple[float, float], range_deg: tuple[float, float], half_width_deg: float
) -> None:
    """Its length is the geodesic's, its middle line lies on it, its edges beside it."""
    ray = Ray(
        azimuth_deg=azimuth_deg, range_deg=range_deg, half_width_deg=half_width_deg, confidence=3
    )
    begin, end = (_lon_lat(*one) for one in zip(range_deg, azimuth_deg, strict=True))
    forward_deg, _, length_deg = SPHERE.inv(*begin, *end)

    strip = strip_of(ray)

    pieces = strip.middle_deg.size
    assert strip.piece_deg <= 0.1
    assert pieces * strip.piece_deg == pytest.approx(length_deg)
    for piece in (0, pieces // 2, pieces - 1):
        at = SPHERE.fwd(*begin, forward_deg, (piece + 0.5) * strip.piece_deg)[:2]
        across = [
            SPHERE.inv(*at, *_lon_lat(*np.degrees([strip.range_rad[k, piece], azimuth])))[2]
            for k, azimuth in enumerate(strip.azimuth_rad[:, piece])
        ]
        half = max(half_width_deg, MIN_HALF_WIDTH_DEG)
        np.testing.assert_allclose(across, np.abs(np.linspace(-half, half, len(across))), atol=1e-7)
        assert np.diff(across).max() <= 0.1 + 1e-9
        assert strip.middle_deg[piece] == pytest.approx(90 - at[1])


def test_directions_and_polar_coordinates_are_inverse() -> None:
    """Also next to the centre and next to the antipode."""
    range_rad = np.array([1e-6, 0.3, 2.0, math.pi - 1e-6])
    azimuth_rad = np.array([-3.0, -0.1, 1.0, 3.0])

    back = polar_of(direction(range_rad, azimuth_rad))

    np.testing.assert_allclose(back[0], range_rad, rtol=1e-9)
    np.testing.assert_allclose(back[1], azimuth_rad, rtol=1e-9)


@pytest.mark.parametrize(
    ("azimuth_deg", "range_deg"), [((0, 360), (0, 180)), ((350, 370), (3, 60)), ((5, 6), (80, 140))]
)
def test_the_cells_of_a_box_have_its_solid_angle(
    azimuth_deg: tuple[float, float], range_deg: tuple[float, float]
) -> None:
    """A sector of width w between ranges a and b has w (cos a - cos b); the sphere 4 pi."""
    near, far = np.radians(range_deg)
    width = math.radians(azimuth_deg[1] - azimuth_deg[0])

    cells = box_cells(ClearBox(azimuth_deg=azimuth_deg, range_deg=range_deg))

    assert cells.area_sr.sum() == pytest.approx(width * (math.cos(near) - math.cos(far)))
    assert cells.range_rad.shape == cells.azimuth_rad.shape == cells.area_sr.shape
    assert np.degrees(np.diff(cells.range_rad, axis=0)).max() <= 4.5


def test_the_cells_of_a_blanket_are_a_zone_outside_of_the_rim() -> None:
    """What was drawn inside of the rim counts for nothing."""
    blanket = Blanket(
        azimuth_deg=np.array([0.0, 120, 240]),
        inner_deg=np.full(3, 1.0),
        outer_deg=np.full(3, 12.0),
    )

    cells = blanket_cells(blanket, rim_rad=math.radians(2))

    zone = 2 * math.pi * (math.cos(math.radians(2)) - math.cos(math.radians(12)))
    assert cells.area_sr.sum() == pytest.approx(zone)
    assert np.degrees(cells.range_rad).min() > 2
