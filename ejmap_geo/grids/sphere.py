"""Geometry on the unit sphere, compiled: azimuthal equidistant forward and inverse.

Formulas: Snyder, Map Projections: A Working Manual (USGS PP 1395, 1987), section 25, with
``atan2`` in place of arc functions that lose digits near 0 and pi. All angles are radians.
"""

import math

from numba import njit


@njit(cache=True, inline="always")
def destination(
    sin_lat0: float, cos_lat0: float, lon0: float, range_rad: float, sin_az: float, cos_az: float
) -> tuple[float, float]:
    """Return longitude and latitude of the point at a range and azimuth from an origin.

    Azimuth is clockwise from north. The longitude is not wrapped.
    """
    sin_c, cos_c = math.sin(range_rad), math.cos(range_rad)
    north = sin_c * cos_az
    east = sin_c * sin_az
    sin_lat = cos_c * sin_lat0 + north * cos_lat0
    towards = cos_c * cos_lat0 - north * sin_lat0
    lat = math.atan2(sin_lat, math.hypot(towards, east))
    return lon0 + math.atan2(east, towards), lat
