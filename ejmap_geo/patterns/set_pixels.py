"""Set pixels: masks hold few, and what holds none of a row is passed over many pixels at a time."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

# Pixels that are looked at together.
STRETCH_PX = 128


@njit(cache=True, nogil=True)
def first_of(line: NDArray[np.bool_], start: int, value: bool) -> int:
    """Return the first place from a start on that may have a value, the length if none has.

    Only whole stretches without the value are passed over: places returned need not have it.
    """
    while start < line.size:
        stretch = line[start : start + STRETCH_PX].view(np.uint8)
        found = np.uint8(0)
        for j in range(stretch.size):
            found |= stretch[j] == value
        if found:
            return start
        start += stretch.size
    return start
