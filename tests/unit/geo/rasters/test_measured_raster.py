"""Rasters of any quantity: any resolution and part of the planet, in their own numbers."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from ejmap_geo.errors import CrsError, RasterError
from ejmap_geo.grids.body import MERCURY, MOON
from ejmap_geo.grids.crs import equidistant_cylindrical_crs
from ejmap_geo.rasters.measured_raster import measured_bands, read_measured

PX_DEG = 10.0


def _written(
    path: Path, values: np.ndarray, *, west: float, north: float, nodata: float | None = None
) -> Path:
    """Write ``(band, row, col)`` of 10 degrees a pixel, its upper left corner at a place."""
    metre = MERCURY.half_circumference_m / 180
    step = PX_DEG * metre
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=len(values),
        height=values.shape[1],
        width=values.shape[2],
        dtype=values.dtype,
        crs=rasterio.CRS.from_wkt(equidistant_cylindrical_crs(MERCURY).to_wkt()),
        transform=Affine(step, 0, west * metre, 0, -step, north * metre),
        nodata=nodata,
    ) as raster:
        raster.write(values)
    return path


@pytest.mark.parametrize("west", [-180.0, 0.0], ids=["from -180", "from 0"])
def test_values_are_those_of_the_pixel_a_place_lies_in(tmp_path: Path, west: float) -> None:
    """A raster of the planet that holds its own longitudes, whatever its first one is."""
    lon = (west + (np.arange(36) + 0.5) * PX_DEG + 180) % 360 - 180
    values = np.broadcast_to(lon, (1, 18, 36)).astype(np.float32)
    path = _written(tmp_path / "lon.tif", values, west=west, north=90)

    band = read_measured(path, index=0, body=MERCURY)
    places = np.array([-180.0, -171, -3, 3, 178, 179.9])

    found = band.at(places, np.linspace(-90, 90, places.size))
    np.testing.assert_allclose(found, np.floor(places / PX_DEG) * PX_DEG + PX_DEG / 2)


def test_a_part_across_the_antimeridian_ends_where_it_ends(tmp_path: Path) -> None:
    """Three columns from 170 E to 160 W; elsewhere nothing was measured."""
    values = np.array([[[1, 2, 3]]], np.int16)
    path = _written(tmp_path / "part.tif", values, west=170, north=10)

    found = read_measured(path, index=0, body=MERCURY).at(
        np.array([165.0, 175, -175, -165, -155, 175]), np.array([5.0, 5, 5, 5, 5, -5])
    )

    np.testing.assert_array_equal(found, [np.nan, 1, 2, 3, np.nan, np.nan])


def test_scale_offset_and_nodata_are_those_of_the_file(tmp_path: Path) -> None:
    """Stored 10 with scale .5 and offset -20 means -15; 0 is a number, nodata is none."""
    values = np.full((1, 18, 36), 10, np.int16)
    values[0, 0], values[0, 1] = 0, -99
    path = _written(tmp_path / "km.tif", values, west=-180, north=90, nodata=-99)
    with rasterio.open(path, "r+") as raster:
        raster.scales, raster.offsets, raster.units = [0.5], [-20], ["km"]

    found = read_measured(path, index=0, body=MERCURY).at(np.zeros(3), np.array([85.0, 75, 5]))

    np.testing.assert_array_equal(found, [-20, np.nan, -15])


def test_bands_are_called_as_stated_as_described_or_by_number(tmp_path: Path) -> None:
    """What a person says goes before what the file says."""
    values = np.ones((2, 18, 36), np.float32)
    named = _written(tmp_path / "a.tif", values, west=-180, north=90)
    with rasterio.open(named, "r+") as raster:
        raster.descriptions = ("iron", "titanium")
    bare = _written(tmp_path / "b.tif", values, west=-180, north=90)

    assert measured_bands(named, body=MERCURY) == ("iron", "titanium")
    assert measured_bands(named, body=MERCURY, names=("Fe", "Ti")) == ("Fe", "Ti")
    assert measured_bands(bare, body=MERCURY) == ("band 1", "band 2")


def test_what_does_not_fit_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """Another planet's raster, and another number of names."""
    path = _written(tmp_path / "a.tif", np.ones((2, 18, 36), np.float32), west=-180, north=90)

    with pytest.raises(RasterError, match=r"has 2 band\(s\), but 1 are named"):
        measured_bands(path, body=MERCURY, names=("Fe",))
    with pytest.raises(CrsError):
        measured_bands(path, body=MOON)
