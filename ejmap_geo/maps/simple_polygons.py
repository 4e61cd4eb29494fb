"""Polygons without holes, for programs that know no others."""

import numpy as np
from shapely import Polygon, box, get_parts


def without_holes(polygon: Polygon) -> list[Polygon]:
    """Cut a polygon along meridians through its holes until no part has one.

    Nothing is filled in: the parts have the area of the polygon.

    Args:
        polygon: A valid polygon.
    """
    if not polygon.interiors:
        return [polygon]
    west, south, east, north = polygon.bounds
    # Through the middle one of the holes, so that both sides have half of the others.
    x = float(np.median([Polygon(hole).representative_point().x for hole in polygon.interiors]))
    if not any(hole.bounds[0] < x < hole.bounds[2] for hole in polygon.interiors):
        x = Polygon(polygon.interiors[0]).representative_point().x
    sides = (box(west, south, x, north), box(x, south, east, north))
    parts = [part for side in sides for part in get_parts(polygon.intersection(side)).tolist()]
    return [simple for part in parts if isinstance(part, Polygon) for simple in without_holes(part)]
