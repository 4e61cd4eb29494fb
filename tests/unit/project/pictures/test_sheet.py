"""Sheets: what is drawn over and around a picture, measured in pixels."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid
from ejmap_geo.maps.preview import INK, PAPER
from ejmap_project.pictures.sheet import (
    RIM,
    RIM_RGB,
    SHEET_WIDTH_PX,
    TITLE_PX,
    Marks,
    Panel,
    draw_scale,
    sheet,
)

CRATER = Crater(crater_id=3, name="Hokusai", center=LonLat(17, 58), radius_m=100_000)
GRID = AzimuthalGrid(body=MERCURY, center=CRATER.center, resolution_m=5000, half_size_px=100)


def _where(picture: np.ndarray, color: tuple[int, ...]) -> np.ndarray:
    """Return rows and columns of the pixels of a colour, ``(pixels, 2)``."""
    return np.argwhere((picture == color).all(axis=-1))


@pytest.mark.parametrize("side_px", [1, 40, 3000])
@pytest.mark.parametrize("panels", [1, 3])
def test_every_sheet_is_wide_enough_to_be_read(side_px: int, panels: int) -> None:
    """However small or large the raster is."""
    flat = np.full((side_px, side_px, 3), 90, np.uint8)

    picture = sheet([Panel(flat, "a caption")] * panels, title="what it shows", legend=[RIM])

    assert picture.shape[1] == SHEET_WIDTH_PX >= 800
    assert len(_where(picture, RIM_RGB))


def test_the_rim_is_drawn_where_the_crater_is_and_as_large() -> None:
    """A radius of 20 pixels of a raster of 200, drawn 800 pixels wide."""
    ground = np.full((200, 200, 3), 90, np.uint8)
    marks = Marks.azimuthal(GRID, CRATER, side_px=200)

    picture = sheet([Panel(ground, marks=marks)], title="", width_px=800)

    rim = _where(picture, RIM_RGB) - (TITLE_PX, 0)
    np.testing.assert_allclose(np.hypot(*(rim - 400).T), 80, atol=2.5)


def test_a_rim_of_a_few_pixels_has_ticks_around_it() -> None:
    """The circle alone would hide the crater, or be missed."""
    small = AzimuthalGrid(body=MERCURY, center=CRATER.center, resolution_m=40_000, half_size_px=100)
    marks = Marks.azimuthal(small, CRATER, side_px=200)

    picture = sheet(
        [Panel(np.full((200, 200, 3), 90, np.uint8), marks=marks)], title="", width_px=800
    )

    far = np.abs(_where(picture, RIM_RGB) - (TITLE_PX + 400, 400)).max()
    assert 20 < far < 40


@pytest.mark.parametrize(("m_per_px", "length_px"), [(1000, 200), (333, 150), (0.7, 1000 / 7)])
def test_the_scale_bar_is_as_long_as_it_says(m_per_px: float, length_px: float) -> None:
    """200 km at 1000 m a pixel, 50 km at 333 m, 100 m at 0.7 m: round, below a third."""
    image = Image.new("RGB", (800, 400), (90, 90, 90))

    draw_scale(ImageDraw.Draw(image), image, m_per_px=m_per_px)

    pixels = np.asarray(image)
    bar = pixels[400 - 24, :]
    assert abs((bar == INK).all(axis=-1).sum() - length_px) <= 2
    assert (pixels == PAPER).all(axis=-1).any()
