"""Masks in files about a crater: azimuthal equidistant, with pixels of any size."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.crs import require_body
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.rasters.mask_values import mask_values
from ejmap_geo.rasters.raster_file import crs_of, opened

AZIMUTHAL_EQUIDISTANT = "1125"
# A centre may differ by the digits that a file keeps.
CENTER_TOLERANCE_DEG = 1e-4


class AzimuthalMask(NamedTuple):
    """A mask, ``(rows, cols)``, and its grid about the crater."""

    mask: NDArray[np.bool_]
    grid: AzimuthalGrid


def read_azimuthal_mask(path: Path, *, body: Body, crater: Crater) -> AzimuthalMask | None:
    """Read a mask about a crater; None if the raster is in another projection.

    Args:
        path: A raster of 0 and 1.
        body: The planet.
        crater: The crater, in whose centre the projection must be centred.

    Raises:
        CrsError: If it is of another planet.
        RasterError: If it is not a square about the crater, or no mask of 0 and 1.
    """
    with opened(path) as raster:
        crs = crs_of(raster)
        operation = None if crs is None else crs.coordinate_operation
        if crs is None or operation is None or operation.method_code != AZIMUTHAL_EQUIDISTANT:
            return None
        what = f"mask {path.name}"
        require_body(crs, body, what=what)
        step = raster.transform
        center, half_px = crater.center, raster.height // 2
        grid = AzimuthalGrid(body=body, center=center, resolution_m=step.a, half_size_px=half_px)
        lat_deg, lon_deg = (float(one.value) for one in list(operation.params)[:2])
        # The same meridian may be 200 or -160 degrees.
        around_deg = (lon_deg - center.lon_deg + 180) % 360 - 180
        is_about = max(abs(lat_deg - center.lat_deg), abs(around_deg)) <= CENTER_TOLERANCE_DEG
        is_square = raster.shape == grid.shape and step.almost_equals(
            grid.transform, precision=grid.resolution_m * 0.1
        )
        if not (is_about and is_square):
            raise RasterError(
                f"{path} has {raster.height}x{raster.width} px about {lon_deg:g}, {lat_deg:g}, but "
                f"must be a square about crater {crater.crater_id}, with the crater's centre "
                f"({center.lon_deg:g}, {center.lat_deg:g}) where its middle pixels meet; make it "
                "so, or give a mask on the pixels of the mosaic"
            )
        return AzimuthalMask(mask_values(raster, what=what), grid)


def on_grid(given: AzimuthalMask, grid: AzimuthalGrid) -> NDArray[np.bool_]:
    """Return a mask on another grid about the same centre, nearest pixel; clear beyond its own.

    Args:
        given: The mask.
        grid: Grid of the result.
    """
    ratio = grid.resolution_m / given.grid.resolution_m
    middle = np.arange(grid.shape[0]) + 0.5 - grid.half_size_px
    at = np.floor(middle * ratio + given.grid.half_size_px).astype(np.intp)
    inside = np.flatnonzero((at >= 0) & (at < given.grid.shape[0]))
    result = np.zeros(grid.shape, np.bool_)
    if inside.size:
        there = slice(inside[0], inside[-1] + 1)
        result[there, there] = given.mask[at[inside][:, None], at[inside]]
    return result
