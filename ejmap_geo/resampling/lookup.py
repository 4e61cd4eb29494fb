"""Tables of 256 values looked up by the bytes of a raster, in one pass and without other arrays."""

from typing import TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ejmap_geo.resampling.strips import SERIAL_PX, in_strips, kernel_input

Scalar = TypeVar("Scalar", bound=np.generic)


def looked_up(table: NDArray[Scalar], raster: NDArray[np.uint8]) -> NDArray[Scalar]:
    """Return the value of each byte of a raster, in its shape: ``table[raster]``.

    Args:
        table: ``(256,)``.
        raster: Any shape.
    """
    if raster.size < SERIAL_PX:
        return table[raster]
    values = np.empty(raster.shape, table.dtype)
    rows = (-1, raster.shape[-1])
    given, out, known = (
        kernel_input(raster).reshape(rows),
        values.reshape(rows),
        kernel_input(table),
    )
    in_strips(lambda *strip: _look_up(known, given, out, strip), rows=len(given), cols=rows[1])
    return values


@njit(cache=True, nogil=True)
def _look_up(
    table: NDArray[np.generic],
    raster: NDArray[np.uint8],
    out: NDArray[np.generic],
    rows: tuple[int, int],
) -> None:
    for i in range(rows[0], rows[1]):
        line, values = raster[i], out[i]
        for j in range(line.size):
            values[j] = table[line[j]]
