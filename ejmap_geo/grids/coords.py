"""Pairs of coordinates that cannot be swapped by accident."""

import math
from typing import NamedTuple

from ejmap_geo.errors import GridError


class LonLat(NamedTuple):
    """A surface point in degrees: east-positive longitude first, planetocentric latitude second."""

    lon_deg: float
    lat_deg: float


class RowCol(NamedTuple):
    """A raster position in pixels; fractions count from the upper left edge of pixel (0, 0)."""

    row: float
    col: float


def normalize_lon(lon_deg: float) -> float:
    """Return the same meridian in the half-open interval [-180, 180)."""
    # A longitude that is in range stays exactly as it is; the modulo would disturb its last digits.
    if -180.0 <= lon_deg < 180.0:
        return lon_deg
    wrapped_deg = (lon_deg + 180.0) % 360.0 - 180.0
    # A hair west of -180 the modulo rounds up to 360 itself.
    return -180.0 if wrapped_deg >= 180.0 else wrapped_deg


def checked(point: LonLat) -> LonLat:
    """Return ``point`` with its longitude in [-180, 180).

    Raises:
        GridError: If a value is not finite or the latitude is outside [-90, 90].
    """
    if not (math.isfinite(point.lon_deg) and math.isfinite(point.lat_deg)):
        raise GridError(f"surface point must be finite degrees, got {tuple(point)}")
    if abs(point.lat_deg) > 90:
        raise GridError(f"latitude must lie in [-90, 90] degrees, got {point.lat_deg}")
    return LonLat(normalize_lon(point.lon_deg), point.lat_deg)
