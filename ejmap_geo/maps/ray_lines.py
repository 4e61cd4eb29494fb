"""Rays as lines: great circles away from their crater, cut at the antimeridian and at poles."""

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod
from shapely import LineString, MultiLineString, get_parts, line_merge, union_all

from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.maps.outlines import on_one_turn

# Between two points a line is straight in degrees, a great circle is not.
STEP_DEG = 0.5
# Neighbouring points so far apart in longitude lie on both sides of a pole.
OVER_POLE_DEG = 90.0


def ray_line(
    center: LonLat, *, azimuth_deg: float, start_m: float, end_m: float, body: Body
) -> MultiLineString:
    """Return the great circle along a ray in degrees.

    Args:
        center: Centre of the crater.
        azimuth_deg: Azimuth at the centre, clockwise from north.
        start_m: Great-circle distance at which it begins.
        end_m: Distance at which it ends, less than half of the circumference.
        body: The planet.

    Returns:
        Lines between -180 and 180, cut at the antimeridian. A line over a pole ends there, and goes
        on from there at the opposite longitude.
    """
    step_m = np.radians(STEP_DEG) * body.radius_m
    distance_m = np.linspace(start_m, end_m, max(2, 1 + int(np.ceil((end_m - start_m) / step_m))))
    geod = Geod(a=body.radius_m, b=body.radius_m)
    lon, lat = np.full_like(distance_m, center.lon_deg), np.full_like(distance_m, center.lat_deg)
    lon_deg, lat_deg, _ = geod.fwd(lon, lat, np.full_like(lon, azimuth_deg), distance_m)
    points = np.stack([np.unwrap(lon_deg, period=360), lat_deg], axis=1)
    pieces = [on_one_turn(LineString(piece), start=-180, turn=360) for piece in _at_poles(points)]
    # A cut also splits a line where it touches an edge.
    merged = get_parts(line_merge(union_all(pieces))).tolist()
    return MultiLineString([part for part in merged if isinstance(part, LineString)])


def _at_poles(points: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Cut a line where it passes a pole, and lead both pieces to the pole."""
    jumps = np.flatnonzero(np.abs(np.diff(points[:, 0])) > OVER_POLE_DEG)
    pieces: list[NDArray[np.float64]] = []
    begin = 0
    for jump in jumps.tolist():
        before, after = points[jump], points[jump + 1]
        pole_deg = float(np.copysign(90, before[1]))
        pieces.append(np.vstack([points[begin : jump + 1], [before[0], pole_deg]]))
        points[jump] = after[0], pole_deg
        begin = jump
    pieces.append(points[begin:])
    return pieces
