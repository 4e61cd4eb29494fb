"""Whether this machine can hold a raster; the system would end us in its midst."""

import math
import os
import re
from contextlib import suppress
from pathlib import Path

from ejmap_geo.errors import RasterError

# What a container may use (control groups of version 2 and 1), in bytes; "max" has no limit.
GROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
# What a job of Slurm may use on its node, in megabytes; 0 is all of it.
JOB_LIMIT = "SLURM_MEM_PER_NODE"
# What a process shall use where nothing holds it to that, in gigabytes: jobs of Ray, and machines
# that people share.
STATED_LIMIT = "EJMAP_MEMORY_GB"
STATED = re.compile(r"\s*(\d{1,6}(?:\.\d{1,9})?)\s*")


def memory_bytes() -> int:
    """Return how much memory this process may use.

    That is the least of what the machine has, what its container or job may use, and
    ``EJMAP_MEMORY_GB``.
    """
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for path in GROUP_LIMITS:
        with suppress(OSError, ValueError):
            there = min(there, int(path.read_text()))
    with suppress(ValueError):
        there = min(there, (int(os.environ.get(JOB_LIMIT, "0")) << 20) or there)
    stated = STATED.fullmatch(os.environ.get(STATED_LIMIT, ""))
    if stated is not None and float(stated[1]):
        there = min(there, round(float(stated[1]) * 1024**3))
    return there


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
    there = memory_bytes()
    if needed > there:
        bands, rows, cols = shape
        raise RasterError(
            f"{what} has {cols}x{rows} px in {bands} band(s), {needed / 1e9:.0f} GB, but this "
            f"machine has {there / 1e9:.0f} GB of memory; shrink it (gdal_translate -outsize)"
        )
