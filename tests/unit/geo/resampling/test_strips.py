"""Strips against the rows that they have to cover."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ejmap_geo.resampling.strips import in_strips, kernel_input


@given(
    rows=st.integers(1, 3000),
    cols=st.sampled_from([1, 10_000]),
    step=st.sampled_from([1, 64]),
    threads=st.integers(1, 5),
    serial_px=st.sampled_from([0, 1_000_000]),
)
def test_strips_cover_every_row_once(
    rows: int, cols: int, step: int, threads: int, serial_px: int
) -> None:
    """From top to bottom, in order, starting at multiples of the step."""
    with patch("ejmap_geo.resampling.strips.usable_cores", return_value=threads):
        strips = in_strips(
            lambda top, bottom: (top, bottom),
            rows=rows,
            cols=cols,
            step=step,
            serial_px=serial_px,
        )

    assert [row for strip in strips for row in range(*strip)] == list(range(rows))
    assert all(top % step == 0 for top, _ in strips)
    assert len(strips) == 1 or (threads > 1 and rows * cols > serial_px)


def test_an_error_in_a_strip_is_not_lost() -> None:
    """Threads hand their exceptions on."""

    def fail(top: int, bottom: int) -> None:
        raise ValueError(f"rows {top} to {bottom}")

    with pytest.raises(ValueError, match="rows 0 to"):
        in_strips(fail, rows=2000, cols=2000)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["u2", "i4", "f4", "f8"])
def test_kernels_get_numbers_in_the_order_of_bytes_of_this_machine(order: str, kind: str) -> None:
    """A kernel that was compiled for one order takes the other for it, with other numbers."""
    given_values = np.arange(12).reshape(3, 4).astype(order + kind)

    ordered = kernel_input(given_values[:, ::2])

    assert ordered.dtype == np.dtype(kind)
    assert ordered.dtype.isnative
    assert ordered.flags.c_contiguous
    assert not ordered.flags.writeable
    np.testing.assert_array_equal(ordered, given_values[:, ::2])


def test_an_array_that_is_in_order_is_not_copied() -> None:
    """Mosaics take gigabytes."""
    values = np.zeros((3, 4), np.uint8)
    assert np.shares_memory(kernel_input(values), values)
