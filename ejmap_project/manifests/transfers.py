"""Transfers in several threads at a time, all of which an interruption ends."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event
from typing import TypeVar

from ejmap_project.errors import ObjectStoreError

Item = TypeVar("Item")
Result = TypeVar("Result")


class Interruption:
    """Ends transfers in other threads, which Ctrl-C does not reach."""

    def __init__(self) -> None:
        self._came = Event()

    def end_all(self) -> None:
        """End them at their next block."""
        self._came.set()

    def go_on(self) -> None:
        """Let a transfer go on unless it shall end.

        Raises:
            ObjectStoreError: If it shall.
        """
        if self._came.is_set():
            raise ObjectStoreError("the transfer was interrupted")


def at_once(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int,
    interruption: Interruption,
) -> Iterator[Result]:
    """Yield the results of work in threads, in any order; the first error cancels what waits.

    An interruption of the thread that asks also ends what is in progress.
    """
    if len(items) < 2:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(min(workers, len(items)))
    try:
        for one in as_completed([pool.submit(work, item) for item in items]):
            yield one.result()
    except BaseException as error:
        if not isinstance(error, Exception):
            interruption.end_all()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
