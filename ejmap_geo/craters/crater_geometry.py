"""Rim polygons and points of craters: their centres, and whether they agree with the table."""

import math
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer
from shapely import get_coordinates, transform
from shapely.geometry import MultiPolygon, Point, Polygon

from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.crs import azimuthal_crs, geographic_crs, require_body

# A rim drawn by hand differs from the table's radius by some percent; a diameter by a factor of 2.
LARGEST_RADIUS_RATIO = 1.6


def on_body(table: gpd.GeoDataFrame, *, body: Body, what: str) -> gpd.GeoDataFrame:
    """Return the table with its geometries in longitude and latitude of ``body``.

    Raises:
        CrsError: If the CRS is missing or another planet's.
        CatalogueError: If a geometry is empty or neither a point nor a polygon.
    """
    require_body(table.crs, body, what=what)
    for row, geometry in enumerate(table.geometry, start=1):
        if geometry is None or geometry.is_empty:
            raise CatalogueError(
                f"{what}: row {row} has no geometry; draw its rim or centre, or remove the row"
            )
        if not isinstance(geometry, Point | Polygon | MultiPolygon):
            raise CatalogueError(
                f"{what}: row {row} is a {geometry.geom_type}; craters are points or rim polygons"
            )
    return table.to_crs(geographic_crs(body))


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
