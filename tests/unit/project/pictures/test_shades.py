"""Pictures in metadata: small enough, and true to what they show."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from ejmap_assets.metadata.facts import inline_picture
from ejmap_geo.errors import RasterError
from ejmap_project.artefact import Picture
from ejmap_project.pictures.shades import (
    MAX_PNG_BYTES,
    beside,
    mask_over,
    mosaic_grey,
    mosaic_rgb,
    png_of,
    probability_rgb,
    shrunk,
    view_rgb,
)


def test_even_pure_noise_stays_below_sixty_kilobytes() -> None:
    """Metadata travel with every page that lists them."""
    noise = np.random.default_rng(0).integers(0, 256, (900, 1800, 3), dtype=np.uint8)

    assert len(png_of(noise)) <= MAX_PNG_BYTES


def test_a_picture_is_an_image_inside_markdown() -> None:
    """The UI draws it without fetching anything."""
    value = inline_picture(Picture(np.zeros((4, 6, 3), np.uint8), alt="nothing")).value
    encoded = value.removeprefix("![nothing](data:image/png;base64,").removesuffix(")")

    with Image.open(io.BytesIO(base64.b64decode(encoded))) as image:
        assert image.size == (6, 4)


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
