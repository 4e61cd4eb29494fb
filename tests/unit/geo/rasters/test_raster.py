"""Rasters are written with their planet and read back only when they fit it."""

import gc
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from ejmap_geo.errors import CrsError, GeoError, RasterError
from ejmap_geo.grids.body import MERCURY, MOON
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.crs import (
    azimuthal_crs,
    equidistant_cylindrical_crs,
    geographic_crs,
    require_body,
)
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.rasters.raster import read_basemap, read_mask_on, read_raster, write_cog

BASEMAP = BasemapGrid(body=MERCURY, width_px=64)
HALF_M = MERCURY.half_circumference_m
EQC = equidistant_cylindrical_crs(MERCURY)
PX_M = 2 * HALF_M / 64


def _gradient(bands: int = 1) -> NDArray[np.uint8]:
    # Column c holds c + 1 everywhere, so a roll shows at once.
    return np.broadcast_to(np.arange(1, 65, dtype=np.uint8), (bands, 32, 64)).copy()


def _write(path: Path, values: NDArray[Any], **changes: Any) -> Path:
    options: dict[str, Any] = {
        "crs": EQC.to_wkt(),
        "transform": Affine(PX_M, 0, -HALF_M, 0, -PX_M, HALF_M / 2),
        "nodata": 0,
    } | changes
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype=values.dtype,
        count=values.shape[0],
        height=values.shape[1],
        width=values.shape[2],
        **options,
    ) as raster:
        raster.write(values)
    return path


def _square_of(azimuthal: AzimuthalGrid) -> NDArray[np.float32]:
    return np.ones(azimuthal.shape, np.float32)


def test_a_written_basemap_is_on_the_sphere_and_at_the_place_of_its_grid(
    tmp_path: Path,
) -> None:
    """Rasterio finds the radius, bounds, pixels, names and nodata that were given."""
    path = tmp_path / "new" / "mosaic.tif"
    values = _gradient(3)

    write_cog(path, values, grid=BASEMAP, nodata=0, band_names=("pc2", "pc1", "ratio"))

    with rasterio.open(path) as raster:
        crs = CRS.from_wkt(raster.crs.to_wkt())
        assert crs.ellipsoid is not None
        assert crs.ellipsoid.semi_major_metre == crs.ellipsoid.semi_minor_metre == 2_439_400
        assert raster.bounds == pytest.approx((-HALF_M, -HALF_M / 2, HALF_M, HALF_M / 2))
        np.testing.assert_array_equal(raster.read(), values)
        assert raster.descriptions == ("pc2", "pc1", "ratio")
        assert raster.nodata == 0
    assert [file.name for file in path.parent.iterdir()] == ["mosaic.tif"]


def test_a_written_azimuthal_raster_is_centred_on_its_crater(tmp_path: Path) -> None:
    """The middle of the file is the crater, for PROJ with the CRS that GDAL read back."""
    grid = AzimuthalGrid(
        body=MERCURY,
        center=LonLat(-127.34, 37.08),
        resolution_m=5000.0,
        half_size_px=40,
    )

    write_cog(tmp_path / "az.tif", _square_of(grid), grid=grid)

    with rasterio.open(tmp_path / "az.tif") as raster:
        crs = CRS.from_wkt(raster.crs.to_wkt())
        x, y = raster.transform @ (40, 40)
    require_body(crs, MERCURY, what="raster")
    inverse = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    assert inverse.transform(x, y) == pytest.approx((-127.34, 37.08))


def test_large_files_are_cloud_optimised_with_nearest_overviews(tmp_path: Path) -> None:
    """Blocks are 512 px and an overview holds only values that were there."""
    grid = BasemapGrid(body=MERCURY, width_px=2048)
    labels = np.where(np.indices(grid.shape).sum(0) % 2, 7, 500).astype(np.uint16)

    write_cog(tmp_path / "labels.tif", labels, grid=grid, nodata=65_535)

    with rasterio.open(tmp_path / "labels.tif") as raster:
        assert raster.block_shapes == [(512, 512)]
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert raster.overviews(1) == [2, 4]
        reduced = raster.read(1, out_shape=(512, 1024))
        assert set(np.unique(reduced)) <= {7, 500}


