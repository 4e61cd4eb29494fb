"""Windows: half-open rectangles that may go round the planet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_geo.errors import GridError
from ejmap_geo.grids.window import Window

WINDOWS = st.builds(
    lambda row, col, height, width: Window(row=row, col=col, height=height, width=width),
    st.integers(-5, 12),
    st.integers(-5, 12),
    st.integers(1, 9),
    st.integers(1, 9),
)


def painted(window: Window | None) -> np.ndarray:
    """Return a board from -10 to 30 with the window's pixels set."""
    board = np.zeros((40, 40), np.bool_)
    if window is not None:
        row, col = window.row + 10, window.col + 10
        board[row : row + window.height, col : col + window.width] = True
    return board


@given(WINDOWS, WINDOWS)
def test_an_intersection_holds_the_pixels_of_both(left: Window, right: Window) -> None:
    """None when there is no common pixel, as when the two only touch."""
    common = left.intersection(right)

    np.testing.assert_array_equal(painted(common), painted(left) & painted(right))


def test_windows_that_only_touch_have_nothing_in_common() -> None:
    """Ends are half-open."""
    left = Window(row=0, col=0, height=4, width=4)

    assert left.intersection(Window(row=0, col=4, height=4, width=4)) is None
    assert left.intersection(Window(row=4, col=0, height=4, width=4)) is None


@given(st.integers(-40, 40), st.integers(1, 12))
def test_pieces_cover_the_columns_that_wrapping_indices_name(col: int, width: int) -> None:
    """Written and read by slices or by column numbers, a window is the same."""
    window = Window(row=1, col=col, height=2, width=width)
    raster = np.arange(60).reshape(5, 12)
    values = np.zeros(window.shape, int)

    for there, here in window.pieces(12):
        values[here] = raster[there]

    np.testing.assert_array_equal(values, raster[1:3][:, window.columns(12)])


def test_a_window_that_does_not_wrap_is_one_piece() -> None:
    """Its slices are those of the window."""
    window = Window(row=2, col=3, height=4, width=9)

    ((there, here),) = window.pieces(12)

    assert there == window.slices
    assert here == (slice(None), slice(0, 9))


def test_a_window_wider_than_the_planet_is_refused() -> None:
    """Its columns would repeat."""
    with pytest.raises(GridError, match="13 columns exceeds a raster of 12"):
        Window(row=0, col=0, height=1, width=13).pieces(12)


@pytest.mark.parametrize(("height", "width"), [(0, 5), (5, 0), (-1, 5)])
def test_an_empty_window_is_refused(height: int, width: int) -> None:
    """An empty place is None, not a window."""
    with pytest.raises(GridError, match="must not be empty"):
        Window(row=0, col=0, height=height, width=width)
