"""Where a raster file lies: its georeferencing, checked against a planet and a basemap."""

import math
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import rasterio
from pyproj import CRS
from rasterio.errors import NotGeoreferencedWarning, RasterioIOError

from ejmap_geo.errors import CrsError, RasterError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.crs import require_body
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window

# Published mosaics overshoot the pole by fractions of a millimetre and others round their pixel
# size; half a pixel over the whole planet moves no pixel to another place.
EXTENT_TOLERANCE_PX = 0.5
ALIGNMENT_TOLERANCE_PX = 0.1

# EPSG methods of simple cylindrical: on an ellipsoid, on a sphere, and its pseudo variant.
EQUIDISTANT_CYLINDRICAL = frozenset({"1028", "1029", "9842", "9823"})


class Extent(NamedTuple):
    """Outer edges of a raster in degrees; longitude is counted on without a jump at 180."""

    west_deg: float
    east_deg: float
    south_deg: float
    north_deg: float


@contextmanager
def opened(path: Path) -> Generator[rasterio.DatasetReader]:
    """Open a raster file for reading.

    Raises:
        RasterError: If the file is missing or no raster.
    """
    with warnings.catch_warnings():
        # A missing geotransform is reported below, in our own words.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            raster = rasterio.open(path)
        except RasterioIOError as error:
            raise RasterError(
                f"{path} cannot be read as a raster ({error}); give a GeoTIFF"
            ) from error
        with raster:
            yield raster


def basemap_columns_from(
    raster: rasterio.DatasetReader, *, body: Body, what: str
) -> tuple[BasemapGrid, int]:
    """Check that a raster is a whole-planet mosaic.

    Returns:
        Its grid, and the basemap column at which the first column of the file lies (0 when the
        file begins at -180 degrees, half the width when it begins at 0).

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If the extent, shape or orientation does not fit.
    """
    extent = extent_of(raster, body=body, what=what)
    px_deg = (extent.east_deg - extent.west_deg) / raster.width
    overshoot_px = max(
        abs(extent.east_deg - extent.west_deg - 360) / px_deg,
        abs(extent.north_deg - 90) / px_deg,
        abs(extent.south_deg + 90) / px_deg,
    )
    if overshoot_px > EXTENT_TOLERANCE_PX:
        raise RasterError(
            f"{what} covers longitude {extent.west_deg:.3f} to {extent.east_deg:.3f} and latitude "
            f"{extent.south_deg:.3f} to {extent.north_deg:.3f}, not the whole planet; pad it with "
            "nodata to 360 by 180 degrees (gdalwarp -te)"
        )
    if raster.width != 2 * raster.height:
        raise RasterError(
            f"{what} is {raster.width}x{raster.height} px; a simple cylindrical mosaic is twice as "
            "wide as high: resample it to square pixels"
        )
    first_col = (extent.west_deg + 180) / 360 * raster.width
    if abs(first_col - round(first_col)) > EXTENT_TOLERANCE_PX / 2:
        raise RasterError(
            f"{what} begins at longitude {extent.west_deg:.5f}, between two pixel edges of a "
            "mosaic that begins at -180; resample it to -180..180"
        )
    return BasemapGrid(body=body, width_px=raster.width), round(first_col) % raster.width


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


def window_on(raster: rasterio.DatasetReader, basemap: BasemapGrid, *, what: str) -> Window:
    """Return the basemap window that a raster fills, from its bounds.

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
    return window


def extent_of(raster: rasterio.DatasetReader, *, body: Body, what: str) -> Extent:
    """Return the outer edges of a cylindrical raster in degrees.

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If the raster is not north up or has no position.
    """
    if raster.crs is None:
        raise CrsError(
            f"{what} has no CRS; state it, for simple cylindrical with gdal_edit.py -a_srs "
            f'"+proj=eqc +R={body.radius_m:.0f} +units=m" FILE'
        )
    crs = CRS.from_wkt(raster.crs.to_wkt())
    require_body(crs, body, what=what)
    transform = raster.transform
    if transform.is_identity:
        raise RasterError(
            f"{what} has a CRS but no position; set its corners (gdal_edit.py -a_ullr)"
        )
    if transform.b or transform.d or transform.a <= 0 or transform.e >= 0:
        raise RasterError(
            f"{what} is rotated, mirrored or south up (geotransform {transform.to_gdal()}); "
            "warp it to north up (gdalwarp)"
        )
    meridian_deg, unit_deg = _degrees_of(crs, body=body, what=what)
    west, east = transform.c, transform.c + transform.a * raster.width
    south, north = transform.f + transform.e * raster.height, transform.f
    return Extent(
        meridian_deg + west * unit_deg,
        meridian_deg + east * unit_deg,
        south * unit_deg,
        north * unit_deg,
    )


def _degrees_of(crs: CRS, *, body: Body, what: str) -> tuple[float, float]:
    # Central meridian in degrees, and degrees per unit of the coordinates.
    axis_unit = crs.axis_info[0].unit_conversion_factor
    if crs.is_geographic:
        return 0.0, math.degrees(axis_unit)
    operation = crs.coordinate_operation
    if operation is None or str(operation.method_code) not in EQUIDISTANT_CYLINDRICAL:
        found = crs.name if operation is None else operation.method_name
        raise CrsError(
            f"{what} is in projection {found!r}, not simple cylindrical; reproject it, for example "
            f'gdalwarp -t_srs "+proj=eqc +R={body.radius_m:.0f} +units=m"'
        )
    values = {parameter.name: parameter.value for parameter in operation.params}
    meridian_deg = float(values.pop("Longitude of natural origin", 0.0))
    if any(values.values()):
        raise CrsError(
            f"{what} is cylindrical with {values}, but a basemap has all of these at 0; "
            f'reproject it with gdalwarp -t_srs "+proj=eqc +R={body.radius_m:.0f} +units=m"'
        )
    return meridian_deg, math.degrees(axis_unit / body.radius_m)
