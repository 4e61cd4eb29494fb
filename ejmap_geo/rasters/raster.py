"""Rasters as files: the only reader and writer of GeoTIFFs.

Everything is written as a cloud-optimised GeoTIFF that carries its planet. What a user brings is
checked here before anything is computed: see :func:`read_basemap` and :func:`read_mask_on`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import rasterio
import rasterio.shutil
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import ColorInterp
from rasterio.errors import RasterioIOError

from ejmap_geo import statements
from ejmap_geo.cores import usable_cores
from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import Body
from ejmap_geo.grids.grid import BasemapGrid, Grid
from ejmap_geo.grids.window import Window
from ejmap_geo.library_warnings import ignored
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.pixel_sources.pixel_source import drivers_for
from ejmap_geo.rasters.file_stamp import file_stamp
from ejmap_geo.rasters.greys import fill_with_greys, require_greys
from ejmap_geo.rasters.mask_values import mask_values, require_mask
from ejmap_geo.rasters.memory import require_memory
from ejmap_geo.rasters.raster_file import array_raster, opened, whole_raster
from ejmap_geo.rasters.raster_place import RasterPlace, mosaic_place, place_on
from ejmap_geo.rasters.stated_bands import StatedBand, stated_bands

if TYPE_CHECKING:
    import xarray as xr

BLOCK_PX = 512

COG_OPTIONS: Mapping[str, Any] = {
    "driver": "COG",
    "blocksize": BLOCK_PX,
    "compress": "DEFLATE",
    # Against the usual level 6 half of the time, and a few per cent more bytes.
    "level": 1,
    "predictor": "YES",
    "statistics": "YES",
    "bigtiff": "IF_SAFER",
}

# How the pixels of an overview follow from those below them.
Overviews: TypeAlias = Literal["nearest", "average"]
# Bands with these names are marked as colours and transparency, so that every viewer blends them.
RGBA_BANDS = ("red", "green", "blue", "alpha")


def cog_options() -> dict[str, Any]:
    """Return how GDAL writes rasters of ours, with a thread for each core to compress them."""
    return {**COG_OPTIONS, "num_threads": usable_cores()}


def write_cog(
    path: Path,
    values: NDArray[Any],
    *,
    grid: Grid,
    window: Window | None = None,
    nodata: float | None = None,
    band_names: Sequence[str] = (),
    shows_percent: bool = False,
    colormap: Mapping[int, tuple[int, int, int, int]] | None = None,
    overviews: Overviews = "nearest",
    tags: Mapping[str, str] | None = None,
) -> None:
    """Write a cloud-optimised GeoTIFF, whole or not at all.

    Tiles are 512 px, and the statistics of each band are inside. A basemap window that wraps is
    written as it stands, past the antimeridian.

    Args:
        path: File to write; its folder is made, an older file of that name is replaced.
        values: ``(band, row, col)`` or ``(row, col)``; bool is written as 0 and 1.
        grid: Where the pixels lie.
        window: The part of ``grid`` that ``values`` fill; None for all of it.
        nodata: Value that means "nothing here".
        band_names: One description a band, or none.
        shows_percent: Whether all bands are shares, 0 to 1. They are stored as they are, with
            scale 100 and unit %, by which a GIS shows 0 to 100 %.
        colormap: Red, green, blue, alpha of the values of a single uint8 or uint16 band; GeoTIFF
            keeps no transparency in colour tables.
        overviews: The nearest pixel, for ids and masks, or the average, for amounts.
        tags: Text kept inside the file by name, such as what it was made from; the program and the
            time are added.

    Raises:
        RasterError: If ``values`` do not have the shape of the grid or window.
    """
    bands = _as_bands(values, shape=grid.shape if window is None else window.shape)
    if band_names and len(band_names) != len(bands):
        raise RasterError(f"{len(bands)} bands need as many names, got {list(band_names)}")
    transform = grid.transform
    if window is not None:
        transform = transform @ Affine.translation(window.col, window.row)
    crs = rasterio.CRS.from_wkt(grid.crs.to_wkt())
    with whole_raster(path) as unfinished, array_raster(bands, transform) as raster:
        raster.crs, raster.nodata = crs, nodata
        for number, name in enumerate(band_names, start=1):
            raster.set_band_description(number, name)
        if shows_percent:
            # Of all bands: rioxarray warns of a file whose bands have different scales.
            raster.scales, raster.units = [100.0] * len(bands), ["%"] * len(bands)
        if tuple(band_names) == RGBA_BANDS:
            raster.colorinterp = [ColorInterp[name] for name in RGBA_BANDS]
        if colormap is not None:
            raster.write_colormap(1, dict(colormap))
        raster.update_tags(**file_stamp(), **(tags or {}))
        rasterio.shutil.copy(raster, unfinished, **cog_options(), overview_resampling=overviews)


def _as_bands(values: NDArray[Any], *, shape: tuple[int, int]) -> NDArray[Any]:
    bands = values[None] if values.shape == shape else values
    if bands.shape[1:] != shape:
        raise RasterError(
            f"values must be (band, row, col) with {shape[0]}x{shape[1]} px, got {values.shape}"
        )
    return bands.astype(np.uint8) if bands.dtype == np.bool_ else bands


def read_raster(path: Path) -> "xr.DataArray":
    """Open a GeoTIFF lazily as ``(band, y, x)`` with its CRS; pixels are read when asked for.

    Raises:
        RasterError: If the file is missing or no GeoTIFF.
    """
    # Most commands read no such raster.
    import rioxarray  # noqa: PLC0415 - takes as long as pandas
    import xarray as xr  # noqa: PLC0415 - the same

    drivers_for(path)
    try:
        # rioxarray 0.19, the last for Python 3.11, multiplies transforms as affine 2 did.
        with ignored(PendingDeprecationWarning, "Use `@` matmul"):
            # Its objects refer to each other in circles: with a cache they would keep the pixels of
            # crater after crater until Python happens to look for circles.
            raster = rioxarray.open_rasterio(path.absolute(), cache=False, driver="GTiff")
    except (RasterioIOError, UnicodeError) as error:
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
    pad: bool = False,
) -> tuple[NDArray[np.uint8], BasemapGrid]:
    """Read a mosaic, checked and brought to -180..180, north up and nodata 0.

    Georeferencing that overshoots a pole or the antimeridian by less than half a pixel is taken as
    exact. An alpha band is used as a mask and is not counted as a band.

    Args:
        path: Raster in simple cylindrical projection or in plain longitude and latitude.
        body: The planet it must be of.
        bands: Number of bands that it should have; None takes any.
        value_range: Lowest and highest value, stretched linearly to 1..255; needed for every type
            other than uint8, because a stretch chosen from the data would differ from mosaic to
            mosaic. Values are what the file says they are: stored number x scale + offset.
        pad: Whether the mosaic may cover a part of the planet; the rest is not imaged.

    Returns:
        ``(band, row, col)``, 0 where nothing was imaged, and its grid.

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If the size, extent, orientation, type or number of bands does not fit, if the
            numbers are no brightness, or if the file is cut off.
    """
    with opened(path) as raster:
        image, place = _checked_mosaic(
            raster, body=body, bands=bands, value_range=value_range, pad=pad
        )
        require_memory((len(image), *place.grid.shape), what=f"mosaic {path.name}")
        values = np.zeros((len(image), *place.grid.shape), np.uint8)
        fill_with_greys(values, raster, image, place, value_range)
    return values, place.grid


def basemap_grid_of(
    path: Path,
    *,
    body: Body,
    bands: int | None = None,
    value_range: tuple[float, float] | None = None,
    pad: bool = False,
) -> BasemapGrid:
    """Return the grid of a mosaic without reading its pixels, checked like :func:`read_basemap`.

    Raises:
        CrsError: As :func:`read_basemap`.
        RasterError: As :func:`read_basemap`.
    """
    with opened(path) as raster:
        _, place = _checked_mosaic(raster, body=body, bands=bands, value_range=value_range, pad=pad)
        return place.grid


def _checked_mosaic(
    raster: rasterio.DatasetReader,
    *,
    body: Body,
    bands: int | None,
    value_range: tuple[float, float] | None,
    pad: bool,
) -> tuple[list[StatedBand], RasterPlace]:
    what = f"mosaic {Path(raster.name).name}"
    place = mosaic_place(raster, body=body, what=what, pad=pad)
    image = stated_bands(raster, what=what)
    if bands is not None and len(image) != bands:
        meaning = statements.bands("grey" if len(image) == 1 else "NAME,NAME,...")
        raise RasterError(
            f"{what} has {len(image)} band(s), not {bands} as stated; state what its bands mean "
            f"({meaning}), or give another mosaic"
        )
    require_greys(raster, image, value_range, what=what)
    return image, place


def read_mask_on(path: Path, basemap: BasemapGrid) -> PlacedMask:
    """Read a mask of 0 and 1, whole or cropped, and place it on the basemap by its bounds.

    Raises:
        CrsError: If the CRS is missing, another planet's or not cylindrical.
        RasterError: If the mask has another pixel size, lies off the pixels of the basemap, has
            several bands or holds other values than 0, 1 and its nodata value.
    """
    what = f"mask {path.name}"
    with opened(path) as raster:
        place = place_on(raster, basemap, what=what)
        mask = mask_values(raster, what=what)
    mask = mask[:: -1 if place.is_south_up else 1, :: -1 if place.is_mirrored else 1]
    return PlacedMask.in_window(mask, window=place.window, basemap=basemap)


def mask_window_of(path: Path, basemap: BasemapGrid) -> Window:
    """Return where a mask lies without reading its pixels, checked like :func:`read_mask_on`.

    Raises:
        CrsError: As :func:`read_mask_on`.
        RasterError: As :func:`read_mask_on`, its values apart.
    """
    what = f"mask {path.name}"
    with opened(path) as raster:
        place = place_on(raster, basemap, what=what)
        require_mask(raster, what=what)
    return place.window
