"""Published tiles are read as plain numbers, whatever their files say."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Geod
from shapely import Polygon

from ejmap_geo.grids.body import MERCURY
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.annulus import read_annulus
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.npy_tiles import (
    EJCONN_TILE,
    EJSEG_TILE,
    has_tile,
    read_array,
    read_crops,
    read_distances_m,
    read_images,
    read_tile_masks,
)
from tests.published_fixture import CROP_SHAPE, TILE_PX, PublishedFixture

RAN: list[str] = []


class _Malicious:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return RAN.append, ("ran",)


def test_tiles_come_back_as_they_were_written(published: PublishedFolder) -> None:
    """At their own size nothing is resampled."""
    tile_ids = [1, 4]

    images = read_images(published, 0, tile_ids, side_px=TILE_PX)
    masks = read_tile_masks(published, 0, tile_ids, side_px=TILE_PX)
    distances_m = read_distances_m(published, 0, tile_ids, side_px=TILE_PX)

    data = published.folder / "data" / "ejc_data"
    for number, tile_id in enumerate(tile_ids):
        end = f"{tile_id}_crater_0.npy"
        np.testing.assert_array_equal(images[number], np.load(data / "images" / f"image_{end}"))
        np.testing.assert_array_equal(masks[number], np.load(data / "masks" / f"mask_{end}") == 1)
        stated_m = np.load(data / "distances" / f"distance_{end}")
        np.testing.assert_allclose(distances_m[number], stated_m, rtol=1e-6)
    assert images.shape == (2, 3, TILE_PX, TILE_PX)
    assert images.dtype == np.uint8
    assert masks.dtype == np.bool_


def test_rectangular_crops_are_stretched_by_the_nearest_pixel(published: PublishedFolder) -> None:
    """Twice as wide and three times as high, every pixel is seen two and three times."""
    crops = read_crops(published, 0, [1], side_px=120)

    image = np.load(published.required(layout.EJCONN_IMAGE, tile=1, crater=0))
    attention = np.load(published.required(layout.EJCONN_ATTENTION, tile=1, crater=0))
    height, width = CROP_SHAPE
    whole = np.concatenate([image, attention])
    expected = whole.repeat(120 // height, axis=1).repeat(120 // width, axis=2)
    np.testing.assert_array_equal(crops[0], expected)
    assert crops.dtype == np.uint8
    assert set(np.unique(crops[0, 3])) <= {0, 1, 2}


def test_attention_between_whole_numbers_is_kept(mine: PublishedFolder) -> None:
    """What the published channel holds is not known in full."""
    path = mine.required(layout.EJCONN_ATTENTION, tile=1, crater=0)
    np.save(path, np.full((1, *CROP_SHAPE), 0.25))

    crops = read_crops(mine, 0, [1, 4], side_px=24)

    assert crops.dtype == np.float32
    assert (crops[0, 3] == 0.25).all()


def test_missing_parts_of_a_tile_are_noticed(mine: PublishedFolder) -> None:
    """A tile needs all its files."""
    mine.required(layout.EJSEG_MASK, tile=1, crater=0).unlink()
    mine.required(layout.EJCONN_ATTENTION, tile=4, crater=0).unlink()

    assert has_tile(mine, EJCONN_TILE, 0, 1)
    assert not has_tile(mine, EJSEG_TILE, 0, 1)
    assert has_tile(mine, EJSEG_TILE, 0, 4)
    assert not has_tile(mine, EJCONN_TILE, 0, 4)


def test_a_pickle_in_the_place_of_a_tile_runs_no_code(tmp_path: Path) -> None:
    """Neither bare nor as an array of objects."""
    bare, wrapped = tmp_path / "bare.npy", tmp_path / "wrapped.npy"
    bare.write_bytes(pickle.dumps(_Malicious()))
    np.save(wrapped, np.array([_Malicious()], dtype=object), allow_pickle=True)

    for path in (bare, wrapped):
        with pytest.raises(SourceError, match="is no plain array of numbers"):
            read_array(path, dimensions=1)

    assert RAN == []


def test_a_header_that_promises_more_than_the_file_holds_is_refused(tmp_path: Path) -> None:
    """Before any memory is taken for it."""
    path = tmp_path / "huge.npy"
    np.save(path, np.zeros((3, 4, 4), np.uint8))
    text = path.read_bytes().replace(b"(3, 4, 4)", b"(3,4000,4000000)".ljust(9))
    path.write_bytes(text)

    with pytest.raises(SourceError, match="is no plain array of numbers"):
        read_array(path, dimensions=3)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        pytest.param(np.zeros((4, 8, 8), np.uint8), "has 4 bands", id="bands"),
        pytest.param(np.zeros((8, 8), np.uint8), "in 3 dimensions", id="plane"),
        pytest.param(np.zeros((3, 0, 8), np.uint8), "in 3 dimensions", id="empty"),
        pytest.param(np.full((3, 8, 8), 300), "holds values from 300 to 300", id="bright"),
        pytest.param(np.full((3, 8, 8), np.nan), "holds values from nan", id="nan"),
        pytest.param(np.full((3, 8, 8), "x"), "holds <U1", id="text"),
    ],
)
def test_images_of_other_kinds_are_refused(
    array: np.ndarray, message: str, mine: PublishedFolder
) -> None:
    """With what was found in them."""
    np.save(mine.required(layout.EJSEG_IMAGE, tile=1, crater=0), array)

    with pytest.raises(SourceError, match=message):
        read_images(mine, 0, [1], side_px=8)


def test_attention_must_fit_its_image(mine: PublishedFolder) -> None:
    """Both are of one crop."""
    np.save(mine.required(layout.EJCONN_ATTENTION, tile=1, crater=0), np.zeros((1, 5, 5)))

    with pytest.raises(SourceError, match=r"has shape \(1, 5, 5\), but the image"):
        read_crops(mine, 0, [1], side_px=8)


def test_the_annulus_is_the_mean_of_the_ring(
    published: PublishedFolder, made: PublishedFixture
) -> None:
    """Against distances of pixel centres by hand."""
    crater = made.planet.craters[0]

    mean = read_annulus(published, crater, body=MERCURY, radii=(2, 5))

    with rasterio.open(published.required(layout.BUFFER, crater=0)) as raster:
        bands = raster.read()
    half = bands.shape[1] / 2
    offset = np.arange(bands.shape[1]) + 0.5 - half
    radii = np.hypot(offset[:, None], offset) * made.resolution_m / crater.radius_m
    np.testing.assert_allclose(mean, bands[:, (radii >= 2) & (radii < 5)].mean(axis=1))


def test_the_annulus_of_a_true_rim_lies_between_its_buffers(
    published: PublishedFolder, made: PublishedFixture
) -> None:
    """A rim of half the radius: buffers of 1 and 4 radii end at 1.5 and 4.5 radii."""
    crater = made.planet.craters[0]
    azimuth = np.linspace(0, 360, 360, endpoint=False)
    ones = np.ones_like(azimuth)
    lon, lat, _ = Geod(a=MERCURY.radius_m, b=MERCURY.radius_m).fwd(
        ones * crater.center.lon_deg,
        ones * crater.center.lat_deg,
        azimuth,
        ones * crater.radius_m / 2,
    )
    rim = Polygon(np.column_stack([lon, lat]))

    mean = read_annulus(published, crater, body=MERCURY, radii=(2, 5), rim=rim)

    by_circles = read_annulus(published, crater, body=MERCURY, radii=(1.5, 4.5))
    np.testing.assert_allclose(mean, by_circles, rtol=0.02)


def test_a_raster_beside_its_crater_is_refused(
    mine: PublishedFolder, made: PublishedFixture
) -> None:
    """Its ring would be another crater's."""
    path = mine.required(layout.BUFFER, crater=0)
    with rasterio.open(path, "r+") as raster:
        raster.transform = raster.transform @ raster.transform.translation(3, 0)

    with pytest.raises(SourceError, match="square with the crater in its middle"):
        read_annulus(mine, made.planet.craters[0], body=MERCURY, radii=(2, 5))
