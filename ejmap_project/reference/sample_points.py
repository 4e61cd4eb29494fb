"""Where drawings are compared with masks: points along rays, cells of blankets and boxes.

Directions are unit vectors whose axes point north, east and up at the crater's centre, so that a
point at range r and azimuth a is (sin r cos a, sin r sin a, cos r).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_project.reference.drawing import Blanket, ClearBox, Ray

# Rays are cut into pieces of about half a pixel of the packaged mosaics, and looked at across in
# steps that are no longer.
PIECE_DEG = 0.1
# A pixel of the packaged mosaics: no ray can be seen to be narrower than one to either side.
MIN_HALF_WIDTH_DEG = 0.18
BLANKET_STEP_DEG, BLANKET_RINGS = 1.0, 24
BOX_CELL_DEG, FEWEST_BOX_CELLS = 0.2, 40

FloatArray = NDArray[np.float64]


class Arc(NamedTuple):
    """A great-circle arc.

    Attributes:
        begin: Unit vector of its begin, ``(3,)``.
        along: Unit vector at right angles to it, towards its end, ``(3,)``.
        normal: Unit vector at right angles to both, ``(3,)``.
        length_rad: Its length.
    """

    begin: FloatArray
    along: FloatArray
    normal: FloatArray
    length_rad: float


class Strip(NamedTuple):
    """A ray as points: across the strip by along the ray.

    Attributes:
        range_rad: Ranges, ``(across, piece)``.
        azimuth_rad: Azimuths, ``(across, piece)``.
        middle_deg: Range of the middle of each piece on the ray's axis, ``(piece,)``.
        piece_deg: Length of a piece.
    """

    range_rad: FloatArray
    azimuth_rad: FloatArray
    middle_deg: FloatArray
    piece_deg: float


class Cells(NamedTuple):
    """An area as cells of range and azimuth, known at their centres.

    Attributes:
        range_rad: Ranges, any shape.
        azimuth_rad: Azimuths, the same shape.
        area_sr: Solid angles, the same shape.
    """

    range_rad: FloatArray
    azimuth_rad: FloatArray
    area_sr: FloatArray


def direction(range_rad: FloatArray, azimuth_rad: FloatArray) -> FloatArray:
    """Return unit vectors ``(..., 3)`` of points at ranges and azimuths."""
    flat = np.sin(range_rad)
    return np.stack(
        [flat * np.cos(azimuth_rad), flat * np.sin(azimuth_rad), np.cos(range_rad)], axis=-1
    )


def polar_of(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return ranges and azimuths of unit vectors ``(..., 3)``; atan2 keeps its digits near 0."""
    north, east, up = points[..., 0], points[..., 1], points[..., 2]
    return np.arctan2(np.hypot(north, east), up), np.arctan2(east, north)


def arc_of(ray: Ray) -> Arc:
    """Return the great-circle arc from a ray's near to its far end; the shorter way round."""
    ends = direction(np.radians(ray.range_deg), np.radians(ray.azimuth_deg))
    normal = np.cross(ends[0], ends[1])
    sine = float(np.linalg.norm(normal))
    normal /= sine
    return Arc(
        begin=ends[0],
        along=np.cross(normal, ends[0]),
        normal=normal,
        length_rad=math.atan2(sine, float(ends[0] @ ends[1])),
    )


def half_width_rad(ray: Ray) -> float:
    """Return half of a ray's width, at least :data:`MIN_HALF_WIDTH_DEG`."""
    return math.radians(max(ray.half_width_deg, MIN_HALF_WIDTH_DEG))


def strip_of(ray: Ray) -> Strip:
    """Cut a ray into equal pieces of at most 0.1 degrees, and look across each at its middle.

    The points across, edges included, lie at most 0.1 degrees apart on the great circle at right
    angles to the ray.
    """
    arc = arc_of(ray)
    pieces = max(1, math.ceil(math.degrees(arc.length_rad) / PIECE_DEG))
    at = (np.arange(pieces) + 0.5) / pieces * arc.length_rad
    axis = np.cos(at)[:, None] * arc.begin + np.sin(at)[:, None] * arc.along
    half_rad = half_width_rad(ray)
    to_either_side = math.ceil(math.degrees(half_rad) / PIECE_DEG)
    across = np.linspace(-half_rad, half_rad, 2 * to_either_side + 1)[:, None, None]
    points = np.cos(across) * axis + np.sin(across) * arc.normal
    return Strip(
        *polar_of(points),
        middle_deg=np.degrees(polar_of(axis)[0]),
        piece_deg=math.degrees(arc.length_rad) / pieces,
    )


def blanket_cells(blanket: Blanket, *, rim_rad: float) -> Cells:
    """Return the cells of a blanket outside of the rim: a degree of azimuth by 1/24 of its width.

    Where it has no width, the cells have no area.
    """
    azimuth_deg = np.arange(0, 360, BLANKET_STEP_DEG) + BLANKET_STEP_DEG / 2
    inner_deg, outer_deg = blanket.edges_deg(azimuth_deg)
    inner = np.maximum(np.radians(inner_deg), rim_rad)
    outer = np.maximum(np.radians(outer_deg), inner)
    steps = np.arange(BLANKET_RINGS + 1) / BLANKET_RINGS
    edges = inner + (outer - inner) * steps[:, None]
    return _cells(edges, np.radians(azimuth_deg), math.radians(BLANKET_STEP_DEG))


def box_cells(box: ClearBox) -> Cells:
    """Return the cells of a box, at most 0.2 degrees wide and at least 40 x 40."""
    (first, last), (near, far) = np.radians(box.azimuth_deg), np.radians(box.range_deg)
    cell = math.radians(BOX_CELL_DEG)
    widest = math.sin(min(far, max(near, math.pi / 2)))
    rings = max(FEWEST_BOX_CELLS, math.ceil((far - near) / cell))
    sectors = max(FEWEST_BOX_CELLS, math.ceil((last - first) * widest / cell))
    edges = np.linspace(near, far, rings + 1)[:, None]
    step = (last - first) / sectors
    azimuth = first + (np.arange(sectors) + 0.5) * step
    return _cells(np.repeat(edges, sectors, axis=1), azimuth, step)


def _cells(edges: FloatArray, azimuth_rad: FloatArray, step_rad: float) -> Cells:
    """Return cells between edges ``(ring + 1, sector)``: their exact solid angles and centres."""
    area = -np.diff(np.cos(edges), axis=0) * step_rad
    range_rad = (edges[:-1] + edges[1:]) / 2
    return Cells(range_rad, np.broadcast_to(azimuth_rad, range_rad.shape), area)
