"""Polygons drawn around tiles: the boxes they fill on the basemap."""

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from shapely import get_coordinates
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from ejmap_geo.errors import TileLocationError
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.tables.table_place import in_degrees

# Edges are drawn out to points no farther apart than this, so that what is straight in one CRS may
# bulge in another: at 64 pixels a degree a box then misses the bulge by a seventh of a pixel.
STEP_DEG = 1.0
# A pole drawn as the edge of a map may be off by the rounding of its coordinates.
LATITUDE_TOLERANCE_DEG = 1e-6


def boxes_of(
    table: gpd.GeoDataFrame,
    ids: NDArray[np.int64],
    *,
    basemap: BasemapGrid,
    what: str,
    is_of_default_crs: bool = False,
) -> NDArray[np.int64]:
    """Return the bounding box of each polygon on the basemap, to the nearest pixel.

    Parts of a polygon that the antimeridian splits are put together again.

    Args:
        table: Polygons, with a CRS.
        ids: Number of each, for messages.
        basemap: Grid of the boxes.
        what: The table in words, for messages.
        is_of_default_crs: Whether the CRS is only the default of a format.

    Returns:
        ``(polygon, 4)``: row, column (from 0 to below the width of the basemap), height and width.

    Raises:
        CrsError: If the CRS is missing or another planet's.
        TileLocationError: If a geometry is no polygon, lies off the planet or goes round a pole.
    """
    _require_polygons(table, ids, what)
    # A table without a CRS is refused on the way to degrees.
    step = STEP_DEG if table.crs is None else _step(table.crs, basemap)
    fine = table.set_geometry(table.geometry.segmentize(step))
    degrees, _ = in_degrees(fine, body=basemap.body, what=what, is_of_default_crs=is_of_default_crs)
    boxes = [
        _box(_parts(geometry), basemap, what=f"{what}: tile {tile_id}")
        for tile_id, geometry in zip(ids, degrees.geometry, strict=True)
    ]
    return np.array(boxes, np.int64)


def _parts(geometry: BaseGeometry) -> list[Polygon]:
    parts = geometry.geoms if isinstance(geometry, MultiPolygon) else [geometry]
    return [part for part in parts if isinstance(part, Polygon)]


def _require_polygons(table: gpd.GeoDataFrame, ids: NDArray[np.int64], what: str) -> None:
    for tile_id, geometry in zip(ids, table.geometry, strict=True):
        if not isinstance(geometry, (Polygon, MultiPolygon)) or geometry.is_empty:
            found = "nothing" if geometry is None or geometry.is_empty else geometry.geom_type
            raise TileLocationError(
                f"{what}: tile {tile_id} is drawn as {found}; draw a rectangle, or remove the row"
            )


def _step(crs: CRS, basemap: BasemapGrid) -> float:
    if crs.is_geographic:
        return STEP_DEG
    metres = STEP_DEG / 180 * basemap.body.half_circumference_m
    return metres / crs.axis_info[0].unit_conversion_factor


def _box(parts: list[Polygon], basemap: BasemapGrid, *, what: str) -> tuple[int, int, int, int]:
    spans = np.array([_span(get_coordinates(part.exterior), what) for part in parts])
    west, east, south, north = spans.T
    # Parts on both sides of the antimeridian are 360 degrees apart in number only.
    turns = np.round((west + east - west[0] - east[0]) / 720)
    px_deg = 360 / basemap.width_px
    left = round((float((west - 360 * turns).min()) + 180) / px_deg)
    right = round((float((east - 360 * turns).max()) + 180) / px_deg)
    top = round((90 - float(north.max())) / px_deg)
    bottom = round((90 - float(south.min())) / px_deg)
    return top, left % basemap.width_px, bottom - top, right - left


def _span(lonlat: NDArray[np.float64], what: str) -> tuple[float, float, float, float]:
    """Return west, east, south and north of a ring; east is counted on without a jump at 180."""
    if not np.isfinite(lonlat).all() or np.abs(lonlat[:, 1]).max() > 90 + LATITUDE_TOLERANCE_DEG:
        raise TileLocationError(f"{what} has corners that are not on the planet; correct them")
    lon, lat = np.unwrap(lonlat[:, 0], period=360), lonlat[:, 1]
    if abs(lon[-1] - lon[0]) > 180:
        raise TileLocationError(
            f"{what} goes round a pole, so it has no sides in longitude; draw rectangles of "
            "longitude and latitude there"
        )
    return float(lon.min()), float(lon.max()), float(lat.min()), float(lat.max())
