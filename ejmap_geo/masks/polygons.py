"""Polygons drawn on grids: crater rims and hand-drawn ejecta."""

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from rasterio.features import rasterize
from shapely import MultiPolygon, Polygon
from shapely.affinity import translate

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.grid import BasemapGrid, Grid
from ejmap_geo.grids.window import Window
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
    rasterize([polygon], out=burnt, transform=grid.transform)
    return burnt.astype(np.bool_)


def rasterized_on_planet(polygon: Polygon | MultiPolygon, *, basemap: BasemapGrid) -> PlacedMask:
    """Return the basemap pixels whose centre lies in a polygon of longitudes and latitudes.

    Each vertex is joined to the next the short way round, so a polygon may cross the antimeridian
    whether or not its longitudes jump there. A ring that goes once around the planet encloses the
    pole that is nearer to its vertices.

    Args:
        polygon: Shape in degrees, east-positive longitude first.
        basemap: Grid of the mask.

    Raises:
        RasterError: If a latitude lies beyond a pole, as when metres are given for degrees.
    """
    mask = np.zeros(basemap.shape, np.bool_)
    parts = polygon.geoms if isinstance(polygon, MultiPolygon) else [polygon]
    for part in parts:
        if not part.is_empty:
            _on_planet(part, basemap).paste_into(mask)
    return PlacedMask.from_full(mask, basemap)


def _on_planet(polygon: Polygon, basemap: BasemapGrid) -> PlacedMask:
    if max(abs(polygon.bounds[1]), abs(polygon.bounds[3])) > 90:
        raise RasterError(
            f"polygon must be in degrees, got latitudes {polygon.bounds[1]:g} to "
            f"{polygon.bounds[3]:g}; reproject it to longitude and latitude"
        )
    shell = Polygon(_in_pixels(polygon.exterior.coords, basemap))
    for ring in polygon.interiors:
        hole = Polygon(_in_pixels(ring.coords, basemap))
        # A hole may have been unwrapped on another turn around the planet than its shell.
        for turn_px in (-basemap.width_px, 0, basemap.width_px):
            shell = shell.difference(translate(hole, xoff=turn_px))
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


def _in_pixels(coords: Iterable[tuple[float, ...]], basemap: BasemapGrid) -> NDArray[np.float64]:
    """Return a ring as columns and rows that go on past the antimeridian, ``(vertex, 2)``."""
    lon_deg, lat_deg = np.array([vertex[:2] for vertex in coords]).T
    step = np.diff(lon_deg)
    lon_deg = lon_deg[0] + np.concatenate([[0], np.cumsum(step - 360 * np.round(step / 360))])
    if abs(lon_deg[-1] - lon_deg[0]) > 180:
        # Once around the planet: closed through the pole, which is a whole row of the basemap.
        pole_deg = math.copysign(90, lat_deg.mean())
        lon_deg = np.concatenate([lon_deg, [lon_deg[-1], lon_deg[0]]])
        lat_deg = np.concatenate([lat_deg, [pole_deg, pole_deg]])
    rows, cols = basemap.shape
    return np.stack([(lon_deg + 180) / 360 * cols, (90 - lat_deg) / 180 * rows], axis=1)
