"""Masks of the planet as polygons of longitude and latitude with their areas on the sphere."""

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import shapes
from shapely.geometry import shape

from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask


class SphereArea(NamedTuple):
    """A polygon on the sphere.

    Attributes:
        polygon: In degrees of east-positive longitude and latitude, between -180 and 180.
        area_m2: Its area.
    """

    polygon: shapely.Polygon
    area_m2: float


def polygons_of(mask: NDArray[np.bool_], *, basemap: BasemapGrid) -> Iterator[SphereArea]:
    """Yield what hangs together by sides as polygons along the edges of pixels, holes left out.

    Areas are cut at the antimeridian, where the raster ends, and end on the line of a pole.

    Args:
        mask: ``(rows, cols)`` of the whole basemap.
        basemap: Its grid.
    """
    yield from _drawn(mask, row=0, col=0, basemap=basemap)


def polygons_of_placed(placed: PlacedMask, *, basemap: BasemapGrid) -> list[SphereArea]:
    """Return the polygons of a cropped mask, cut at the antimeridian."""
    if placed.window is None:
        return []
    return [
        one
        for there, here in placed.window.pieces(basemap.shape[1])
        for one in _drawn(
            placed.mask[here], row=there[0].start, col=there[1].start, basemap=basemap
        )
    ]


def _drawn(
    mask: NDArray[np.bool_], *, row: int, col: int, basemap: BasemapGrid
) -> Iterator[SphereArea]:
    """Yield the polygons of a part of the basemap that begins at a row and a column."""
    step, part = 180 / basemap.shape[0], np.ascontiguousarray(mask)
    to_degrees = Affine(step, 0, col * step - 180, 0, -step, 90 - row * step)
    drawn: Any = shapes(part.astype(np.uint8), mask=part, connectivity=4, transform=to_degrees)
    for geometry, _ in drawn:
        polygon = cast("shapely.Polygon", shape(geometry))
        yield SphereArea(polygon, area_of_steps_m2(polygon, basemap.body))


def area_of_steps_m2(polygon: shapely.Polygon, body: Body) -> float:
    """Return the area of a polygon whose edges run along meridians and parallels, exact.

    Green's theorem: R^2 times the integral of sin(latitude) over longitude, round each ring.
    """
    rings = [polygon.exterior, *polygon.interiors]
    areas = [abs(_integral(np.asarray(ring.coords))) for ring in rings]
    return body.radius_m**2 * (areas[0] - sum(areas[1:]))


def _integral(vertices: NDArray[np.float64]) -> float:
    lon, lat = np.radians(vertices).T
    # Along a meridian longitude stands still, along a parallel latitude does.
    return float(np.diff(lon) @ np.sin(lat[:-1]))
