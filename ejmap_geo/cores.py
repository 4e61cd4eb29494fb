"""How many cores a process may compute with."""

import os
import re

# Jobs of clusters, containers and people share out cores by it; a list is for nested threads.
VARIABLE = "OMP_NUM_THREADS"
STATED = re.compile(r"\s*([1-9]\d{0,4})\s*(,|$)")


def usable_cores() -> int:
    """Return what ``OMP_NUM_THREADS`` states, else the cores that this process may run on."""
    stated = STATED.match(os.environ.get(VARIABLE, ""))
    if stated is not None:
        return int(stated[1])
    # Not every system can bind a process to cores.
    bound = getattr(os, "sched_getaffinity", None)
    return len(bound(0)) if bound is not None else os.cpu_count() or 1
