"""Where the geometries of a table lie: their CRS, honoured in all its parts or refused."""

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import ProjError

from ejmap_geo.errors import CrsError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.crs import geographic_crs, require_body

# No crater lies nearer to another one than this, but degrees taken for metres do.
LARGEST_DEGREES = 360.0
LARGEST_LATITUDE_DEG = 90.0
# Beyond this a latitude is wrong, and not rounded.
ROUNDING_DEG = 1e-6
# Orders of axes that PROJ brings to "x to the east, y to the north"; both point to a pole on maps
# of it, where their order is kept.
PROJECTED_AXES = frozenset(
    {("east", "north"), ("north", "east"), ("north", "north"), ("south", "south")}
)


def in_degrees(
    table: gpd.GeoDataFrame, *, body: Body, what: str, is_of_default_crs: bool = False
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Return a table with its geometries in longitude and latitude of a body, without heights.

    The prime meridian, the direction and the unit of the axes, and what wraps a CRS (heights, a
    transformation to another datum) are taken into account.

    Args:
        table: Geometries with a CRS; x comes first, as in all GIS formats.
        body: The planet.
        what: The table in words, for messages.
        is_of_default_crs: Whether the CRS is only the default of the format, which says nothing of
            the planet: its degrees are taken as they are.

    Returns:
        The table in the CRS of the body, and a sentence for each thing that was assumed.

    Raises:
        CrsError: If the CRS is missing, another planet's or cannot be brought to degrees, or the
            coordinates cannot be in it.
    """
    flat = table.set_geometry(
        gpd.GeoSeries(shapely.force_2d(table.geometry.to_numpy()), crs=table.crs)
    )
    target = geographic_crs(body)
    if is_of_default_crs:
        _require_degrees(flat, what)
        note = (
            f"{what} does not state its planet; its degrees were taken as planetocentric on "
            f"{body.name}, east-positive"
        )
        return flat.set_crs(target, allow_override=True), [note]
    crs = require_body(flat.crs, body, what=what)
    if crs.is_geographic and "Derived" not in crs.type_name:
        degrees = _from_angles(flat, crs, target)
    else:
        degrees = _from_map(flat, crs, target, what)
    return degrees, []


def _from_angles(table: gpd.GeoDataFrame, crs: CRS, target: CRS) -> gpd.GeoDataFrame:
    # PROJ swaps axes only in orders that it knows, so longitudes to the west would stay second.
    axes = {axis.direction: np.degrees(axis.unit_conversion_factor) for axis in crs.axis_info}
    lon_factor = axes.get("east") or -axes.get("west", np.nan)
    lat_factor = axes.get("north") or -axes.get("south", np.nan)
    meridian = crs.prime_meridian
    meridian_deg = (
        0.0
        if meridian is None
        else meridian.longitude * np.degrees(meridian.unit_conversion_factor)
    )

    def turned(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([xy[:, 0] * lon_factor + meridian_deg, xy[:, 1] * lat_factor])

    if (lon_factor, lat_factor, meridian_deg) == (1.0, 1.0, 0.0):
        return table.set_crs(target, allow_override=True)
    moved = shapely.transform(table.geometry.to_numpy(), turned)
    return table.set_geometry(gpd.GeoSeries(moved, crs=target))


def _from_map(table: gpd.GeoDataFrame, crs: CRS, target: CRS, what: str) -> gpd.GeoDataFrame:
    directions = tuple(axis.direction.lower() for axis in crs.axis_info)
    if crs.is_geocentric or (crs.is_projected and directions not in PROJECTED_AXES):
        raise CrsError(
            f"{what} is in {crs.name}, whose axes point {' and '.join(directions)}; reproject it "
            f"to longitude and latitude (ogr2ogr -t_srs {target.to_authority() or target.name})"
        )
    bounds = table.total_bounds
    spread = max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    if crs.is_projected and spread > 0 and np.abs(bounds).max() <= LARGEST_DEGREES:
        raise CrsError(
            f"{what} is in {crs.name}, in {crs.axis_info[0].unit_name}, but its coordinates lie "
            f"within {bounds[0]:g} to {bounds[2]:g} and {bounds[1]:g} to {bounds[3]:g}, as degrees "
            "do; assign the CRS of longitude and latitude to it"
        )
    try:
        return table.set_crs(crs, allow_override=True).to_crs(target)
    except ProjError as error:
        raise CrsError(
            f"{what} is in a CRS that PROJ cannot compute with ({' '.join(str(error).split())}); "
            "assign the CRS of its coordinates anew"
        ) from error


def _require_degrees(table: gpd.GeoDataFrame, what: str) -> None:
    west, south, east, north = table.total_bounds
    lon, lat = max(abs(west), abs(east)), max(abs(south), abs(north))
    if lon > LARGEST_DEGREES or lat > LARGEST_LATITUDE_DEG:
        raise CrsError(
            f"{what} does not state its planet, and its coordinates reach {west:g} to {east:g} and "
            f"{south:g} to {north:g}, which are no degrees; save it as GeoPackage with its CRS"
        )


def require_on_planet(table: gpd.GeoDataFrame, *, what: str) -> None:
    """Check that geometries in degrees are on the planet.

    Raises:
        CrsError: If a coordinate is not finite, or beyond a pole.
    """
    lonlat = shapely.get_coordinates(table.geometry.to_numpy())
    wrong = ~np.isfinite(lonlat).all(axis=1) | (
        np.abs(lonlat[:, 1]) > LARGEST_LATITUDE_DEG + ROUNDING_DEG
    )
    wrong |= np.abs(lonlat[:, 0]) > 2 * LARGEST_DEGREES
    if wrong.any():
        raise CrsError(
            f"{what} has {np.count_nonzero(wrong)} coordinate(s) that are not on the planet in its "
            "CRS; assign the CRS that they are in"
        )
