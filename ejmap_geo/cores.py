"""How many cores a process may compute with."""

import os
import re
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

# Jobs of clusters, containers and people share out cores by it; a list is for nested threads.
VARIABLE = "OMP_NUM_THREADS"
Item = TypeVar("Item")
Result = TypeVar("Result")
# What is done of a large crater takes half a gigabyte.
MOST_AT_ONCE = 2
STATED = re.compile(r"\s*([1-9]\d{0,4})\s*(,|$)")


def usable_cores() -> int:
    """Return what ``OMP_NUM_THREADS`` states, else the cores that this process may run on."""
    stated = STATED.match(os.environ.get(VARIABLE, ""))
    if stated is not None:
        return int(stated[1])
    # Not every system can bind a process to cores.
    bound = getattr(os, "sched_getaffinity", None)
    return len(bound(0)) if bound is not None else os.cpu_count() or 1


def two_at_a_time(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    is_large: Callable[[Item], bool] | None = None,
) -> Generator[Result]:
    """Yield what ``work`` returns of each item, in their order; two are worked on at a time.

    What takes one core, as reading files does, so leaves no other idle, however many there are.

    Nothing is worked on long before it is asked for: results may be large.

    Args:
        work: Called in threads, one of them alone where a single core may be used.
        items: Its arguments.
        is_large: Whether memory is for one such item and nothing beside it; none is by default.
    """
    threads = min(MOST_AT_ONCE, usable_cores())
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for item in items:
                if is_large is not None and is_large(item):
                    while waiting:
                        yield waiting.popleft().result()
                    yield work(item)
                    continue
                waiting.append(pool.submit(work, item))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()
