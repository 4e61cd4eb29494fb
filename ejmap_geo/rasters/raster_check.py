"""Whether a raster file is on the grid it should be on, and what it holds, at a glance."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import rasterio
from numpy.typing import NDArray

from ejmap_geo.errors import CrsError, RasterError
from ejmap_geo.grids.grid import Grid
from ejmap_geo.rasters.raster_file import opened

# Beside the hundreds of metres of a pixel this is rounding.
TRANSFORM_TOLERANCE_M = 1e-3


def read_glance(
    path: Path,
    grid: Grid,
    *,
    dtype: str,
    bands: int,
    band_names: Sequence[str] = (),
    max_side_px: int,
) -> NDArray[Any]:
    """Return every n-th pixel of a raster that fills a grid, after checking that it does.

    Pixels come from the overviews where there are any, so that a large raster costs no more than a
    small one.

    Args:
        path: The file.
        grid: Where its pixels should lie.
        dtype: Type that they should have.
        bands: Bands that it should have.
        band_names: What its bands should be called; empty takes any names.
        max_side_px: Longest side of what is returned.

    Returns:
        ``(band, row, col)``.

    Raises:
        CrsError: If the CRS is another one.
        RasterError: If place, shape, type, bands or their names are others, or it is no raster.
    """
    with opened(path) as raster:
        what = path.name
        _require_place(raster, grid, what=what)
        if raster.count != bands or set(raster.dtypes) != {dtype}:
            raise RasterError(
                f"{what} has {raster.count} band(s) of {'/'.join(sorted(set(raster.dtypes)))}, "
                f"expected {bands} of {dtype}; make it again"
            )
        if band_names and tuple(raster.descriptions) != tuple(band_names):
            raise RasterError(
                f"{what} has bands {list(raster.descriptions)}, expected {list(band_names)}; make "
                "it again"
            )
        step = max(1, -(-max(raster.shape) // max_side_px))
        shape = tuple(-(-length // step) for length in raster.shape)
        return raster.read(out_shape=(bands, *shape))


def _require_place(raster: rasterio.DatasetReader, grid: Grid, *, what: str) -> None:
    wanted = rasterio.CRS.from_wkt(grid.crs.to_wkt())
    if raster.crs != wanted:
        found = "no CRS" if raster.crs is None else raster.crs.to_proj4()
        raise CrsError(
            f"{what} is not in the CRS of its grid: {found} instead of {wanted.to_proj4()}; make "
            "it again"
        )
    if raster.shape != grid.shape:
        raise RasterError(f"{what} is {raster.shape} px, its grid {grid.shape}; make it again")
    if not raster.transform.almost_equals(grid.transform, TRANSFORM_TOLERANCE_M):
        raise RasterError(
            f"{what} lies elsewhere than its grid: geotransform {raster.transform.to_gdal()}, "
            f"expected {grid.transform.to_gdal()}; make it again"
        )
