"""The plane in which somebody drew a polygon, and how its rings lie on the planet."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.enums import TransformDirection
from shapely import LinearRing, Point, Polygon, get_coordinates, segmentize

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.crs import geographic_crs
from ejmap_geo.grids.grid import BasemapGrid

POLES_DEG = (90.0, -90.0)
# So that the short way round from a vertex to the next is the one that was drawn.
LONGEST_EDGE_DEG = 90.0
# A straight edge that passes a pole bends on the basemap: from its chord by a sixteenth of a pixel.
LONGEST_EDGE_PX = 0.5


class PlacedRing(NamedTuple):
    """A ring on the planet.

    Attributes:
        lon_lat_deg: ``(vertex, 2)``, each joined to the next the short way round.
        pole_deg: Latitude of the pole that it encloses if it goes once around the planet.
    """

    lon_lat_deg: NDArray[np.float64]
    pole_deg: float


class Degrees:
    """Longitude and latitude whose edges go the short way round, however far apart they are."""

    def placed(self, ring: LinearRing) -> PlacedRing:
        """Return a ring on the planet, which encloses the pole that is nearer to its vertices."""
        lon_lat_deg = get_coordinates(ring)
        return PlacedRing(lon_lat_deg, math.copysign(90, lon_lat_deg[:, 1].mean()))


@dataclass(frozen=True, slots=True)
class DrawingPlane:
    """A plane in which edges are straight, as a GIS shows them.

    Attributes:
        to_degrees: From the plane to the body's longitude and latitude; None if it has these.
        longest_edge: Longest edge in units of the plane that may be carried over by its ends.
        poles: The poles that the plane shows as a point, by latitude.
    """

    to_degrees: Transformer | None
    longest_edge: float
    poles: tuple[tuple[float, Point], ...]

    @classmethod
    def of(cls, crs: CRS, basemap: BasemapGrid) -> "DrawingPlane":
        """Return the plane of a CRS on the sphere of a basemap's body."""
        degrees = geographic_crs(basemap.body)
        unit = crs.axis_info[0].unit_conversion_factor if crs.axis_info else 1.0
        if crs.is_geographic:
            way = None if crs == degrees else Transformer.from_crs(crs, degrees, always_xy=True)
            return cls(way, math.radians(LONGEST_EDGE_DEG) / unit, ())
        way = Transformer.from_crs(crs, degrees, always_xy=True)
        shown = (
            (pole, Point(way.transform(0.0, pole, direction=TransformDirection.INVERSE)))
            for pole in POLES_DEG
        )
        poles = tuple((pole, at) for pole, at in shown if math.isfinite(at.x + at.y))
        return cls(way, LONGEST_EDGE_PX * basemap.resolution_m / unit, poles)

    def placed(self, ring: LinearRing) -> PlacedRing:
        """Return a ring on the planet.

        Raises:
            RasterError: If the planet is not there everywhere along the ring.
        """
        drawn = get_coordinates(segmentize(ring, self.longest_edge))
        if self.to_degrees is None:
            return PlacedRing(drawn, 90.0)
        lon_lat_deg = np.stack(self.to_degrees.transform(*drawn.T), axis=1)
        if not np.isfinite(lon_lat_deg).all():
            raise RasterError(
                "a polygon leaves the planet in its CRS; end it where the planet ends, or draw it "
                "in longitude and latitude"
            )
        return PlacedRing(lon_lat_deg, self._enclosed(ring))

    def _enclosed(self, ring: LinearRing) -> float:
        """Return the pole inside of a ring; one on the ring counts, in spite of rounding."""
        inside = Polygon(ring)
        nearest = min(self.poles, key=lambda pole: inside.distance(pole[1]), default=None)
        return POLES_DEG[0] if nearest is None else nearest[0]
