"""Masks of the planet as polygons of longitude and latitude with their areas on the sphere."""

from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.features import shapes
from shapely.geometry import shape

from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.library_warnings import ignored
from ejmap_geo.masks.placed_mask import PlacedMask


class SphereArea(NamedTuple):
    """A polygon on the sphere.

    Attributes:
        polygon: In degrees of east-positive longitude and latitude, between -180 and 180.
        area_m2: Its area.
    """

    polygon: shapely.Polygon
    area_m2: float


def polygons_of_value(
    raster: rasterio.DatasetReader, value: int, *, basemap: BasemapGrid
) -> Iterator[SphereArea]:
    """Yield what has one value and hangs together by sides as polygons, holes left out.

    Polygons run along the edges of pixels. They are cut at the antimeridian, where the raster ends,
    and end on the line of a pole. The file is read line by line.

    Args:
        raster: One band of whole numbers that covers ``basemap``.
        value: The value.
        basemap: Its grid.
    """
    corner = np.array([-180, 90])
    # GDAL draws a file in its own coordinates, whatever transform it is given.
    west, north = raster.transform @ (0, 0)
    side = np.array([raster.transform.a, raster.transform.e])

    def to_degrees(place: NDArray[np.float64]) -> NDArray[np.float64]:
        col_row = np.rint((place - (west, north)) / side)
        return corner + col_row * np.array([1, -1]) * (180 / basemap.shape[0])

    drawn: Any = shapes(rasterio.band(raster, 1), connectivity=4)
    for geometry, found in drawn:
        if found == value:
            yield _area(shapely.transform(shape(geometry), to_degrees), basemap)


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
    # Rasterio ignores the warning itself, with filters that threads share.
    with ignored(NotGeoreferencedWarning):
        drawn: Any = list(
            shapes(part.view(np.uint8), mask=part, connectivity=4, transform=to_degrees)
        )
    for geometry, _ in drawn:
        yield _area(shape(geometry), basemap)


def _area(geometry: object, basemap: BasemapGrid) -> SphereArea:
    polygon = cast("shapely.Polygon", geometry)
    return SphereArea(polygon, area_of_steps_m2(polygon, basemap.body))


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
