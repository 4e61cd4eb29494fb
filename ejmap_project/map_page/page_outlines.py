"""Outlines for the page: simplified to its own tolerance and packed as steps of whole numbers."""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon, get_coordinates, get_parts, simplify

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.maps.outlines import TOLERANCE_PX

# Whole numbers a pixel of the page's grid, so that the antimeridian and the poles are whole.
UNITS = 8

# Polygons of a crater: rings of longitude and latitude steps, the first of each a place.
PackedPolygons = list[list[list[int]]]


class PageOutlines(NamedTuple):
    """Outlines of all craters of the map.

    Attributes:
        unit_deg: What a whole number counts.
        tolerance_m: How far an outline may lie from that of the mask.
        least_km2: Area at the equator below which parts and holes are left out.
        polygons: By crater id.
    """

    unit_deg: float
    tolerance_m: float
    least_km2: float
    polygons: dict[int, PackedPolygons]


def page_outlines(
    ejecta: gpd.GeoDataFrame, *, mosaic: BasemapGrid, grid: BasemapGrid
) -> PageOutlines:
    """Pack the outlines of the map.

    Args:
        ejecta: Outlines of the map by ``crater_id``, in degrees.
        mosaic: Grid of the map.
        grid: Grid of the page, as fine or coarser.

    Returns:
        Outlines that follow those of the map to within a pixel of the page's grid, or as they are
        where that grid is the mosaic's.
    """
    tolerance_deg = TOLERANCE_PX * 360 / grid.width_px
    is_coarser = grid.width_px < mosaic.width_px
    least_deg2 = tolerance_deg**2 if is_coarser else 0.0
    unit_deg = 360 / (UNITS * grid.width_px)
    shapes = ejecta.geometry.to_numpy()
    if is_coarser:
        shapes = simplify(shapes, tolerance_deg, preserve_topology=True)
    polygons = {
        int(crater_id): _packed(drawn, unit_deg, least_deg2)
        for crater_id, drawn in zip(ejecta["crater_id"], shapes, strict=True)
    }
    m_per_deg = grid.resolution_m * grid.width_px / 360
    return PageOutlines(
        unit_deg=unit_deg,
        tolerance_m=tolerance_deg * m_per_deg * (2 if is_coarser else 1),
        least_km2=least_deg2 * (m_per_deg / 1000) ** 2,
        polygons=polygons,
    )


def _packed(drawn: MultiPolygon, unit_deg: float, least_deg2: float) -> PackedPolygons:
    parts = [part for part in get_parts(drawn).tolist() if isinstance(part, Polygon)]
    return [
        [
            _steps(get_coordinates(ring)[:-1], unit_deg)
            for ring in (part.exterior, *part.interiors)
            if Polygon(ring).area >= least_deg2
        ]
        for part in parts
        if part.area >= least_deg2
    ]


def _steps(ring: NDArray[np.float64], unit_deg: float) -> list[int]:
    """Return the first vertex and the steps to the others; those of no length are left out."""
    whole = np.rint(ring / unit_deg).astype(np.int64)
    moved = np.concatenate([[True], (np.diff(whole, axis=0) != 0).any(axis=1)])
    kept = whole[moved]
    return np.concatenate([kept[:1], np.diff(kept, axis=0)]).ravel().tolist()
