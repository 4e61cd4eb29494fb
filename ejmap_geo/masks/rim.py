"""The rim of a crater as pixels: what lies inside is the cavity, not ejecta."""

import math

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from shapely import MultiPolygon, Polygon
from shapely import transform as transformed

from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.crs import azimuthal_crs, geographic_crs
from ejmap_geo.grids.distance import azimuthal_distance_m
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.polygons import rasterized

Rim = Polygon | MultiPolygon
# Corners of a quarter of a circle: the radius is right to a ten-thousandth.
BUFFER_SEGMENTS = 64


def circular_rim(body: Body, *, radius_m: float, resolution_m: float) -> NDArray[np.bool_]:
    """Return the pixels within a radius of the centre, as :func:`drawn_rim`."""
    # A circle about the centre looks alike everywhere.
    grid = AzimuthalGrid.reaching(
        body, center=LonLat(0, 0), resolution_m=resolution_m, reach_m=radius_m
    )
    return azimuthal_distance_m(grid, Window.whole(grid.shape)) <= radius_m


def drawn_rim(
    rim: Rim, *, body: Body, center: LonLat, radius_m: float, resolution_m: float
) -> NDArray[np.bool_]:
    """Return the pixels whose centres lie in a rim.

    Args:
        rim: Shape in degrees, east-positive longitude first.
        body: The planet.
        center: Centre of the raster.
        radius_m: Rim radius; the raster holds at least a disc of it.
        resolution_m: Pixel size of the raster.

    Returns:
        ``(2 n, 2 n)`` about the centre, as small as the rim admits.
    """
    plane = rim_in_plane(rim, body=body, center=center)
    farthest_m = max(radius_m, *(abs(bound) for bound in plane.bounds))
    half_px = math.ceil(farthest_m / resolution_m)
    most_px = AzimuthalGrid.whole_planet_half_px(body, resolution_m)
    grid = AzimuthalGrid(
        body=body, center=center, resolution_m=resolution_m, half_size_px=min(half_px, most_px)
    )
    return rasterized(plane, grid=grid)


def rim_in_plane(rim: Rim, *, body: Body, center: LonLat) -> Rim:
    """Return a rim in the azimuthal equidistant plane about its crater, metres east and north.

    Args:
        rim: Shape in degrees, east-positive longitude first.
        body: The planet.
        center: Centre of the crater.
    """
    crs = azimuthal_crs(body, center=center)
    project = Transformer.from_crs(geographic_crs(body), crs, always_xy=True)
    return transformed(
        rim, lambda points: np.column_stack(project.transform(points[:, 0], points[:, 1]))
    )


def rim_ring(
    rim: Rim, *, body: Body, center: LonLat, radius_m: float, radii: tuple[float, float]
) -> Rim:
    """Return the ring between two buffers of a rim, in the plane of :func:`rim_in_plane`.

    The buffer of k radii lies (k - 1) rim radii outside of the rim, as published; of a circular rim
    it is the circle of k radii.

    Args:
        rim: Shape in degrees, east-positive longitude first.
        body: The planet.
        center: Centre of the crater.
        radius_m: Rim radius.
        radii: k of the inner and of the outer edge.
    """
    plane = rim_in_plane(rim, body=body, center=center)
    inner, outer = (plane.buffer((k - 1) * radius_m, quad_segs=BUFFER_SEGMENTS) for k in radii)
    ring = outer.difference(inner)
    return ring if isinstance(ring, Polygon | MultiPolygon) else Polygon()
