"""Where a raster file lies: its georeferencing, checked against a planet and a basemap."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio

from ejmap_geo import statements
from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.rasters.raster_extent import Extent, extent_of
from ejmap_geo.rasters.raster_file import opened

# Published mosaics overshoot the pole by fractions of a millimetre and others round their pixel
# size; half a pixel over the whole planet moves no pixel to another place.
EXTENT_TOLERANCE_PX = 0.5
CENTER_TOLERANCE_PX = 0.25
ALIGNMENT_TOLERANCE_PX = 0.1


class RasterPlace(NamedTuple):
    """Where the pixels of a file lie on the basemap.

    Attributes:
        grid: The basemap.
        window: Its part that the file fills; may wrap around the antimeridian.
        is_mirrored: Whether the first column of the file is the easternmost.
        is_south_up: Whether its first row is the southernmost.
    """

    grid: BasemapGrid
    window: Window
    is_mirrored: bool
    is_south_up: bool


def mosaic_place(
    raster: rasterio.DatasetReader, *, body: Body, what: str, pad: bool = False
) -> RasterPlace:
    """Return where a mosaic lies on the planet.

    Args:
        raster: The mosaic.
        body: The planet.
        what: The mosaic in words, for messages.
        pad: Whether it may cover a part of the planet. Its pixels are then moved to the nearest of
            a basemap of the planet, by half a pixel at most.

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If the extent, shape or orientation does not fit.
    """
    extent = extent_of(raster, body=body, what=what)
    if pad:
        grid, window = _window_of_part(raster, extent, body=body, what=what)
    else:
        grid, window = _window_of_planet(raster, extent, body=body, what=what)
    return RasterPlace(grid, window, extent.is_mirrored, extent.is_south_up)


def _refuse_beyond_planet(extent: Extent, px_deg: float, what: str) -> None:
    lon_deg = extent.east_deg - extent.west_deg
    farthest = max(abs(extent.north_deg), abs(extent.south_deg))
    edges = (extent.west_deg, extent.east_deg, extent.south_deg, extent.north_deg)
    is_radians = np.allclose(np.abs(edges), np.pi * np.array([1, 1, 0.5, 0.5]), atol=px_deg / 2)
    if is_radians or lon_deg > 360 + px_deg or farthest > 90 + px_deg:
        why = "as radians do" if is_radians else "more than the planet"
        raise RasterError(
            f"{what} covers {extent.words}, {why}; correct its extent (for a whole planet "
            "gdal_edit.py -a_ullr -180 90 180 -90)"
        )


def _window_of_planet(
    raster: rasterio.DatasetReader, extent: Extent, *, body: Body, what: str
) -> tuple[BasemapGrid, Window]:
    lon_deg, lat_deg = extent.east_deg - extent.west_deg, extent.north_deg - extent.south_deg
    px_deg = lon_deg / raster.width
    off_px = max(abs(lon_deg - 360), abs(lat_deg - 180)) / px_deg
    first_col = (extent.west_deg + extent.east_deg) / 2 / px_deg
    down_px = abs(extent.north_deg + extent.south_deg) / 2 / px_deg
    _refuse_beyond_planet(extent, px_deg, what)
    if off_px > EXTENT_TOLERANCE_PX or down_px > 1:
        raise RasterError(
            f"{what} covers {extent.words}, not the whole planet; to map the part that it shows, "
            f"state {statements.PAD}; or pad it with nodata to 360 by 180 degrees (gdalwarp -te)"
        )
    if raster.width != 2 * raster.height:
        raise RasterError(
            f"{what} is {raster.width}x{raster.height} px; a simple cylindrical mosaic is twice as "
            "wide as high: resample it to square pixels"
        )
    shift_px = max(abs(first_col - round(first_col)), down_px)
    if shift_px > CENTER_TOLERANCE_PX:
        raise RasterError(
            f"{what} covers {extent.words}, so that a mosaic of -180 to 180 has its pixels "
            f"{shift_px:.2f} px beside, between two pixel edges; correct its position if it was "
            "stated for pixel centres (gdal_edit.py -a_ullr), or resample it to -180..180"
        )
    window = Window(
        row=0, col=round(first_col) % raster.width, height=raster.height, width=raster.width
    )
    return BasemapGrid(body=body, width_px=raster.width), window


def _window_of_part(
    raster: rasterio.DatasetReader, extent: Extent, *, body: Body, what: str
) -> tuple[BasemapGrid, Window]:
    lon_deg, lat_deg = extent.east_deg - extent.west_deg, extent.north_deg - extent.south_deg
    around_px, down_px = 360 * raster.width / lon_deg, 180 * raster.height / lat_deg
    grid = BasemapGrid(body=body, width_px=max(2, 2 * round(around_px / 2)))
    px_deg = 360 / grid.width_px
    misfit_px = max(abs(lon_deg / px_deg - raster.width), abs(lat_deg / px_deg - raster.height))
    row = (90 - (extent.north_deg + extent.south_deg) / 2) / px_deg - raster.height / 2
    col = (180 + (extent.west_deg + extent.east_deg) / 2) / px_deg - raster.width / 2
    window = Window(
        row=round(row), col=round(col) % grid.width_px, height=raster.height, width=raster.width
    )
    is_inside = window.row >= 0 and window.row + window.height <= grid.shape[0]
    if misfit_px > 1 or not is_inside or window.width > grid.width_px:
        raise RasterError(
            f"{what} covers {extent.words} with pixels of which {around_px:.2f} go around the "
            f"planet and {down_px:.2f} from pole to pole; a mosaic has square pixels of the planet "
            f'alone: gdalwarp -t_srs "+proj=eqc +R={body.radius_m:.0f} +units=m"'
        )
    return grid, window


def basemap_grid_of_part(path: Path, *, body: Body) -> BasemapGrid:
    """Return the grid of the mosaic that a raster was cut from, by the size of its pixels.

    Args:
        path: A raster of any part of the planet, on the pixels of the mosaic.
        body: The planet.

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If the file is no raster, or no mosaic of the planet has such pixels.
    """
    with opened(path) as raster:
        extent = extent_of(raster, body=body, what=path.name)
        around_px = 360 * raster.width / (extent.east_deg - extent.west_deg)
        down_px = 180 * raster.height / (extent.north_deg - extent.south_deg)
    width_px = 2 * round(around_px / 2)
    if max(abs(around_px - width_px), abs(2 * down_px - width_px)) > EXTENT_TOLERANCE_PX:
        raise RasterError(
            f"{path} has pixels of which {around_px:.2f} go around the planet and {down_px:.2f} "
            "from pole to pole; a mosaic is twice as wide as high: resample it to square pixels"
        )
    return BasemapGrid(body=body, width_px=width_px)


def place_on(raster: rasterio.DatasetReader, basemap: BasemapGrid, *, what: str) -> RasterPlace:
    """Return where a raster of any part of the planet lies on the basemap, from its bounds.

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If its pixels are of another size or do not coincide with the basemap's.
    """
    extent = extent_of(raster, body=basemap.body, what=what)
    px_deg = 360.0 / basemap.width_px
    width_px = (extent.east_deg - extent.west_deg) / px_deg
    height_px = (extent.north_deg - extent.south_deg) / px_deg
    if max(abs(width_px - raster.width), abs(height_px - raster.height)) > EXTENT_TOLERANCE_PX:
        found_deg = (extent.east_deg - extent.west_deg) / raster.width
        raise RasterError(
            f"{what} has {1 / found_deg:.4f} pixels per degree, the mosaic {1 / px_deg:.4f}; "
            "resample it (nearest neighbour) to the pixels of the mosaic"
        )
    row, col = (90 - extent.north_deg) / px_deg, (extent.west_deg + 180) / px_deg
    shift_px = max(abs(row - round(row)), abs(col - round(col)))
    if shift_px > ALIGNMENT_TOLERANCE_PX:
        raise RasterError(
            f"{what} lies {shift_px:.2f} px beside the pixels of the mosaic; "
            "crop it along pixel edges instead of resampling it"
        )
    window = Window(
        row=round(row),
        col=round(col) % basemap.width_px,
        height=raster.height,
        width=raster.width,
    )
    if window.row < 0 or window.row + window.height > basemap.shape[0]:
        raise RasterError(f"{what} reaches beyond a pole ({extent.north_deg:.3f} degrees north)")
    return RasterPlace(basemap, window, extent.is_mirrored, extent.is_south_up)
