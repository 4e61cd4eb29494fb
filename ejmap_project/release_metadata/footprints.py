"""Footprints in longitude and latitude, as GeoJSON wants them: cut at the antimeridian."""

import math
from collections.abc import Sequence
from typing import Any

Footprint = dict[str, Any]
WORLD = (-180.0, -90.0, 180.0, 90.0)


def footprint(west: float, south: float, east: float, north: float) -> Footprint:
    """Return ``geometry`` and ``bbox`` of a rectangle of longitudes and latitudes.

    Args:
        west: Its western edge in degrees, any turn round the body.
        south: Its southern edge in degrees.
        east: Its eastern edge, at least ``west``; 360 or more beyond it is all longitudes.
        north: Its northern edge.

    Returns:
        A Polygon, or a MultiPolygon of two where it crosses the antimeridian; the box then has its
        west east of its east (RFC 7946, 3.1.9 and 5.2).
    """
    south, north = max(south, -90.0), min(north, 90.0)
    if east - west >= 360:
        return _as_geojson([(-180.0, south, 180.0, north)])
    turns = 360 * math.floor((west + 180) / 360)
    west, east = west - turns, east - turns
    if east <= 180:
        return _as_geojson([(west, south, east, north)])
    return _as_geojson([(west, south, 180.0, north), (-180.0, south, east - 360, north)])


def _as_geojson(boxes: Sequence[tuple[float, float, float, float]]) -> Footprint:
    rings = [[_ring(*box)] for box in boxes]
    geometry = (
        {"type": "Polygon", "coordinates": rings[0]}
        if len(rings) == 1
        else {"type": "MultiPolygon", "coordinates": rings}
    )
    first, last = boxes[0], boxes[-1]
    return {"geometry": geometry, "bbox": [first[0], first[1], last[2], last[3]]}


def _ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    """Return the corners, anticlockwise and closed."""
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]
