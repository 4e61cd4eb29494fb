"""Outlines on the planet: of masks and of crater rims, cut at the antimeridian, closed at poles."""

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod
from rasterio.errors import NotGeoreferencedWarning
from rasterio.features import shapes
from shapely import (
    MultiPolygon,
    Polygon,
    box,
    get_parts,
    orient_polygons,
    segmentize,
    simplify,
    transform,
    union_all,
)
from shapely.affinity import translate
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from ejmap_geo.grids.body import Body
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.library_warnings import ignored
from ejmap_geo.masks.placed_mask import PlacedMask

# The corners of a staircase of pixels lie within 0.71 px of its diagonal.
TOLERANCE_PX = 0.75
MARGIN_PX = 64
# An edge along a parallel is no straight line in other projections, and one of more than half a
# turn would be taken for its complement.
LONGEST_EDGE_DEG = 5.0
RIM_VERTICES = 180


def mask_outline(
    placed: PlacedMask, *, basemap: BasemapGrid, tolerance_px: float = TOLERANCE_PX
) -> MultiPolygon:
    """Return the outline of a mask in degrees, simplified.

    No vertex of the staircase of pixels lies farther from the outline than the tolerance.

    Args:
        placed: The mask.
        basemap: Its grid.
        tolerance_px: Tolerance in pixels of the basemap.

    Returns:
        Valid polygons between -180 and 180, cut at the antimeridian; a part that encloses a pole
        has the pole as an edge. Empty for an empty mask.
    """
    if placed.window is None:
        return MultiPolygon()
    cols, left = basemap.width_px, placed.window.col
    mask, goes_around = placed.mask, placed.window.width == cols
    if goes_around:
        # There is no edge at the ends of the window: each is drawn with its neighbours beyond.
        margin = min(MARGIN_PX, cols)
        mask, left = (
            np.pad(np.roll(mask, left, axis=1), ((0, 0), (margin, margin)), "wrap"),
            -margin,
        )
    burnt = mask.astype(np.uint8)
    # Polygons that share a corner alone stay apart: joined there they would touch themselves.
    # Rasterio ignores the warning itself, with filters that threads share.
    with ignored(NotGeoreferencedWarning):
        rings = [shape(ring) for ring, _ in shapes(burnt, mask=mask, connectivity=4)]
    smooth = simplify(np.array(rings, object), tolerance_px, preserve_topology=True)
    whole = translate(union_all(smooth), xoff=left, yoff=placed.window.row)
    turn = box(0, 0, cols, basemap.shape[0])
    pixels = whole.intersection(turn) if goes_around else on_one_turn(whole, start=0, turn=cols)
    return _polygons(transform(pixels, lambda at: _degrees(at, basemap)))


def rim_outline(center: LonLat, radius_m: float, body: Body) -> MultiPolygon:
    """Return the circle about a crater in degrees, cut and closed as :func:`mask_outline`.

    Args:
        center: Centre of the rim.
        radius_m: Great-circle distance of the rim, less than a quarter of the circumference.
        body: The planet.
    """
    azimuths = np.linspace(0, 360, RIM_VERTICES, endpoint=False)
    lon, lat = np.full_like(azimuths, center.lon_deg), np.full_like(azimuths, center.lat_deg)
    geod = Geod(a=body.radius_m, b=body.radius_m)
    lon_deg, lat_deg, _ = geod.fwd(lon, lat, azimuths, np.full_like(azimuths, radius_m))
    ring = np.stack([np.append(lon_deg, lon_deg[0]), np.append(lat_deg, lat_deg[0])], axis=1)
    ring[:, 0] = np.unwrap(ring[:, 0], period=360)
    if abs(ring[-1, 0] - ring[0, 0]) > 180:
        pole_deg = float(np.copysign(90, center.lat_deg))
        ring = np.concatenate([ring, [[ring[-1, 0], pole_deg], [ring[0, 0], pole_deg]]])
    return _polygons(on_one_turn(Polygon(ring), start=-180, turn=360))


def on_one_turn(drawn: BaseGeometry, *, start: float, turn: float) -> BaseGeometry:
    """Cut what runs on past a turn around the planet, and lay the pieces into the one turn.

    Args:
        drawn: A geometry whose x grows on instead of jumping back.
        start: Least x of the turn.
        turn: Length of a turn in units of x.
    """
    low, bottom, high, top = drawn.bounds
    first, last = int((low - start) // turn), int((high - start) // turn)
    pieces = [
        translate(
            drawn.intersection(box(start + at * turn, bottom, start + (at + 1) * turn, top)),
            xoff=-at * turn,
        )
        for at in range(first, last + 1)
    ]
    return union_all(pieces)


def _degrees(at: NDArray[np.float64], basemap: BasemapGrid) -> NDArray[np.float64]:
    rows, cols = basemap.shape
    return np.stack([at[:, 0] / cols * 360 - 180, 90 - at[:, 1] / rows * 180], axis=1)


def _polygons(drawn: BaseGeometry) -> MultiPolygon:
    """Return the polygons of a geometry, counterclockwise; cuts leave lines and points behind."""
    parts = [part for part in get_parts(drawn).tolist() if isinstance(part, Polygon)]
    return orient_polygons(segmentize(MultiPolygon(parts), LONGEST_EDGE_DEG))
