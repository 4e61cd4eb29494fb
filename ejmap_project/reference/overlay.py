"""Pictures of drawings over the mosaic, and of masks beside them: azimuthal, north up."""

from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.resampling.reproject import to_azimuthal
from ejmap_project.pictures.shades import beside, mask_over, mosaic_grey
from ejmap_project.reference.drawing import Drawing
from ejmap_project.reference.masks import MaskFunction
from ejmap_project.reference.reference_crater import ReferenceCrater
from ejmap_project.reference.sample_points import FloatArray, arc_of, polar_of

SIDE_PX = 640
FEWEST_RADII, FARTHEST_DEG = 8.0, 90.0
# Sure, probable and faint rays; blanket; clear boxes.
RAY_RGB = {3: (0, 255, 120), 2: (255, 220, 0), 1: (255, 160, 60)}
BLANKET_RGB, CLEAR_RGB = (0, 200, 255), (255, 80, 255)
STEPS = 40

# Points as ranges and azimuths, in radians.
Line: TypeAlias = tuple[FloatArray, FloatArray]


def picture_reach_deg(crater: ReferenceCrater, drawing: Drawing) -> float:
    """Return how far a picture shows: a tenth beyond what was drawn, 8 radii to 90 degrees."""
    wanted_deg = max(1.1 * drawing.reach_deg, FEWEST_RADII * crater.rim_deg)
    return min(wanted_deg, FARTHEST_DEG)


def drawing_picture(
    crater: ReferenceCrater,
    drawing: Drawing,
    *,
    mosaic: tuple[NDArray[np.uint8], BasemapGrid],
    mask: MaskFunction | None = None,
    reach_deg: float | None = None,
    side_px: int = SIDE_PX,
) -> NDArray[np.uint8]:
    """Draw the mosaic around a crater, the drawing over it, and a mask, side by side.

    Rays are green where they are sure, yellow where probable, orange where faint; the edges of the
    blanket are blue, clear boxes pink. A mask is orange, with the drawing over it.

    Args:
        crater: The crater.
        drawing: What was drawn around it.
        mosaic: ``(band, rows, cols)`` of the planet, and its grid.
        mask: What was found; without one there are two pictures.
        reach_deg: Degrees of arc from the centre to the edges; None shows what was drawn.
        side_px: Side of each picture.

    Returns:
        ``(side_px, 2 or 3 * side_px and gaps, 3)``.
    """
    reach_deg = picture_reach_deg(crater, drawing) if reach_deg is None else reach_deg
    raster, basemap = mosaic
    half_px = side_px // 2
    reach_m = np.radians(reach_deg) * crater.body.radius_m
    grid = AzimuthalGrid(
        body=crater.body,
        center=crater.center,
        resolution_m=float(reach_m / half_px),
        half_size_px=half_px,
    )
    around = to_azimuthal(raster, basemap=basemap, azimuthal=grid)
    seen = mosaic_grey(around, max_side_px=side_px)
    parts = [seen, _with_lines(seen, crater, drawing, reach_deg)]
    if mask is not None:
        masked = mask_over(seen, mask(*_pixel_places(half_px, reach_deg)))
        parts.append(_with_lines(masked, crater, drawing, reach_deg))
    return beside(*parts)


def _pixel_places(half_px: int, reach_deg: float) -> Line:
    along = np.arange(2 * half_px) + 0.5 - half_px
    east, north = np.meshgrid(along, -along)
    range_rad = np.hypot(east, north) * (np.radians(reach_deg) / half_px)
    return range_rad, np.arctan2(east, north)


def _with_lines(
    rgb: NDArray[np.uint8], crater: ReferenceCrater, drawing: Drawing, reach_deg: float
) -> NDArray[np.uint8]:
    image = Image.fromarray(rgb)
    pen = ImageDraw.Draw(image)
    half_px = rgb.shape[0] / 2
    scale = half_px / np.radians(reach_deg)
    for line, color in _lines(crater, drawing):
        range_rad, azimuth_rad = line
        x = half_px + scale * range_rad * np.sin(azimuth_rad)
        y = half_px - scale * range_rad * np.cos(azimuth_rad)
        points = list(zip(x.tolist(), y.tolist(), strict=True))
        for begin, end in pairwise(points):
            pen.line((begin, end), fill=color)
    return np.asarray(image)


def _lines(crater: ReferenceCrater, drawing: Drawing) -> list[tuple[Line, tuple[int, int, int]]]:
    lines: list[tuple[Line, tuple[int, int, int]]] = []
    round_deg = np.linspace(0, 360, 181)
    for box in drawing.clear:
        first, last = np.radians(box.azimuth_deg)
        near, far = np.radians(box.range_deg)
        across = np.linspace(first, last, STEPS)
        sides = [(np.full(STEPS, one), across) for one in (near, far)]
        if last - first < 2 * np.pi:
            sides += [(np.array([near, far]), np.full(2, one)) for one in (first, last)]
        lines += [(side, CLEAR_RGB) for side in sides]
    if drawing.blanket is not None:
        for edge in drawing.blanket.edges_deg(round_deg):
            at = np.maximum(np.radians(edge), crater.rim_rad)
            lines.append(((at, np.radians(round_deg)), BLANKET_RGB))
    for ray in drawing.rays:
        arc = arc_of(ray)
        steps = np.linspace(0, arc.length_rad, STEPS)[:, None]
        points = np.cos(steps) * arc.begin + np.sin(steps) * arc.along
        lines.append((polar_of(points), RAY_RGB[ray.confidence]))
    return lines
