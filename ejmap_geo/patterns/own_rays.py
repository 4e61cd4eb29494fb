"""Rays beside those of other craters: as far as no other crater is more probable."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat

# Points along a ray, and lines beside each other, in shares of the azimuths that it fills.
ALONG, ACROSS = 64, (-0.3, 0.0, 0.3)

Floats = NDArray[np.float64]
# Whether points, longitudes and latitudes in degrees, hold ejecta of the crater that no other one
# claims with a higher probability.
IsOwn = Callable[[Floats, Floats], NDArray[np.bool_]]


class RaySpan(NamedTuple):
    """Where a ray lies.

    Attributes:
        azimuth_deg: Azimuth of its middle, clockwise from north.
        spread_deg: Sum of the azimuths that it fills.
        start_m: Distance at which it begins.
        end_m: Distance at which it ends.
    """

    azimuth_deg: float
    spread_deg: float
    start_m: float
    end_m: float


def own_end_m(ray: RaySpan, is_own: IsOwn, *, center: LonLat, body: Body) -> float:
    """Return the distance at which the last part of a ray ends that is the crater's own.

    Rays of neighbours lengthen those of a crater that lie in line with them. Points along three
    great circles are asked; what lies between two of them is as the outer one.

    Args:
        ray: The ray.
        is_own: Tells which points are the crater's own.
        center: Centre of the crater.
        body: The planet.

    Returns:
        Metres from the centre; NaN if no part is its own.
    """
    edges_m = np.linspace(ray.start_m, ray.end_m, ALONG + 1)
    distance_m = (edges_m[1:] + edges_m[:-1]) / 2
    azimuth_deg = ray.azimuth_deg + ray.spread_deg * np.array(ACROSS)
    azimuths, distances = (one.ravel() for one in np.meshgrid(azimuth_deg, distance_m))
    lon, lat = (np.full(azimuths.size, degrees) for degrees in center)
    geod = Geod(a=body.radius_m, b=body.radius_m)
    lon_deg, lat_deg, _ = geod.fwd(lon, lat, azimuths, distances)
    own = is_own(np.asarray(lon_deg, np.float64), np.asarray(lat_deg, np.float64))
    found = np.flatnonzero(own.reshape(ALONG, len(ACROSS)).any(axis=1))
    return float(edges_m[found[-1] + 1]) if found.size else math.nan
