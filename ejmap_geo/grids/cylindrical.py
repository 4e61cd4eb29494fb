"""Maps on which longitude grows along x and latitude along y, whatever their CRS calls them."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from ejmap_geo.errors import CrsError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.crs import require_body

# Places across the map at which PROJ is asked; fewer than 180 degrees lie between two of them.
SAMPLES = 17
# Beside the pixels of any map this is rounding.
STRAIGHT_WITHIN = 1e-6
# Directions of x and y that GDAL reads in this order, and the one that it swaps.
XY_AXES = frozenset((x, y) for x in ("east", "west") for y in ("north", "south"))
YX_AXES = frozenset({("north", "east")})
DEGREE_RAD = np.pi / 180


class MapEdges(NamedTuple):
    """Longitude and latitude of the four edges; longitude is counted on without a jump at 180.

    Attributes:
        left_deg: Longitude of the left edge, degrees east.
        right_deg: Longitude of the right edge; less than that of the left if x grows to the west.
        top_deg: Latitude of the upper edge, degrees north.
        bottom_deg: Latitude of the lower edge.
    """

    left_deg: float
    right_deg: float
    top_deg: float
    bottom_deg: float


def map_edges(
    crs: CRS,
    *,
    body: Body,
    x: tuple[float, float],
    y: tuple[float, float],
    what: str,
) -> MapEdges:
    """Return where the edges of a cylindrical map lie on the planet.

    PROJ computes the places, so that units, prime meridian, central meridian, origin, standard
    parallel, false easting and the direction of the axes count as the CRS states them.

    Args:
        crs: CRS of the map, projected or geographic; bound and compound ones are taken apart.
        body: The planet that it must be of.
        x: First coordinate at the left and at the right edge.
        y: Second coordinate at the upper and at the lower edge.
        what: The map in words, for messages.

    Raises:
        CrsError: If the CRS is missing or another planet's, if PROJ cannot compute with it, if its
            axes cannot be read, or if meridians and parallels are not straight, parallel and
            evenly spaced.
    """
    crs = require_body(crs, body, what=what)
    _require_axes(crs, what=what)
    _require_units(crs, x, y, what=what)
    inside = np.linspace(0.01, 0.99, SAMPLES)
    xs, ys = x[0] + (x[1] - x[0]) * inside, y[0] + (y[1] - y[0]) * inside
    try:
        to_degrees = _to_degrees(crs.to_wkt(), body.radius_m)
    except ProjError as error:
        raise CrsError(
            f"{what} has a CRS that PROJ cannot compute with ({' '.join(str(error).split())}); "
            "state it anew (gdal_edit.py -a_srs)"
        ) from error
    lon_deg, lat_deg = to_degrees.transform(*np.meshgrid(xs, ys))
    lon_deg, lat_deg = np.asarray(lon_deg), np.asarray(lat_deg)
    is_straight = np.isfinite(lon_deg).all() and np.isfinite(lat_deg).all()
    if is_straight:
        lon_deg = np.unwrap(lon_deg, period=360, axis=1)
        lon_deg -= 360 * np.round((lon_deg[:, :1] - lon_deg[0, 0]) / 360)
        is_straight = _is_line(lon_deg) and _is_line(lat_deg.T)
    if not is_straight:
        operation = crs.coordinate_operation
        found = crs.name if operation is None else operation.method_name
        raise CrsError(
            f"{what} is in projection {found!r}, not simple cylindrical; reproject it, for example "
            f'gdalwarp -t_srs "+proj=eqc +R={body.radius_m:.0f} +units=m"'
        )
    left_deg, right_deg = _ends(lon_deg[0])
    # The middle lies in (-180, 180].
    turns_deg = 360 * math.ceil((left_deg + right_deg - 360) / 720 - 1e-9)
    return MapEdges(left_deg - turns_deg, right_deg - turns_deg, *_ends(lat_deg[:, 0]))


@lru_cache(maxsize=64)
def _to_degrees(wkt: str, radius_m: float) -> Transformer:
    plain = CRS.from_dict({"proj": "longlat", "R": radius_m, "no_defs": True})
    return Transformer.from_crs(CRS.from_wkt(wkt), plain, always_xy=True)


def _require_axes(crs: CRS, *, what: str) -> None:
    directions = tuple(axis.direction.lower() for axis in crs.axis_info[:2])
    # On maps of a pole both point to it; what is wrong with these is the projection.
    if len(set(directions)) > 1 and directions not in XY_AXES | YX_AXES:
        raise CrsError(
            f"{what} has axes that point {' and then '.join(directions)} ({crs.name}), which "
            "programs read in different ways; state a CRS whose axes point east and north "
            "(gdal_edit.py -a_srs)"
        )


def _require_units(crs: CRS, x: tuple[float, float], y: tuple[float, float], *, what: str) -> None:
    unit = crs.axis_info[0].unit_conversion_factor
    largest = max(map(abs, (*x, *y)))
    if crs.is_geographic:
        if largest * unit > 3 * 360 * DEGREE_RAD:
            raise CrsError(
                f"{what} has coordinates up to {largest:.0f}, which are no degrees, but its CRS "
                f"({crs.name}) is in degrees; state the projected CRS that they are in "
                "(gdal_edit.py -a_srs)"
            )
    elif 90 <= largest <= 3 * 360 and largest * unit < 1e5 and abs(y[0] - y[1]) <= 181:
        raise CrsError(
            f"{what} has coordinates up to {largest:.1f}, which look like degrees, but its CRS "
            f"({crs.name}) is in {crs.axis_info[0].unit_name}s; state the CRS in degrees that they "
            "are in (gdal_edit.py -a_srs)"
        )


def _is_line(values: NDArray[np.float64]) -> bool:
    """Return whether all rows are the same, and evenly spaced."""
    first, last = values[0, 0], values[0, -1]
    expected = np.linspace(first, last, SAMPLES)
    return bool(np.abs(values - expected).max() <= STRAIGHT_WITHIN * abs(last - first))


def _ends(inside_deg: NDArray[np.float64]) -> tuple[float, float]:
    """Return the values at the edges of what was sampled from 0.01 to 0.99 of the way."""
    beyond = float(inside_deg[-1] - inside_deg[0]) * 0.01 / 0.98
    return float(inside_deg[0]) - beyond, float(inside_deg[-1]) + beyond
