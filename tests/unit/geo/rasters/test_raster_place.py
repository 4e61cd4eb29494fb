"""The size of a mosaic follows from the pixels of any part of it."""

import math
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.rasters.raster_place import basemap_grid_of_part

AROUND_M = 2 * math.pi * 2_439_400.0


def _part(path: Path, *, px_m: tuple[float, float]) -> Path:
    transform = Affine(px_m[0], 0, 3 * px_m[0], 0, -px_m[1], -5 * px_m[1])
    crs = rasterio.CRS.from_proj4("+proj=eqc +R=2439400 +units=m")
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype="uint8",
        crs=crs,
        transform=transform,
        width=7,
        height=4,
        count=1,
    ) as raster:
        raster.write(np.ones((1, 4, 7), np.uint8))
    return path


@pytest.mark.parametrize(("width_px", "error"), [(360, 0.0), (23040, 1e-8), (360, 1e-3)])
def test_pixels_are_counted_around_the_planet(width_px: int, error: float, tmp_path: Path) -> None:
    """Also where their size was rounded, as the published one is to eight decimals."""
    px_m = AROUND_M / width_px + error
    path = _part(tmp_path / "part.tif", px_m=(px_m, px_m))

    assert basemap_grid_of_part(path, body=MERCURY).width_px == width_px


@pytest.mark.parametrize("px_m", [(1000.0, 2000.0), (AROUND_M / 361,) * 2])
def test_pixels_that_do_not_divide_the_planet_are_refused(
    px_m: tuple[float, float], tmp_path: Path
) -> None:
    """A mosaic is twice as wide as high."""
    path = _part(tmp_path / "part.tif", px_m=px_m)

    with pytest.raises(RasterError, match="go around the planet and"):
        basemap_grid_of_part(path, body=MERCURY)
