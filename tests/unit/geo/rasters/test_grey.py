"""Grey that is made of bands."""

import numpy as np
import pytest

from ejmap_geo.errors import RasterError
from ejmap_geo.rasters.grey import STRIP_ROWS, weighted_grey

LUMA = (0.2126, 0.7152, 0.0722)


def test_grey_is_the_weighted_sum_to_the_nearest_level() -> None:
    """Full red has a luma of 0.2126 x 255 = 54.2; white stays white, in the last strip too."""
    raster = np.zeros((3, STRIP_ROWS + 1, 2), np.uint8)
    raster[:, :, 0] = np.array([255, 0, 0])[:, None]
    raster[:, :, 1] = 255

    grey = weighted_grey(raster, LUMA)

    assert grey.shape == (1, STRIP_ROWS + 1, 2)
    assert (grey[0] == [54, 255]).all()


def test_only_what_was_not_imaged_is_nodata() -> None:
    """The darkest blue rounds to 0, but it was imaged."""
    raster = np.array([[[0, 0]], [[0, 0]], [[0, 1]]], np.uint8)

    assert weighted_grey(raster, LUMA).tolist() == [[[0, 1]]]


def test_a_weight_is_needed_for_each_band() -> None:
    """Four bands have another grey than three."""
    with pytest.raises(RasterError, match=r"4 band\(s\) need as many weights, got 3"):
        weighted_grey(np.ones((4, 2, 2), np.uint8), LUMA)