def test_overviews_of_amounts_are_averages_of_what_was_imaged(tmp_path: Path) -> None:
    """Half of the pixels of a block are 10, a quarter 20, a quarter not imaged: the mean is 13."""
    grid = BasemapGrid(body=MERCURY, width_px=1024)
    greys = np.full(grid.shape, 10, np.uint8)
    greys[::2, ::2], greys[1::2, 1::2] = 20, 0

    write_cog(tmp_path / "mosaic.tif", greys, grid=grid, nodata=0, overviews="average")

    with rasterio.open(tmp_path / "mosaic.tif") as raster:
        assert set(np.unique(raster.read(1, out_shape=(256, 512)))) == {13}


def test_a_raster_states_its_statistics_program_and_time(tmp_path: Path) -> None:
    """Of the pixels with data alone, so that a GIS stretches without reading the file."""
    values = np.full(BASEMAP.shape, 9, np.uint16)
    values[0, :32] = 0
    values[1, 0] = 41

    write_cog(tmp_path / "a.tif", values, grid=BASEMAP, nodata=0)

    with rasterio.open(tmp_path / "a.tif") as raster:
        stated, tags = raster.tags(1), raster.tags()
    assert (stated["STATISTICS_MINIMUM"], stated["STATISTICS_MAXIMUM"]) == ("9", "41")
    assert tags["TIFFTAG_SOFTWARE"].startswith("EJMAP ")
    made = datetime.strptime(tags["TIFFTAG_DATETIME"], "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=5)
    assert [file.name for file in tmp_path.iterdir()] == ["a.tif"]


def test_shares_are_stored_as_they_are_and_shown_as_percent(tmp_path: Path) -> None:
    """GDAL's scale and unit say so; rioxarray reads the shares without a warning."""
    shares = np.full((2, *BASEMAP.shape), 0.25, np.float32)

    write_cog(tmp_path / "p.tif", shares, grid=BASEMAP, shows_percent=True)

    with rasterio.open(tmp_path / "p.tif") as raster:
        assert raster.scales == (100, 100)
        assert raster.units == ("%", "%")
    with read_raster(tmp_path / "p.tif") as raster:
        assert float(raster.max()) == 0.25


def test_the_name_of_the_crs_is_in_the_file(tmp_path: Path) -> None:
    """With the sphere, and for the Moon with the code of the IAU."""
    for grid in (BASEMAP, BasemapGrid(body=MOON, width_px=64)):
        write_cog(tmp_path / "a.tif", np.ones(grid.shape, np.uint8), grid=grid)

        with rasterio.open(tmp_path / "a.tif") as raster:
            crs = CRS.from_wkt(raster.crs.to_wkt())
        assert crs.name == grid.crs.name
        assert crs.ellipsoid is not None
        assert crs.ellipsoid.semi_major_metre == grid.body.radius_m
        assert crs.to_authority() == grid.crs.to_authority()


def test_colours_and_transparency_are_marked(tmp_path: Path) -> None:
    """A four-band composite opens as red, green, blue and alpha; a table colours one band."""
    names = ("red", "green", "blue", "alpha")
    write_cog(tmp_path / "rgba.tif", _gradient(4), grid=BASEMAP, band_names=names)
    write_cog(tmp_path / "ids.tif", _gradient(), grid=BASEMAP, colormap={5: (255, 0, 0, 255)})

    with rasterio.open(tmp_path / "rgba.tif") as raster:
        assert tuple(kind.name for kind in raster.colorinterp) == names
    with rasterio.open(tmp_path / "ids.tif") as raster:
        assert raster.colormap(1)[5] == (255, 0, 0, 255)


def test_a_raster_keeps_what_it_was_made_from(tmp_path: Path) -> None:
    """Tags given on writing are read back from the file."""
    grid = BasemapGrid(body=MERCURY, width_px=16)

    write_cog(tmp_path / "a.tif", np.zeros(grid.shape, np.uint8), grid=grid, tags={"RECIPE": "a1"})

    with rasterio.open(tmp_path / "a.tif") as raster:
        assert raster.tags()["RECIPE"] == "a1"


@pytest.mark.parametrize("col", [0, 50, 60, 63])
def test_a_mask_window_survives_the_file_across_the_antimeridian(tmp_path: Path, col: int) -> None:
    """Crop, write, read and paste give the full mask back, wherever the window lies."""
    window = Window(row=3, col=col, height=5, width=9)
    mask = np.ones((5, 9), bool)
    expected = np.zeros(BASEMAP.shape, bool)
    expected[3:8, (col + np.arange(9)) % 64] = True

    write_cog(tmp_path / "mask.tif", mask, grid=BASEMAP, window=window, nodata=None)
    read = np.zeros(BASEMAP.shape, bool)
    read_mask_on(tmp_path / "mask.tif", BASEMAP).paste_into(read)

    np.testing.assert_array_equal(read, expected)


@pytest.mark.parametrize(
    ("values", "names", "message"),
    [
        pytest.param(np.zeros((5, 5), np.uint8), (), "32x64 px, got", id="another-shape"),
        pytest.param(np.zeros((1, 32, 64), np.uint8), ("a", "b"), "1 bands need", id="names"),
    ],
)
def test_writing_refuses_what_does_not_fit(
    tmp_path: Path, values: NDArray[np.uint8], names: tuple[str, ...], message: str
) -> None:
    """Values off the grid are an error and leave no file behind."""
    with pytest.raises(RasterError, match=message):
        write_cog(tmp_path / "x.tif", values, grid=BASEMAP, band_names=names)

    assert not list(tmp_path.iterdir())


def test_a_raster_opens_lazily_with_its_crs(tmp_path: Path) -> None:
    """Values, dimensions and CRS come back; a file that is no raster is named."""
    write_cog(tmp_path / "a.tif", _gradient(2), grid=BASEMAP)
    (tmp_path / "b.tif").write_text("no raster")

    with read_raster(tmp_path / "a.tif") as raster:
        assert raster.dims == ("band", "y", "x")
        np.testing.assert_array_equal(raster.values, _gradient(2))
        assert "2439400" in raster.rio.crs.to_wkt()
    with pytest.raises(RasterError, match=r"b\.tif cannot be read as a raster"):
        read_raster(tmp_path / "b.tif")


def _overshooting(path: Path) -> Path:
    # The published mosaics: pi R rounded up, half a millimetre beyond the pole.
    px_m = PX_M * (1 + 1e-10)
    return _write(path, _gradient(), transform=Affine(px_m, 0, -32 * px_m, 0, -px_m, 16 * px_m))


def _from_zero(path: Path) -> Path:
    values = np.roll(_gradient(), 32, axis=-1)
    return _write(path, values, transform=Affine(PX_M, 0, 0, 0, -PX_M, HALF_M / 2))


def _from_zero_turned(path: Path) -> Path:
    """Write the mosaic from 360 to 0, and from the south."""
    values = np.roll(_gradient(), 32, axis=2)[:, ::-1, ::-1]
    transform = Affine(-PX_M, 0, 2 * HALF_M, 0, PX_M, -HALF_M / 2)
    return _write(path, values, transform=transform)


def _about_180(path: Path) -> Path:
    crs = CRS.from_dict({"proj": "eqc", "R": MERCURY.radius_m, "lon_0": 180})
    return _write(path, np.roll(_gradient(), 32, axis=-1), crs=crs.to_wkt())


def _in_degrees(path: Path) -> Path:
    transform = Affine(360 / 64, 0, -180, 0, -360 / 64, 90)
    return _write(path, _gradient(), crs=geographic_crs(MERCURY).to_wkt(), transform=transform)


def _in_kilometres(path: Path) -> Path:
    crs = CRS.from_dict({"proj": "eqc", "R": MERCURY.radius_m, "units": "km"})
    return _write(
        path,
        _gradient(),
        crs=crs.to_wkt(),
        transform=Affine(PX_M / 1e3, 0, -HALF_M / 1e3, 0, -PX_M / 1e3, HALF_M / 2e3),
    )


@pytest.mark.parametrize(
    "mosaic",
    [_overshooting, _from_zero, _from_zero_turned, _about_180, _in_degrees, _in_kilometres],
)
def test_mosaics_of_the_same_planet_become_the_same_basemap(tmp_path: Path, mosaic: Any) -> None:
    """Rounding, 0..360, turned, another central meridian, degrees and kilometres all read alike."""
    values, grid = read_basemap(mosaic(tmp_path / "m.tif"), body=MERCURY, bands=1)

    assert grid == BASEMAP
    np.testing.assert_array_equal(values, _gradient())


def test_nodata_becomes_zero_and_measured_zeros_stay_imaged(tmp_path: Path) -> None:
    """With nodata 255, a pixel of 0 was measured: it turns into the darkest grey."""
    image = _gradient()
    image[0, 0, :3] = (0, 255, 9)

    values, _ = read_basemap(_write(tmp_path / "m.tif", image, nodata=255), body=MERCURY)

    assert values[0, 0, :3].tolist() == [1, 0, 9]


def test_an_alpha_band_is_a_mask_and_no_band(tmp_path: Path) -> None:
    """Transparent pixels become nodata and a grey-plus-alpha mosaic has one band."""
    image = np.concatenate([_gradient(), np.full((1, 32, 64), 255, np.uint8)])
    image[1, 4, 4] = 0
    path = _write(tmp_path / "m.tif", image, nodata=None, alpha="yes", photometric="minisblack")

    values, _ = read_basemap(path, body=MERCURY, bands=1)

    assert values.shape == (1, 32, 64)
    assert values[0, 4, 4] == 0
    assert values[0, 4, 5] == 6


def test_a_declared_range_turns_floats_into_greys(tmp_path: Path) -> None:
    """0.02 is black (1), 0.10 white (255), halfway 128; NaN is nodata."""
    image = np.full((1, 32, 64), 0.06, np.float32)
    image[0, 0, :4] = (0.02, 0.10, np.nan, 0.5)
    path = _write(tmp_path / "m.tif", image, nodata=None)

    values, _ = read_basemap(path, body=MERCURY, value_range=(0.02, 0.10))

    assert values[0, 0, :5].tolist() == [1, 255, 0, 255, 128]


SHIFTED = Affine(PX_M, 0, 0.4 * PX_M, 0, -PX_M, HALF_M / 2)
ROTATED = Affine(PX_M, 1.0, -HALF_M, 0, -PX_M, HALF_M / 2)
HALF_PLANET = Affine(PX_M / 2, 0, -HALF_M / 2, 0, -PX_M / 2, HALF_M / 4)
WIDE_PIXELS = Affine(PX_M, 0, -HALF_M, 0, -PX_M / 2, HALF_M / 2)
IAU_MERCURY = CRS.from_dict({"proj": "eqc", "R": 2_440_530})
AZIMUTHAL = azimuthal_crs(MERCURY, center=LonLat(0, 0))
MOON_EQC = equidistant_cylindrical_crs(MOON)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        pytest.param({"crs": None}, CrsError, r"has no CRS; state it.*\+proj=eqc", id="no-crs"),
        pytest.param(
            {"crs": MOON_EQC.to_wkt()},
            CrsError,
            "axes 1737400.*Mercury here",
            id="the-moon",
        ),
        pytest.param(
            {"crs": IAU_MERCURY.to_wkt()},
            CrsError,
            "2440530.*never relabel",
            id="iau-radius",
        ),
        pytest.param({"crs": "EPSG:4326"}, CrsError, "6378137", id="the-earth"),
        pytest.param(
            {"crs": AZIMUTHAL.to_wkt()},
            CrsError,
            "not simple cylindrical; reproject",
            id="aeqd",
        ),
        pytest.param({"transform": Affine.identity()}, RasterError, "no position", id="nowhere"),
        pytest.param({"transform": ROTATED}, RasterError, "rotated", id="rotated"),
        pytest.param(
            {"transform": HALF_PLANET},
            RasterError,
            r"longitude -90.000 to 90.000 and latitude -45.000 to 45.000.*pad it",
            id="a-part",
        ),
        pytest.param({"transform": SHIFTED}, RasterError, "between two pixel edges", id="shifted"),
    ],
)
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_mosaic_at_a_wrong_place_is_refused_in_one_sentence(
    tmp_path: Path, changes: dict[str, Any], error: type[GeoError], message: str
) -> None:
    """Each wrong georeferencing is named with what was found and what to do."""
    path = _write(tmp_path / "m.tif", _gradient(), **changes)

    with pytest.raises(error, match=message):
        read_basemap(path, body=MERCURY)


