"""Rasters as files: the only reader and writer of GeoTIFFs.

Everything is written as a cloud-optimised GeoTIFF that carries its planet. What a user brings is
checked here before anything is computed: see :func:`read_basemap` and :func:`read_mask_on`.
"""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rioxarray
import xarray as xr
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import RasterioIOError

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid, Grid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster_place import basemap_columns_from, opened, window_on
from ejmap_geo.whole_file import whole_file

BLOCK_PX = 512

# Bands with these names are marked as colours and transparency, so that every viewer blends them.
RGBA_BANDS = ("red", "green", "blue", "alpha")


def write_cog(
    path: Path,
    values: NDArray[Any],
    *,
    grid: Grid,
    window: Window | None = None,
    nodata: float | None = None,
    band_names: Sequence[str] = (),
    colormap: Mapping[int, tuple[int, int, int, int]] | None = None,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Write a cloud-optimised GeoTIFF, whole or not at all.

    Tiles are 512 px, overviews take the nearest pixel (ids and masks must not be averaged). A
    basemap window that wraps is written as it stands, past the antimeridian.

    Args:
        path: File to write; its folder is made, an older file of that name is replaced.
        values: ``(band, row, col)`` or ``(row, col)``; bool is written as 0 and 1.
        grid: Where the pixels lie.
        window: The part of ``grid`` that ``values`` fill; None for all of it.
        nodata: Value that means "nothing here".
        band_names: One description a band, or none.
        colormap: Red, green, blue, alpha of the values of a single uint8 or uint16 band; GeoTIFF
            keeps no transparency in colour tables.
        tags: Text kept inside the file by name, such as what it was made from.

    Raises:
        RasterError: If ``values`` do not have the shape of the grid or window.
    """
    bands = _as_bands(values, shape=grid.shape if window is None else window.shape)
    if band_names and len(band_names) != len(bands):
        raise RasterError(f"{len(bands)} bands need as many names, got {list(band_names)}")
    profile = _profile(bands, grid=grid, window=window, nodata=nodata)
    with whole_file(path) as unfinished, rasterio.open(unfinished, "w", **profile) as raster:
        raster.write(bands)
        for number, name in enumerate(band_names, start=1):
            raster.set_band_description(number, name)
        if tuple(band_names) == RGBA_BANDS:
            raster.colorinterp = [ColorInterp[name] for name in RGBA_BANDS]
        if colormap is not None:
            raster.write_colormap(1, dict(colormap))
        raster.update_tags(**(tags or {}))


def _profile(
    bands: NDArray[Any], *, grid: Grid, window: Window | None, nodata: float | None
) -> dict[str, Any]:
    transform = grid.transform
    if window is not None:
        transform = transform @ Affine.translation(window.col, window.row)
    return {
        "driver": "COG",
        "dtype": bands.dtype,
        "count": len(bands),
        "height": bands.shape[1],
        "width": bands.shape[2],
        "crs": rasterio.CRS.from_wkt(grid.crs.to_wkt()),
        "transform": transform,
        "nodata": nodata,
        "blocksize": BLOCK_PX,
        "compress": "DEFLATE",
        # Against the usual level 6 half of the time, and a few per cent more bytes.
        "level": 1,
        "predictor": "YES",
        "overview_resampling": "NEAREST",
        "bigtiff": "IF_SAFER",
    }


def _as_bands(values: NDArray[Any], *, shape: tuple[int, int]) -> NDArray[Any]:
    bands = values[None] if values.shape == shape else values
    if bands.shape[1:] != shape:
        raise RasterError(
            f"values must be (band, row, col) with {shape[0]}x{shape[1]} px, got {values.shape}"
        )
    return bands.astype(np.uint8) if bands.dtype == np.bool_ else bands


def read_raster(path: Path) -> xr.DataArray:
    """Open a raster lazily as ``(band, y, x)`` with its CRS; pixels are read when asked for.

    Raises:
        RasterError: If the file is missing or no raster.
    """
    try:
        with warnings.catch_warnings():
            # rioxarray 0.19, the last for Python 3.11, multiplies transforms as affine 2 did.
            warnings.filterwarnings("ignore", "Use `@` matmul", PendingDeprecationWarning)
            # Its objects refer to each other in circles: with a cache they would keep the pixels of
            # crater after crater until Python happens to look for circles.
            raster = rioxarray.open_rasterio(path, cache=False)
    except RasterioIOError as error:
        raise RasterError(f"{path} cannot be read as a raster ({error}); give a GeoTIFF") from error
    if not isinstance(raster, xr.DataArray):
        raise RasterError(f"{path} holds several rasters of different kinds; give a GeoTIFF")
    return raster


def read_basemap(
    path: Path,
    *,
    body: Body,
    bands: int | None = None,
    value_range: tuple[float, float] | None = None,
) -> tuple[NDArray[np.uint8], BasemapGrid]:
    """Read a mosaic of the whole planet, checked and brought to -180..180 and nodata 0.

    Georeferencing that overshoots a pole or the antimeridian by less than half a pixel is taken as
    exact. An alpha band is used as a mask and is not counted as a band.

    Args:
        path: Raster in simple cylindrical projection or in plain longitude and latitude.
        body: The planet it must be of.
        bands: Number of bands that it should have; None takes any.
        value_range: Lowest and highest value, stretched linearly to 1..255; needed for every type
            other than uint8, because a stretch chosen from the data would differ from mosaic to
            mosaic.

    Returns:
        ``(band, row, col)``, 0 where nothing was imaged, and its grid.

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If the size, extent, orientation, type or number of bands does not fit.
    """
    with opened(path) as raster:
        numbers, grid, first_col = _basemap_bands(
            raster, body=body, bands=bands, value_range=value_range
        )
        values = np.empty((len(numbers), *grid.shape), np.uint8)
        # One band at a time: the floats of a whole full-size mosaic would fill 3 GB.
        for band, number in enumerate(numbers):
            values[band] = np.roll(_grey(raster, number, value_range), first_col, axis=1)
    return values, grid


def _grey(
    raster: rasterio.DatasetReader, number: int, value_range: tuple[float, float] | None
) -> NDArray[np.uint8]:
    values = raster.read(number)
    is_masked = MaskFlags.all_valid not in raster.mask_flag_enums[number - 1]
    if value_range is not None:
        values = _stretched(values, value_range)
    elif is_masked and raster.nodata != 0:
        # 0 is to mean "not imaged", so a pixel that was measured as 0 becomes the darkest grey.
        np.maximum(values, 1, out=values)
    if is_masked:
        # read_masks knows nodata values, alpha bands and mask files alike.
        values[raster.read_masks(number) == 0] = 0
    return values


def basemap_grid_of(
    path: Path,
    *,
    body: Body,
    bands: int | None = None,
    value_range: tuple[float, float] | None = None,
) -> BasemapGrid:
    """Return the grid of a mosaic without reading its pixels, checked like :func:`read_basemap`.

    Raises:
        CrsError: As :func:`read_basemap`.
        RasterError: As :func:`read_basemap`.
    """
    with opened(path) as raster:
        return _basemap_bands(raster, body=body, bands=bands, value_range=value_range)[1]


def _basemap_bands(
    raster: rasterio.DatasetReader,
    *,
    body: Body,
    bands: int | None,
    value_range: tuple[float, float] | None,
) -> tuple[list[int], BasemapGrid, int]:
    name = Path(raster.name).name
    grid, first_col = basemap_columns_from(raster, body=body, what=f"mosaic {name}")
    numbers = _image_bands(raster)
    if bands is not None and len(numbers) != bands:
        raise RasterError(
            f"mosaic {name} has {len(numbers)} band(s), not the {bands} of the bands that are "
            "stated; state what its bands mean (`bands` in project.yaml), or give another mosaic"
        )
    _require_value_range(raster.dtypes[numbers[0] - 1], value_range, name)
    return numbers, grid, first_col


def _image_bands(raster: rasterio.DatasetReader) -> list[int]:
    kinds = zip(raster.indexes, raster.colorinterp, strict=True)
    numbers = [number for number, kind in kinds if kind != ColorInterp.alpha]
    if ColorInterp.palette in raster.colorinterp:
        raise RasterError(
            f"mosaic {Path(raster.name).name} has a colour table, so its values are no brightness; "
            "give the image itself (gdal_translate -expand rgb or -expand gray)"
        )
    return numbers


def _require_value_range(dtype: str, value_range: tuple[float, float] | None, name: str) -> None:
    if value_range is None and dtype != "uint8":
        raise RasterError(
            f"mosaic {name} holds {dtype} values, but models see 0 to 255; state which values "
            "are black and white as value_range: [low, high], or convert it to 8 bit yourself"
        )
    if value_range is not None and not value_range[0] < value_range[1]:
        raise RasterError(f"value_range must be [low, high] with low < high, got {value_range}")


def _stretched(values: NDArray[Any], value_range: tuple[float, float]) -> NDArray[np.uint8]:
    low, high = value_range
    share = np.clip((values.astype(np.float32) - low) / (high - low), 0.0, 1.0)
    return np.nan_to_num(np.rint(1.0 + 254.0 * share), nan=0.0).astype(np.uint8)


def read_mask_on(path: Path, basemap: BasemapGrid) -> PlacedMask:
    """Read a mask of 0 and 1, whole or cropped, and place it on the basemap by its bounds.

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If the mask has another pixel size, lies off the pixels of the basemap, has
            several bands or holds other values than 0, 1 and its nodata value.
    """
    what = f"mask {path.name}"
    with opened(path) as raster:
        window = _mask_window(raster, basemap, what=what)
        values, nodata = raster.read(1), raster.nodata
    found = [value for value in np.unique(values).tolist() if value != nodata]
    if not set(found) <= {0, 1}:
        raise RasterError(
            f"{what} must hold 0 (no ejecta) and 1 (ejecta) only, found "
            f"{', '.join(f'{value:g}' for value in found[:6])}; "
            "recode it, and give craters one file each"
        )
    mask = (values == 1) & (values != nodata)
    return PlacedMask.in_window(mask, window=window, basemap=basemap)


def mask_window_of(path: Path, basemap: BasemapGrid) -> Window:
    """Return where a mask lies without reading its pixels, checked like :func:`read_mask_on`.

    Raises:
        CrsError: As :func:`read_mask_on`.
        RasterError: As :func:`read_mask_on`, its values apart.
    """
    with opened(path) as raster:
        return _mask_window(raster, basemap, what=f"mask {path.name}")


def _mask_window(raster: rasterio.DatasetReader, basemap: BasemapGrid, *, what: str) -> Window:
    if raster.count != 1:
        raise RasterError(f"{what} has {raster.count} bands; a mask has one, of 0 and 1")
    return window_on(raster, basemap, what=what)
