"""Rim polygons and points of craters: their centres, and whether they agree with the table."""

import math
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer
from shapely import get_coordinates, transform
from shapely.geometry import (
    GeometryCollection,
    LineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
)
from shapely.geometry.base import BaseGeometry

from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.crs import azimuthal_crs, geographic_crs
from ejmap_geo.tables.table_place import in_degrees, require_on_planet

# A rim drawn by hand differs from the table's radius by some percent; a diameter by a factor of 2.
LARGEST_RADIUS_RATIO = 1.6
# A closed line of three corners names the first one twice.
FEWEST_CORNERS = 3


def drawn_craters(
    table: gpd.GeoDataFrame, *, body: Body, what: str, is_of_default_crs: bool = False
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Return what geometries say of each crater: its centre, and its radius if a rim is drawn.

    Args:
        table: Points or rims with a CRS.
        body: The planet.
        what: The table in words, for messages.
        is_of_default_crs: Whether the CRS is only the default of a format.

    Returns:
        ``lon_deg``, ``lat_deg`` and ``radius_m`` (NaN for points) with the geometries in longitude
        and latitude of ``body``, and a sentence for each thing that was assumed.

    Raises:
        CrsError: If the CRS is missing, another planet's or cannot be honoured.
        CatalogueError: If a geometry is empty or neither a point nor a rim.
    """
    rims = with_rims(table, what=what)
    degrees, notes = in_degrees(rims, body=body, what=what, is_of_default_crs=is_of_default_crs)
    require_on_planet(degrees, what=what)
    drawn = pd.DataFrame(
        [(*center, radius_m) for center, radius_m in centers(degrees, body=body)],
        columns=pd.Index(["lon_deg", "lat_deg", "radius_m"]),
        index=degrees.index,
        dtype=np.float64,
    )
    return gpd.GeoDataFrame(drawn, geometry=degrees.geometry, crs=degrees.crs), notes


def with_rims(table: gpd.GeoDataFrame, *, what: str) -> gpd.GeoDataFrame:
    """Return the table with geometries that are points or rim polygons without holes.

    A multipoint of one point is that point, and a closed line is the rim that it draws.

    Raises:
        CatalogueError: If a geometry is empty or none of these.
    """
    rims = [
        _rim(geometry, what=f"{what}: row {row}")
        for row, geometry in enumerate(table.geometry, start=1)
    ]
    return table.set_geometry(gpd.GeoSeries(rims, index=table.index, crs=table.crs))


def _rim(geometry: BaseGeometry | None, *, what: str) -> Point | Polygon | MultiPolygon:
    if geometry is None or geometry.is_empty:
        raise CatalogueError(f"{what} has no geometry; draw its rim or centre, or remove the row")
    if isinstance(geometry, MultiPoint | GeometryCollection) and len(geometry.geoms) == 1:
        geometry = geometry.geoms[0]
    match geometry:
        case Point() | MultiPolygon():
            return geometry
        case Polygon():
            return Polygon(geometry.exterior)
        case LineString() if geometry.is_closed and len(geometry.coords) > FEWEST_CORNERS:
            return Polygon(geometry)
        case _:
            raise CatalogueError(
                f"{what} is a {geometry.geom_type}; craters are points or rim polygons"
            )


def centers(table: gpd.GeoDataFrame, *, body: Body) -> Iterator[tuple[LonLat, float | None]]:
    """Yield the centre of each geometry, and the radius in metres of a circle as large.

    The radius is None for points. Centroids are taken in an azimuthal projection about the crater,
    so that a rim round a pole or across the antimeridian has its centre inside.
    """
    for geometry in table.geometry:
        if isinstance(geometry, Point):
            yield LonLat(geometry.x, geometry.y), None
        elif isinstance(geometry, (Polygon, MultiPolygon)):
            yield _circle_like(geometry, body)
        else:
            raise CatalogueError(
                f"craters must be points or rim polygons, got {geometry!r:.60}; convert them"
            )


def _circle_like(rim: Polygon | MultiPolygon, body: Body) -> tuple[LonLat, float]:
    about = _middle_of(np.radians(get_coordinates(rim)))
    local = Transformer.from_crs(
        geographic_crs(body), azimuthal_crs(body, center=about), always_xy=True
    )
    flat = transform(rim, lambda lonlat: np.column_stack(local.transform(*lonlat.T)))
    lon_deg, lat_deg = local.transform(flat.centroid.x, flat.centroid.y, direction="INVERSE")
    return LonLat(lon_deg, lat_deg), math.sqrt(flat.area / math.pi)


def _middle_of(lonlat_rad: NDArray[np.float64]) -> LonLat:
    lon, lat = lonlat_rad.T
    x, y, z = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
    return LonLat(
        math.degrees(math.atan2(y.mean(), x.mean())),
        math.degrees(math.atan2(z.mean(), math.hypot(x.mean(), y.mean()))),
    )


def require_agreement(checked: pd.DataFrame, drawn: pd.DataFrame, *, body: Body, what: str) -> None:
    """Check that the columns of a crater table fit the geometries beside them.

    Args:
        checked: ``crater_id``, ``lon_deg``, ``lat_deg``, ``radius_m``.
        drawn: ``lon_deg``, ``lat_deg`` and ``radius_m`` (NaN for points) of the geometries, in the
            same order.
        body: The planet.
        what: The table in words, for messages.

    Raises:
        CatalogueError: If a centre lies outside its rim, or a radius is another than the rim's.
    """
    apart_m = body.radius_m * _separation_rad(checked, drawn)
    far = np.flatnonzero(apart_m > checked["radius_m"].to_numpy())
    if far.size:
        crater_id = checked["crater_id"].iloc[far[0]]
        raise CatalogueError(
            f"{what}: lon_deg and lat_deg of crater {crater_id} lie "
            f"{apart_m[far[0]] / 1000:.1f} km from its geometry ({far.size} such crater(s)); "
            "correct the columns or the geometry"
        )
    ratio = (checked["radius_m"] / drawn["radius_m"]).to_numpy()
    off = np.flatnonzero((ratio > LARGEST_RADIUS_RATIO) | (ratio < 1 / LARGEST_RADIUS_RATIO))
    if off.size:
        row = off[0]
        raise CatalogueError(
            f"{what}: radius_m of crater {checked['crater_id'].iloc[row]} is "
            f"{checked['radius_m'].iloc[row]:.0f}, but its rim polygon has a radius of "
            f"{drawn['radius_m'].iloc[row]:.0f} m; give the radius (not the diameter) in metres"
        )


def _separation_rad(one: pd.DataFrame, other: pd.DataFrame) -> NDArray[np.float64]:
    lon1, lat1 = np.radians(one[["lon_deg", "lat_deg"]].to_numpy(np.float64)).T
    lon2, lat2 = np.radians(other[["lon_deg", "lat_deg"]].to_numpy(np.float64)).T
    # The haversine keeps its digits for the small separations that matter here.
    haversine = (
        np.sin((lat2 - lat1) / 2) ** 2
        + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * np.arcsin(np.sqrt(np.clip(haversine, 0, 1)))
