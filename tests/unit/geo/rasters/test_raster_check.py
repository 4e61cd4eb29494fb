"""Rasters at a glance: on their grid or not, in sentences."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio

from ejmap_geo.errors import CrsError, RasterError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.rasters.raster_check import read_glance

GRID = AzimuthalGrid(
    body=MERCURY, center=LonLat(12.345678912, -45.678), resolution_m=7484.1, half_size_px=30
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A raster of two bands on the grid, counting its pixels."""
    values = np.arange(2 * 60 * 60, dtype=np.float32).reshape(2, 60, 60)
    write_cog(tmp_path / "one.tif", values, grid=GRID, band_names=("a", "b"))
    return tmp_path / "one.tif"


def _glance(path: Path, grid: AzimuthalGrid = GRID, **wanted: object) -> np.ndarray:
    expected = {"dtype": "float32", "bands": 2, "band_names": ("a", "b"), "max_side_px": 60}
    return read_glance(path, grid, **{**expected, **wanted})


def test_a_raster_on_its_grid_is_read_as_rasterio_reads_it(path: Path) -> None:
    """All of it when it is small enough."""
    with rasterio.open(path) as raster:
        np.testing.assert_array_equal(_glance(path), raster.read())


def test_a_large_raster_is_thinned_to_existing_pixels(path: Path) -> None:
    """Nothing is averaged: a mask of 0 and 1 stays one."""
    seen, whole = _glance(path, max_side_px=20), _glance(path)

    assert seen.shape == (2, 20, 20)
    assert set(seen.ravel()) <= set(whole.ravel())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"center": LonLat(12.3457, -45.678)}, "not in the CRS", id="another-centre"),
        pytest.param({"half_size_px": 31}, "its grid \\(62, 62\\)", id="another-size"),
        pytest.param({"resolution_m": 7484.2}, "lies elsewhere", id="another-pixel-size"),
    ],
)
def test_a_raster_of_another_place_is_refused(path: Path, change: dict, sentence: str) -> None:
    """With what was found and what to do."""
    with pytest.raises((CrsError, RasterError), match=f"{sentence}.*make it again"):
        _glance(path, replace(GRID, **change))


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        pytest.param({"bands": 3}, "has 2 band\\(s\\) of float32, expected 3", id="bands"),
        pytest.param({"dtype": "uint8"}, "expected 2 of uint8", id="type"),
        pytest.param({"band_names": ("a", "c")}, "has bands \\['a', 'b'\\]", id="names"),
    ],
)
def test_other_bands_are_refused(path: Path, wanted: dict, sentence: str) -> None:
    """Probability must not be read as the mask."""
    with pytest.raises(RasterError, match=sentence):
        _glance(path, **wanted)


def test_a_file_that_is_no_raster_is_named(tmp_path: Path) -> None:
    """As every reader of rasters does."""
    (tmp_path / "no.tif").write_bytes(b"no raster")

    with pytest.raises(RasterError, match=r"no.tif cannot be read"):
        _glance(tmp_path / "no.tif")