@pytest.mark.parametrize(
    ("values", "arguments", "message"),
    [
        pytest.param(
            _gradient(),
            {"bands": 3},
            r"has 1 band\(s\), not 3 as stated",
            id="band-count",
        ),
        pytest.param(
            _gradient().astype(np.uint16),
            {},
            r"uint16 values.*--value-range LOW HIGH, or value_range: \[LOW",
            id="16-bit",
        ),
        pytest.param(
            _gradient().astype(np.float32),
            {"value_range": (5.0, 5.0)},
            "low < high",
            id="empty-range",
        ),
    ],
)
def test_a_mosaic_of_wrong_values_is_refused_in_one_sentence(
    tmp_path: Path, values: NDArray[Any], arguments: dict[str, Any], message: str
) -> None:
    """Band counts and types are compared with what models see; no stretch is silent."""
    path = _write(tmp_path / "m.tif", values)

    with pytest.raises(RasterError, match=message):
        read_basemap(path, body=MERCURY, **arguments)


def test_a_mosaic_of_oblong_pixels_is_refused(tmp_path: Path) -> None:
    """64 by 64 pixels over 360 by 180 degrees are not square."""
    path = _write(tmp_path / "m.tif", np.ones((1, 64, 64), np.uint8), transform=WIDE_PIXELS)

    with pytest.raises(RasterError, match=r"64x64 px.*twice as wide as high"):
        read_basemap(path, body=MERCURY)


