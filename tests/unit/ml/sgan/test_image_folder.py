"""Folders of pictures: any size and format, and nothing that harms."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ejmap_ml.errors import SampleError
from ejmap_ml.sgan import image_folder
from ejmap_ml.sgan.image_folder import read_image_folder, read_picture

POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"


def _save(path: Path, values: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(values).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two classes and pictures without a label, in five formats and sizes."""
    rng = np.random.default_rng(0)
    grey = rng.integers(0, 256, (40, 50), np.uint8)
    colour = rng.integers(0, 256, (31, 64, 3), np.uint8)
    _save(tmp_path / "crater" / "a.png", grey)
    _save(tmp_path / "crater" / "b.jpg", colour)
    _save(tmp_path / "plain" / "c.tif", grey.astype(np.uint16) * 200)
    _save(tmp_path / "plain" / "d.gif", grey)
    _save(tmp_path / "unlabelled" / "e.bmp", colour)
    (tmp_path / "crater" / ".DS_Store").write_bytes(b"x")
    return tmp_path


def test_every_sub_folder_is_a_class(folder) -> None:
    """Sorted names, files in order, hidden ones passed over, no label for the unlabelled."""
    read = read_image_folder(folder)

    assert read.classes == ("crater", "plain")
    assert read.label.tolist() == [0, 0, 1, 1, -1]
    assert [path.name for path in read.paths] == ["a.png", "b.jpg", "c.tif", "d.gif", "e.bmp"]
    assert read.tiles.values.shape == (5, 32, 32)
    assert read.tiles.light_from_deg is None


def test_sixteen_bits_are_not_cut_off(folder) -> None:
    """A 16-bit picture keeps its grey values; converting it to 8 bit would make it white."""
    read = read_image_folder(folder)

    np.testing.assert_allclose(read.tiles.values[2], read.tiles.values[0] * 200, rtol=1e-4)


def test_colours_become_grey_as_the_eye_sees_them(tmp_path) -> None:
    """Red, green and blue weigh .299, .587 and .114."""
    values = np.zeros((8, 8, 3), np.uint8) + np.array([200, 100, 50], np.uint8)
    _save(tmp_path / "flat.png", values)

    tile = read_picture(tmp_path / "flat.png")

    np.testing.assert_allclose(tile, 0.299 * 200 + 0.587 * 100 + 0.114 * 50, atol=1)


def test_large_pictures_are_averaged(tmp_path) -> None:
    """A chessboard of single pixels becomes grey."""
    rows, cols = np.mgrid[:320, :320]
    _save(tmp_path / "board.png", ((rows + cols) % 2 * 255).astype(np.uint8))

    tile = read_picture(tmp_path / "board.png")

    np.testing.assert_allclose(tile, 127.5, atol=1)


@pytest.mark.parametrize("light_deg", [0.0, 90.0, 180.0, 270.0])
def test_pictures_are_turned_until_light_comes_from_the_left(tmp_path, light_deg) -> None:
    """The side that was bright towards the light is on the left of every tile."""
    bright = {0.0: np.s_[:16], 90.0: np.s_[:, 16:], 180.0: np.s_[16:], 270.0: np.s_[:, :16]}
    values = np.zeros((32, 32), np.uint8)
    values[bright[light_deg]] = 200
    _save(tmp_path / "crater" / "a.png", values)
    _save(tmp_path / "plain" / "b.png", values)

    read = read_image_folder(tmp_path, light_from_deg=light_deg)

    assert (read.tiles.values[:, :, :16] == 200).all()
    assert read.tiles.light_from_deg == 270


def test_light_between_the_sides_is_kept_as_what_is_left_of_it(tmp_path) -> None:
    """From 110 degrees: half a turn makes it 290, which is stated."""
    for name in ("crater", "plain"):
        _save(tmp_path / name / "a.png", np.zeros((4, 4), np.uint8))

    assert read_image_folder(tmp_path, light_from_deg=110).tiles.light_from_deg == 290


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(b"", "empty.png", id="empty"),
        pytest.param(b"not a picture", "words.jpg", id="words"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(40), "broken.png", id="a-broken-header"),
        pytest.param(POSTSCRIPT, "x.eps", id="a-program"),
    ],
)
def test_files_that_are_no_pictures_are_named(tmp_path, content, name) -> None:
    """Nothing is run: EPS, which is a program, is no picture here."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(SampleError, match=f"{name} is no picture"):
        read_picture(tmp_path / name)


def test_whatever_a_reader_of_pillow_raises_is_told_in_a_sentence(tmp_path) -> None:
    """Of unknown pixels the reader of DDS says that they are not implemented, no error of files."""
    path = tmp_path / "a.dds"
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(path)
    content = bytearray(path.read_bytes())
    content[80:84] = bytes(4)  # the flags of the pixels' format
    path.write_bytes(content)

    with pytest.raises(SampleError, match=r"a\.dds is no picture"):
        read_picture(path)


def test_a_picture_cut_short_is_named(tmp_path) -> None:
    """The header is right, the pixels end early."""
    _save(tmp_path / "a.png", np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8))
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:900])

    with pytest.raises(SampleError, match=r"a\.png is no picture"):
        read_picture(tmp_path / "a.png")


def test_sizes_are_limited_before_pixels_are_read(tmp_path, monkeypatch) -> None:
    """A small file may unfold to gigabytes; too many bytes, pixels or pictures are refused."""
    _save(tmp_path / "crater" / "a.png", np.zeros((9, 9), np.uint8))
    _save(tmp_path / "plain" / "b.png", np.zeros((9, 9), np.uint8))
    path = tmp_path / "crater" / "a.png"

    for limit, value, message in (
        ("LARGEST_FILE_BYTES", 10, "is .* bytes, more than 10"),
        ("LARGEST_PICTURE_PX", 80, "9 x 9 px, more than 80"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(image_folder, limit, value)
            with pytest.raises(SampleError, match=message):
                read_picture(path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20)
    with pytest.raises(SampleError, match="too many pixels"):
        read_picture(path)
    monkeypatch.setattr(image_folder, "MOST_PICTURES", 1)
    with pytest.raises(SampleError, match="holds 2 pictures, more than 1"):
        read_image_folder(tmp_path)


def test_numbers_that_are_none_are_refused(tmp_path) -> None:
    """A floating-point TIFF with NaN."""
    _save(tmp_path / "a.tif", np.full((4, 4), np.nan, np.float32))

    with pytest.raises(SampleError, match="no numbers"):
        read_picture(tmp_path / "a.tif")


def test_folders_that_are_no_classes_are_refused(tmp_path) -> None:
    """No folder, one class, classes without pictures."""
    with pytest.raises(SampleError, match="is no folder"):
        read_image_folder(tmp_path / "none")
    (tmp_path / "crater").mkdir()
    with pytest.raises(SampleError, match="two or more classes, found crater"):
        read_image_folder(tmp_path)
    (tmp_path / "plain").mkdir()
    with pytest.raises(SampleError, match="holds no pictures"):
        read_image_folder(tmp_path)
