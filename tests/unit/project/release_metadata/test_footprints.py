"""Footprints as GeoJSON: areas and corners stay, nothing crosses the antimeridian."""

import pytest
from shapely.geometry import shape

from ejmap_project.release_metadata.footprints import footprint


@pytest.mark.parametrize(
    ("west", "south", "east", "north", "bbox"),
    [
        pytest.param(-30, -10, 20, 40, [-30, -10, 20, 40], id="plain"),
        pytest.param(170, -10, 200, 40, [170, -10, -160, 40], id="across the antimeridian"),
        pytest.param(190, -10, 200, 40, [-170, -10, -160, 40], id="beyond the antimeridian"),
        pytest.param(-200, -10, -170, 40, [160, -10, -170, 40], id="from the west"),
        pytest.param(150, -10, 180, 40, [150, -10, 180, 40], id="up to the antimeridian"),
        pytest.param(100, 50, 460, 90, [-180, 50, 180, 90], id="round a pole"),
        pytest.param(0, -90.01, 10, 90.01, [0, -90, 10, 90], id="rounded beyond the poles"),
    ],
)
def test_a_footprint_keeps_its_area_and_is_cut_at_the_antimeridian(
    west: float, south: float, east: float, north: float, bbox: list[float]
) -> None:
    """Shapely measures it in square degrees."""
    found = footprint(west, south, east, north)
    drawn = shape(found["geometry"])

    assert drawn.is_valid
    assert drawn.area == pytest.approx(min(east - west, 360) * (min(north, 90) - max(south, -90)))
    assert drawn.bounds[0] >= -180
    assert drawn.bounds[2] <= 180
    assert found["bbox"] == bbox


def test_rings_run_anticlockwise() -> None:
    """As RFC 7946 asks of outer rings."""
    parts = shape(footprint(170, -10, 200, 40)["geometry"]).geoms

    assert [part.exterior.is_ccw for part in parts] == [True, True]