def test_a_colour_table_is_not_brightness(tmp_path: Path) -> None:
    """A paletted picture is refused, because its numbers have no order."""
    write_cog(tmp_path / "m.tif", _gradient(), grid=BASEMAP, colormap={1: (1, 2, 3, 255)})

    with pytest.raises(RasterError, match=r"colour table.*-expand"):
        read_basemap(tmp_path / "m.tif", body=MERCURY)


def _mask(**changes: Any) -> dict[str, Any]:
    return {"values": np.ones((1, 4, 4), np.uint8), "nodata": None} | changes


@pytest.mark.parametrize(
    ("mask", "error", "message"),
    [
        pytest.param(_mask(crs=None), CrsError, "no CRS", id="no-crs"),
        pytest.param(_mask(crs=MOON_EQC.to_wkt()), CrsError, "1737400", id="the-moon"),
        pytest.param(
            _mask(transform=Affine(PX_M / 2, 0, 0, 0, -PX_M / 2, 0)),
            RasterError,
            "0.3556 pixels per degree, the mosaic 0.1778; resample",
            id="another-size",
        ),
        pytest.param(
            _mask(transform=Affine(PX_M, 0, 0.5 * PX_M, 0, -PX_M, 0)),
            RasterError,
            "0.50 px beside the pixels",
            id="shifted",
        ),
        pytest.param(
            _mask(transform=Affine(PX_M, 0, 0, 0, -PX_M, HALF_M / 2 + PX_M)),
            RasterError,
            "beyond a pole",
            id="beyond-the-pole",
        ),
        pytest.param(
            _mask(values=np.full((1, 4, 4), 255, np.uint8)),
            RasterError,
            r"0 \(no ejecta\) and 1 \(ejecta\) only, found 255; recode",
            id="255",
        ),
        pytest.param(_mask(values=np.ones((3, 4, 4), np.uint8)), RasterError, "3 bands", id="rgb"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused_in_one_sentence(
    tmp_path: Path, mask: dict[str, Any], error: type[GeoError], message: str
) -> None:
    """Masks must share planet, pixel size and pixel edges with the mosaic and hold 0 and 1."""
    options: dict[str, Any] = {"transform": Affine(PX_M, 0, 0, 0, -PX_M, 0)} | mask
    path = _write(tmp_path / "mask.tif", options.pop("values"), **options)

    with pytest.raises(error, match=message):
        read_mask_on(path, BASEMAP)


def test_the_nodata_value_of_a_mask_is_clear(tmp_path: Path) -> None:
    """255 as declared nodata sets nothing."""
    values = np.array([[[0, 1], [255, 1]]], np.uint8)
    transform = Affine(PX_M, 0, 0, 0, -PX_M, 0)

    path = _write(tmp_path / "mask.tif", values, nodata=255, transform=transform)

    assert read_mask_on(path, BASEMAP).area_px == 2


@pytest.mark.parametrize(
    ("turned", "transform"),
    [
        pytest.param(np.s_[:, ::-1], Affine(PX_M, 0, 0, 0, PX_M, -2 * PX_M), id="south-up"),
        pytest.param(np.s_[:, :, ::-1], Affine(-PX_M, 0, 3 * PX_M, 0, -PX_M, 0), id="mirrored"),
    ],
)
def test_a_mask_is_turned_to_north_up(tmp_path: Path, turned: Any, transform: Affine) -> None:
    """Rows from the south and columns from the east give the same mask."""
    values = np.array([[[1, 0, 0], [0, 1, 1]]], np.uint8)
    path = _write(tmp_path / "mask.tif", values[turned], nodata=None, transform=transform)
    read = np.zeros(BASEMAP.shape, np.bool_)

    read_mask_on(path, BASEMAP).paste_into(read)

    np.testing.assert_array_equal(read[16:18, 32:35], values[0].astype(np.bool_))
    assert np.count_nonzero(read) == 3


def test_a_mask_of_scaled_numbers_is_refused(tmp_path: Path) -> None:
    """1 with a scale of 0.5 is not 1."""
    path = _write(
        tmp_path / "mask.tif",
        np.ones((1, 4, 4), np.uint8),
        nodata=None,
        transform=Affine(PX_M, 0, 0, 0, -PX_M, 0),
    )
    with rasterio.open(path, "r+") as raster:
        raster.scales = (0.5,)

    with pytest.raises(RasterError, match=r"scale 0.5 and offset 0.0.*write it without"):
        read_mask_on(path, BASEMAP)


def test_pixels_that_were_read_are_let_go(tmp_path: Path) -> None:
    """At once, and not when Python looks for circles: craters follow each other in one process."""
    grid = BasemapGrid(body=MERCURY, width_px=2048)
    write_cog(tmp_path / "mask.tif", np.ones(grid.shape, np.uint8), grid=grid)
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(4):
            with read_raster(tmp_path / "mask.tif") as raster:
                assert raster.to_numpy().any()
        kept_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()

    assert kept_bytes < 1.5 * grid.shape[0] * grid.shape[1]


def test_metadata_in_another_encoding_are_refused(tmp_path: Path) -> None:
    """Rasterio takes all text for UTF-8."""
    path = tmp_path / "mosaic.tif"
    write_cog(path, _gradient(), grid=BASEMAP, tags={"author": "Moller"})
    path.write_bytes(path.read_bytes().replace(b"Moller", b"M\xf6ller"))

    with pytest.raises(RasterError, match="metadata that are no text in UTF-8"):
        read_basemap(path, body=MERCURY)


@pytest.mark.parametrize("pad", [False, True])
def test_a_raster_that_covers_nothing_is_refused(tmp_path: Path, *, pad: bool) -> None:
    """Its pixels are a nanometre wide."""
    path = _write(tmp_path / "a.tif", _gradient(), transform=Affine(1e-9, 0, 0, 0, -1e-9, 0))

    with pytest.raises(RasterError, match="covers no area"):
        read_basemap(path, body=MERCURY, pad=pad)
    with pytest.raises(RasterError, match="covers no area"):
        read_mask_on(path, BASEMAP)


def test_a_crs_that_proj_cannot_compute_with_is_refused(tmp_path: Path) -> None:
    """It is valid as text, but no centre lies beyond a pole."""
    center = LonLat(lon_deg=0.0, lat_deg=80.0)
    beyond = azimuthal_crs(MERCURY, center=center).to_wkt().replace(",80,", ",95,")
    path = _write(tmp_path / "a.tif", _gradient(), crs=beyond)

    with pytest.raises(CrsError, match="a CRS that PROJ cannot compute with"):
        read_basemap(path, body=MERCURY)


def test_a_crs_that_pyproj_cannot_read_is_refused(tmp_path: Path) -> None:
    """GDAL reads a brace in a name, which pyproj takes for JSON."""
    path = _write(
        tmp_path / "a.tif", _gradient(), crs=EQC.to_wkt("WKT1_GDAL").replace("Mercury_2015", "{")
    )

    with pytest.raises(CrsError, match="has a CRS that cannot be read"):
        read_basemap(path, body=MERCURY)


def test_numbers_in_any_order_of_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    """Arrays of other machines and of FITS hold the high byte first."""
    values = np.arange(32 * 64, dtype=">u2").reshape(1, 32, 64)

    write_cog(tmp_path / "big.tif", values, grid=BASEMAP)

    with rasterio.open(tmp_path / "big.tif") as raster:
        np.testing.assert_array_equal(raster.read(), values)
