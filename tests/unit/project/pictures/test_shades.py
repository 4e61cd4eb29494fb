"""Rasters as colours, true to what they show."""

import numpy as np
import pytest

from ejmap_geo.errors import RasterError
from ejmap_project.pictures.shades import (
    beside,
    mask_over,
    mosaic_grey,
    mosaic_rgb,
    probability_legend,
    probability_rgb,
    shrunk,
    view_rgb,
)


@pytest.mark.parametrize("bands", [1, 3])
@pytest.mark.parametrize("draw", [mosaic_rgb, mosaic_grey])
def test_mosaics_of_any_bands_are_drawn(draw, bands: int) -> None:
    """What was not imaged stays black; the rest uses the whole range of greys."""
    raster = np.tile(np.arange(1, 101, dtype=np.uint8), (bands, 50, 1))
    raster[:, 0] = 0

    seen = draw(raster)

    assert seen.shape == (50, 100, 3)
    assert (seen[0] == 0).all()
    assert (seen[1:].min(), seen[1:].max()) == (0, 255)


def test_a_mask_colours_its_pixels_only() -> None:
    """The rest of the mosaic shows as it is."""
    grey = np.full((2, 2, 3), 100, np.uint8)
    mask = np.array([[True, False], [False, False]])

    seen = mask_over(grey, mask)

    assert not (seen[0, 0] == 100).any()
    assert (seen[~mask] == 100).all()


def test_a_mask_of_another_size_is_refused() -> None:
    """Picture and mask must be made smaller alike."""
    with pytest.raises(RasterError, match="shrink both alike"):
        mask_over(np.zeros((2, 2, 3), np.uint8), np.zeros((3, 2), np.bool_))


def test_shrinking_takes_every_nth_pixel() -> None:
    """Masks and mosaics of one size stay of one size."""
    raster = np.arange(10 * 25).reshape(1, 10, 25)

    assert shrunk(raster, max_side_px=9).shape == (1, 4, 9)
    np.testing.assert_array_equal(shrunk(raster, max_side_px=25), raster)


def test_probabilities_run_from_black_to_white() -> None:
    """Pixels without a value are black too."""
    seen = probability_rgb(np.array([[0.0, 0.5, 1.0, np.nan]]))

    np.testing.assert_array_equal(seen[0], [[0, 0, 0], [255, 128, 0], [255, 255, 255], [0, 0, 0]])


def test_the_legend_of_probabilities_has_their_colours() -> None:
    """A reader compares it with the picture."""
    for text, color in probability_legend():
        value = float(text.removeprefix("probability "))
        assert probability_rgb(np.array([[value]]))[0, 0].tolist() == list(color)


def test_a_mosaic_is_averaged_and_a_mask_of_its_size_fits() -> None:
    """Picked pixels of rough ground look grainy; the last block may be smaller."""
    checkered = np.full((1, 9, 11), 101, np.uint8)
    checkered[:, ::2, ::2] = checkered[:, 1::2, 1::2] = 1

    grey = mosaic_grey(checkered, max_side_px=6)

    assert grey.shape[:2] == shrunk(checkered[0], max_side_px=6).shape
    assert len(np.unique(grey[:4, :5])) == 1


def test_the_crater_is_at_the_bottom_of_a_polar_view() -> None:
    """Rays then rise like grass."""
    view = np.array([[3.0], [-3.0]])

    assert view_rgb(view)[:, 0, 0].tolist() == [0, 255]


def test_pictures_beside_each_other_keep_their_pixels() -> None:
    """Different heights are aligned at the top."""
    joined = beside(np.zeros((2, 3, 3), np.uint8), np.ones((4, 1, 3), np.uint8), gap_px=2)

    assert joined.shape == (4, 6, 3)
    assert (joined[2:, :3] == 255).all()
    assert (joined[:, 5] == 1).all()
