"""Polygons drawn on grids: crater rims and hand-drawn ejecta."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.errors import NotGeoreferencedWarning
from rasterio.features import rasterize
from shapely import MultiPolygon, Polygon
from shapely.affinity import translate

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import BasemapGrid, Grid
from ejmap_geo.grids.window import Window
from ejmap_geo.library_warnings import ignored
from ejmap_geo.masks.drawing_plane import Degrees, DrawingPlane, PlacedRing
from ejmap_geo.masks.placed_mask import PlacedMask


def rasterized(polygon: Polygon | MultiPolygon, *, grid: Grid) -> NDArray[np.bool_]:
    """Return the pixels of a grid whose centre lies in a polygon.

    Args:
        polygon: Shape in the metres of the grid's CRS.
        grid: Any grid.

    Returns:
        ``(rows, cols)`` of the grid.
    """
    if polygon.is_empty:
        return np.zeros(grid.shape, np.bool_)
    burnt = np.zeros(grid.shape, np.uint8)
    # Rasterio ignores the warning itself, with filters that threads share.
    with ignored(NotGeoreferencedWarning):
        rasterize([polygon], out=burnt, transform=grid.transform)
    return burnt.astype(np.bool_)


def rasterized_on_planet(
    polygon: Polygon | MultiPolygon, *, basemap: BasemapGrid, drawn_in: CRS | None = None
) -> PlacedMask:
    """Return the basemap pixels whose centre lies in a polygon.

    In degrees, each vertex is joined to the next the short way round, so a polygon may cross the
    antimeridian whether or not its longitudes jump there, and a ring that goes once around the
    planet encloses the pole that is nearer to its vertices. In a CRS, edges are straight there, and
    the polygon encloses what it encloses there, poles as well.

    Args:
        polygon: Shape in degrees, east-positive longitude first, or in ``drawn_in``.
        basemap: Grid of the mask.
        drawn_in: CRS on the sphere of the body in which the polygon is valid.

    Raises:
        RasterError: If a latitude lies beyond a pole, as when metres are given for degrees, or the
            polygon lies where the CRS shows no planet.
    """
    plane = Degrees() if drawn_in is None else DrawingPlane.of(drawn_in, basemap)
    mask = np.zeros(basemap.shape, np.bool_)
    parts = polygon.geoms if isinstance(polygon, MultiPolygon) else [polygon]
    for part in parts:
        if not part.is_empty:
            _on_planet(part, plane, basemap).paste_into(mask)
    return PlacedMask.from_full(mask, basemap)


def _on_planet(polygon: Polygon, plane: Degrees | DrawingPlane, basemap: BasemapGrid) -> PlacedMask:
    shell = Polygon(_in_pixels(plane.placed(polygon.exterior), basemap))
    outline = shell.bounds
    for ring in polygon.interiors:
        hole = Polygon(_in_pixels(plane.placed(ring), basemap))
        # A hole may have been unwrapped on another turn around the planet than its shell.
        first = math.ceil((outline[0] - hole.bounds[2]) / basemap.width_px)
        last = math.floor((outline[2] - hole.bounds[0]) / basemap.width_px)
        for turn in range(first, last + 1):
            shell = shell.difference(translate(hole, xoff=turn * basemap.width_px))
    if shell.is_empty:
        return PlacedMask.empty()
    left, top, right, bottom = shell.bounds
    window = Window(
        row=min(math.floor(top), basemap.shape[0] - 1),
        col=math.floor(left),
        height=max(1, math.ceil(bottom) - math.floor(top)),
        width=max(1, math.ceil(right) - math.floor(left)),
    )
    moved = translate(shell, xoff=-window.col, yoff=-window.row)
    burnt = np.zeros(window.shape, np.uint8)
    rasterize([moved], out=burnt)
    folded = _folded(burnt.astype(np.bool_), basemap.width_px)
    place = replace(window, width=folded.shape[1])
    return PlacedMask.in_window(folded, window=place, basemap=basemap)


def _folded(burnt: NDArray[np.bool_], width_px: int) -> NDArray[np.bool_]:
    """Lay what goes more than once around the planet over itself."""
    folded = burnt[:, :width_px].copy()
    for start in range(width_px, burnt.shape[1], width_px):
        turn = burnt[:, start : start + width_px]
        folded[:, : turn.shape[1]] |= turn
    return folded


def _in_pixels(ring: PlacedRing, basemap: BasemapGrid) -> NDArray[np.float64]:
    """Return a ring as columns and rows that go on past the antimeridian, ``(vertex, 2)``."""
    lon_deg, lat_deg = ring.lon_lat_deg.T
    if np.abs(lat_deg).max() > 90:
        raise RasterError(
            f"polygon must be in degrees, got latitudes {lat_deg.min():g} to {lat_deg.max():g}; "
            "end it at 90 degrees, or reproject it to longitude and latitude if these are metres"
        )
    turns = _turned(lon_deg)
    if turns[-1]:
        # Once around the planet: closed through the pole, which is a whole row of the basemap. Cut
        # where the ring is nearest to it, because a meridian from there crosses the ring nowhere.
        nearest = int(np.argmin(np.abs(ring.pole_deg - lat_deg[:-1])))
        lon_deg, lat_deg = (
            np.concatenate([one[nearest:-1], one[: nearest + 1]]) for one in (lon_deg, lat_deg)
        )
        lon_deg = lon_deg + 360 * _turned(lon_deg)
        lon_deg = np.concatenate([lon_deg, [lon_deg[-1], lon_deg[0]]])
        lat_deg = np.concatenate([lat_deg, [ring.pole_deg, ring.pole_deg]])
    else:
        lon_deg = lon_deg + 360 * turns
    rows, cols = basemap.shape
    return np.stack([(lon_deg + 180) / 360 * cols, (90 - lat_deg) / 180 * rows], axis=1)


def _turned(lon_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how many turns each vertex lies off if the ring goes on, ``(vertex,)``.

    Whole numbers: sums of steps would not bring a ring back to exactly where it began.
    """
    return np.concatenate([[0.0], -np.cumsum(np.round(np.diff(lon_deg) / 360))])
