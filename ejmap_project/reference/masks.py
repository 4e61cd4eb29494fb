"""Masks of ejecta as functions of range and azimuth, whatever they lie on."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.masks.mosaic import is_set
from ejmap_project.reference.drawing import Drawing
from ejmap_project.reference.sample_points import FloatArray, arc_of, direction, half_width_rad

# Whether there are ejecta at ranges from the crater's centre and azimuths clockwise from north,
# both in radians and of one shape; the azimuths may lie on any turn.
MaskFunction: TypeAlias = Callable[[FloatArray, FloatArray], NDArray[np.bool_]]


def mask_of_azimuthal(mask: NDArray[np.bool_], grid: AzimuthalGrid) -> MaskFunction:
    """Return a mask on an azimuthal raster about the crater, nearest pixel.

    Args:
        mask: ``(rows, cols)`` of ``grid``; nothing is set outside of it.
        grid: Grid about the crater's centre.

    Raises:
        RasterError: If the mask has another shape.
    """
    if mask.shape != grid.shape:
        raise RasterError(f"mask is {mask.shape}, but its grid is {grid.shape}")
    bordered = np.pad(mask, 1)

    def at(range_rad: FloatArray, azimuth_rad: FloatArray) -> NDArray[np.bool_]:
        range_px = range_rad * (grid.body.radius_m / grid.resolution_m)
        # 1 for the border, whose pixels stand for everything outside.
        last = 2 * grid.half_size_px + 1
        row = np.floor(grid.half_size_px - range_px * np.cos(azimuth_rad)).astype(np.intp) + 1
        col = np.floor(grid.half_size_px + range_px * np.sin(azimuth_rad)).astype(np.intp) + 1
        return bordered[row.clip(0, last), col.clip(0, last)]

    return at


def mask_of_basemap(
    mask: NDArray[np.bool_], basemap: BasemapGrid, *, center: LonLat
) -> MaskFunction:
    """Return a mask on the basemap, nearest pixel.

    Args:
        mask: ``(rows, cols)`` of ``basemap``.
        basemap: The whole planet.
        center: Centre of the crater from which ranges and azimuths count.

    Raises:
        RasterError: If the mask has another shape.
    """
    if mask.shape != basemap.shape:
        raise RasterError(f"mask is {mask.shape}, but its basemap is {basemap.shape}")
    lon0, lat0 = np.radians(center)
    rows, cols = basemap.shape

    def at(range_rad: FloatArray, azimuth_rad: FloatArray) -> NDArray[np.bool_]:
        # Axes of a direction: north, east, and up at the crater; then along the planet's axis.
        north, east, up = np.moveaxis(direction(range_rad, azimuth_rad), -1, 0)
        outward = up * np.cos(lat0) - north * np.sin(lat0)
        lat = np.arctan2(up * np.sin(lat0) + north * np.cos(lat0), np.hypot(outward, east))
        lon = lon0 + np.arctan2(east, outward)
        row = np.floor((0.5 - lat / np.pi) * rows).astype(np.intp).clip(0, rows - 1)
        col = np.floor((0.5 + lon / (2 * np.pi)) * cols).astype(np.intp) % cols
        return mask[row, col]

    return at


def mask_of_polar(probability: NDArray[np.floating], grid: PolarGrid) -> MaskFunction:
    """Return where a probability on a polar view is above one half.

    It is interpolated bilinearly in log-range and azimuth between the centres of cells, as on the
    way to an azimuthal raster; the innermost and outermost row hold up to the edges of the view,
    and there is nothing beyond them.

    Args:
        probability: ``(rows, cols)`` of ``grid``, 0 to 1.
        grid: Grid about the crater's centre.

    Raises:
        RasterError: If the probability has another shape.
    """
    if probability.shape != grid.shape:
        raise RasterError(f"probability is {probability.shape}, but its grid is {grid.shape}")
    around = np.pad(probability.astype(np.float64), ((0, 0), (1, 1)), mode="wrap")
    radius_rad = grid.radius_m / grid.body.radius_m
    start = grid.inner_radii + grid.offset_radii

    def at(range_rad: FloatArray, azimuth_rad: FloatArray) -> NDArray[np.bool_]:
        radii = range_rad / radius_rad
        row = np.log((radii + grid.offset_radii) / start) / grid.log_step - 0.5
        # Column 0 is a copy of the last one.
        col = (azimuth_rad / (2 * np.pi) % 1) * grid.cols + 0.5
        value = map_coordinates(around, [row.clip(0, grid.rows - 1), col], order=1, mode="nearest")
        return is_set(value) & (radii >= grid.inner_radii) & (radii <= grid.outer_radii)

    return at


def mask_of_drawing(drawing: Drawing) -> MaskFunction:
    """Return a drawing as a mask: the strips of its rays, and its blanket between its edges."""
    arcs = [(arc_of(ray), half_width_rad(ray)) for ray in drawing.rays]

    def at(range_rad: FloatArray, azimuth_rad: FloatArray) -> NDArray[np.bool_]:
        found = np.zeros(range_rad.shape, np.bool_)
        if drawing.blanket is not None:
            inner, outer = drawing.blanket.edges_deg(np.degrees(azimuth_rad))
            range_deg = np.degrees(range_rad)
            found |= (inner <= range_deg) & (range_deg <= outer) & (inner < outer)
        points = direction(range_rad, azimuth_rad)
        for arc, half_rad in arcs:
            is_near = np.abs(points @ arc.normal) <= np.sin(half_rad)
            along = np.arctan2(points @ arc.along, points @ arc.begin)
            # Rounding must not take the very ends and edges of a ray from it.
            found |= is_near & (along >= -1e-9) & (along <= arc.length_rad + 1e-9)
        return found

    return at
