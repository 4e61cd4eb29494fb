"""Strips: bands of rows that compiled loops work on side by side, one thread each at a time.

Kernels release the GIL. They do not start threads themselves, because those of OpenMP forbid
a process to fork afterwards, which is how runs and data loaders start.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.cores import usable_cores

Result = TypeVar("Result")
Scalar = TypeVar("Scalar", bound=np.generic)
# More strips than threads: one over a pole takes longer than others.
STRIPS_PER_THREAD = 8
# Starting threads costs as much as this many pixels that are copied, or whose noise is computed.
SERIAL_PX, SERIAL_NOISE_PX = 1_000_000, 20_000


def in_strips(
    work: Callable[[int, int], Result],
    *,
    rows: int,
    cols: int,
    step: int = 1,
    serial_px: int = SERIAL_PX,
) -> list[Result]:
    """Call ``work`` with the first row and the row after the last of every strip.

    Args:
        work: Calls a kernel that releases the GIL on rows of its own.
        rows: Number of rows.
        cols: Pixels in a row.
        step: Strips start at multiples of this.
        serial_px: The thread that asks works alone on an array of at most so many pixels.

    Returns:
        What ``work`` returned, from top to bottom.
    """
    threads = usable_cores() if rows * cols > serial_px else 1
    blocks = -(-rows // step)
    if threads == 1:
        return [work(0, rows)]
    height = step * -(-blocks // (threads * STRIPS_PER_THREAD))
    strips = [(top, min(top + height, rows)) for top in range(0, rows, height)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda strip: work(*strip), strips))


def kernel_input(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return an array in row order that cannot be written, without a copy where it is in order.

    Files are read into memory of either kind; numba would compile a kernel for each. Numbers of the
    other order of bytes, as of FITS files, it takes for those of this machine without a word.
    """
    ordered = np.ascontiguousarray(array, array.dtype.newbyteorder("=")).view()
    ordered.flags.writeable = False
    return ordered
