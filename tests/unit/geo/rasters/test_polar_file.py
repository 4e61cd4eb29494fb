"""Polar views as files read back as they were written."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio

from ejmap_geo.errors import RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.polar import PolarGrid
from ejmap_geo.rasters.polar_file import read_polar_view, write_polar_view
from ejmap_geo.rasters.raster import write_cog

GRID = PolarGrid(
    body=MERCURY,
    center=LonLat(30, -45),
    radius_m=20_000.0,
    rows=6,
    cols=12,
    inner_radii=0.9,
    outer_radii=80 / 3,
    offset_radii=0.1,
)
NAMES = ("probability", "member_00")


def _values(count: int = 2) -> np.ndarray:
    return np.random.default_rng(1).random((count, *GRID.shape), np.float32)


def test_bands_and_grid_come_back_bit_by_bit(tmp_path: Path) -> None:
    """Names, values and ranges that no short decimal number states."""
    path = tmp_path / "view.tif"
    values = _values()

    write_polar_view(path, values, polar=GRID, band_names=NAMES, tags={"MADE_OF": "this"})
    bands, grid = read_polar_view(path, body=GRID.body, center=GRID.center, radius_m=GRID.radius_m)

    assert tuple(bands) == NAMES
    np.testing.assert_array_equal(np.stack(list(bands.values())), values)
    assert grid == GRID
    with rasterio.open(path) as file:
        assert file.tags()["MADE_OF"] == "this"


def test_x_is_the_azimuth_and_y_the_logarithm_of_range(tmp_path: Path) -> None:
    """The corners are north at the inner range and a whole turn at the outer one."""
    path = tmp_path / "view.tif"

    write_polar_view(path, _values(), polar=GRID, band_names=NAMES, tags={})

    with rasterio.open(path) as file:
        first, last = file.transform @ (0, 0), file.transform @ (GRID.cols, GRID.rows)
    assert first == pytest.approx((0, math.log(0.9 + 0.1)), abs=1e-12)
    assert last == pytest.approx((360, math.log(80 / 3 + 0.1)))


def test_values_of_another_grid_or_without_names_are_refused(tmp_path: Path) -> None:
    """Nothing is written then."""
    path = tmp_path / "view.tif"

    for grid, names in ((replace(GRID, rows=5), NAMES), (GRID, NAMES[:1])):
        with pytest.raises(RasterError, match="a name a band"):
            write_polar_view(path, _values(), polar=grid, band_names=names, tags={})

    assert not path.exists()


def test_another_raster_is_no_polar_view(tmp_path: Path) -> None:
    """The sentence names the tags that it lacks."""
    path = tmp_path / "mosaic.tif"
    grid = BasemapGrid(body=MERCURY, width_px=64)
    write_cog(path, np.zeros(grid.shape, np.uint8), grid=grid)

    with pytest.raises(RasterError, match="POLAR_INNER_RADII"):
        read_polar_view(path, body=GRID.body, center=GRID.center, radius_m=GRID.radius_m)
