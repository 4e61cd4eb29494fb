"""Polygons without holes: the same ground, in parts that other programs read."""

import pytest
from shapely import MultiPolygon, Point, Polygon, box, union_all

from ejmap_geo.maps.simple_polygons import without_holes

HOLES = [Point(x, y).buffer(0.5) for x in (-2, 0, 0.2, 3) for y in (-2, 0.4, 2.5)]


def test_no_part_has_a_hole_and_nothing_is_filled_in() -> None:
    """Twelve holes, some above each other: the parts touch, and have the area of the polygon."""
    polygon = box(-4, -4, 4, 4).difference(union_all(HOLES))
    assert isinstance(polygon, Polygon)

    parts = without_holes(polygon)

    assert all(not part.interiors and part.is_valid for part in parts)
    assert sum(part.area for part in parts) == pytest.approx(polygon.area)
    assert union_all(parts).symmetric_difference(polygon).area == pytest.approx(0, abs=1e-9)


def test_an_island_in_a_hole_stays() -> None:
    """A ring around another one, each cut by itself."""
    rings = MultiPolygon(
        [
            Polygon(Point(0, 0).buffer(r).exterior, [Point(0, 0).buffer(r / 2).exterior])
            for r in (8, 2)
        ]
    )

    parts = [part for ring in rings.geoms for part in without_holes(ring)]

    assert sum(part.area for part in parts) == pytest.approx(rings.area)
    assert len(parts) == 4


def test_a_polygon_without_holes_is_left_alone() -> None:
    """Not even its vertices change."""
    square = box(0, 0, 1, 1)

    assert without_holes(square) == [square]
