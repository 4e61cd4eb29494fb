"""Majority filters: against SciPy's median, and refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage

from ejmap_geo.errors import RasterError
from ejmap_geo.masks.majority import majority


@given(
    mask=arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, max_side=12)),
    side_px=st.sampled_from([1, 3, 5, 9]),
)
def test_a_majority_is_the_median_filter_of_scipy(mask: np.ndarray, side_px: int) -> None:
    """Edges go on as they are, also where the square is larger than the mask."""
    expected = ndimage.median_filter(mask.astype(np.uint8), size=side_px, mode="nearest")

    np.testing.assert_array_equal(majority(mask, side_px=side_px), expected > 0)


@pytest.mark.parametrize("side_px", [0, 2, -3])
def test_a_square_without_a_middle_pixel_is_refused(side_px: int) -> None:
    """An even side would have ties and shift the mask by half a pixel."""
    with pytest.raises(RasterError, match="odd number"):
        majority(np.ones((3, 3), np.bool_), side_px=side_px)
