"""Outlines of the page: how far from those of the map, and what is left out."""

import geopandas as gpd
import numpy as np
import pytest
from shapely import MultiPolygon, Point, Polygon, box, hausdorff_distance

from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.map_page.page_outlines import PageOutlines, page_outlines

FINE = BasemapGrid(body=MERCURY, width_px=16384)
PAGE = BasemapGrid(body=MERCURY, width_px=2048)
PIXEL_DEG = 360 / 2048


def _unpacked(outlines: PageOutlines, crater_id: int) -> MultiPolygon:
    polygons = []
    for rings in outlines.polygons[crater_id]:
        drawn = [np.cumsum(np.reshape(ring, (-1, 2)), axis=0) * outlines.unit_deg for ring in rings]
        polygons.append(Polygon(drawn[0], drawn[1:]))
    return MultiPolygon(polygons)


def _pack(*drawn: Polygon, mosaic: BasemapGrid = FINE) -> PageOutlines:
    table = gpd.GeoDataFrame({"crater_id": [7]}, geometry=[MultiPolygon(drawn)], crs=4326)
    return page_outlines(table, mosaic=mosaic, grid=PAGE)


def test_a_coarser_outline_keeps_to_its_tolerance() -> None:
    """A wiggling ring: within the stated metres, of nearly the same area, with its hole."""
    turn = np.linspace(0, 2 * np.pi, 4000, endpoint=False)
    reach = 8 + 0.05 * np.sin(40 * turn)
    ring = np.stack([20 + reach * np.cos(turn), 10 + reach * np.sin(turn)], axis=1)
    drawn = Polygon(ring, [np.asarray(Point(20, 10).buffer(2).exterior.coords)])

    outlines = _pack(drawn)

    found = _unpacked(outlines, 7)
    m_per_deg = 2 * np.pi * MERCURY.radius_m / 360
    assert hausdorff_distance(drawn.boundary, found.boundary) * m_per_deg <= outlines.tolerance_m
    assert outlines.tolerance_m == pytest.approx(1.5 * PIXEL_DEG * m_per_deg)
    assert found.area == pytest.approx(drawn.area, rel=0.01)
    assert len(found.geoms[0].interiors) == 1
    assert sum(len(ring) for ring in outlines.polygons[7][0]) < 1000


def test_parts_below_a_pixel_are_left_out_of_a_coarser_outline() -> None:
    """One part of a tenth of the least area, one of ten times."""
    least = (0.75 * PIXEL_DEG) ** 2
    side, large = np.sqrt(least / 10), np.sqrt(10 * least)

    outlines = _pack(box(5, 5, 5 + side, 5 + side), box(9, 9, 9 + large, 9 + large))

    found = _unpacked(outlines, 7)
    assert len(found.geoms) == 1
    assert found.area == pytest.approx(10 * least, rel=0.2)
    assert outlines.least_km2 == pytest.approx(
        least * (2 * np.pi * MERCURY.radius_m / 360 / 1000) ** 2
    )


def test_outlines_on_the_same_grid_stay_as_they_are() -> None:
    """To an eighth of a pixel; the antimeridian and the pole stay where they are."""
    drawn = box(170, 80, 180, 90)

    outlines = _pack(drawn, mosaic=PAGE)

    found = _unpacked(outlines, 7)
    assert outlines.least_km2 == 0
    assert found.bounds[2:] == (180, 90)
    assert hausdorff_distance(drawn, found) < PIXEL_DEG / 8
