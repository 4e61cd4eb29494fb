"""Whether this machine can hold a raster; the system would end us in its midst."""

import math
import os

from ejmap_geo.errors import RasterError


def require_memory(shape: tuple[int, int, int], *, itemsize: int = 1, what: str) -> None:
    """Refuse a raster that is larger than the memory.

    Args:
        shape: ``(band, rows, cols)``.
        itemsize: Bytes of a number.
        what: The raster in words, for messages.

    Raises:
        RasterError: If it is.
    """
    needed = math.prod(shape) * itemsize
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > there:
        bands, rows, cols = shape
        raise RasterError(
            f"{what} has {cols}x{rows} px in {bands} band(s), {needed / 1e9:.0f} GB, but this "
            f"machine has {there / 1e9:.0f} GB of memory; shrink it (gdal_translate -outsize)"
        )
