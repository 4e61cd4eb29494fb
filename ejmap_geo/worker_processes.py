"""Functions called in processes of their own: Python computes with one core a process."""

import os
import pickle
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from queue import LifoQueue
from typing import ParamSpec, Self, TypeVar

from ejmap_geo.cores import VARIABLE

P = ParamSpec("P")
Result = TypeVar("Result")


class WorkerLostError(RuntimeError):
    """A process ended in the midst of its work."""


class WorkerProcesses:
    """Processes that begin when first needed and end with the block, or with this process.

    Once begun, they see no Ctrl-C: whoever waits for them decides. One that is lost costs what it
    worked on, and another takes its place.

    Args:
        count: How many.
        threads: Cores that each may compute with.
        prepare: Called first in each of them.
    """

    def __init__(self, count: int, *, threads: int, prepare: Callable[[], None]) -> None:
        self._threads, self._prepare = threads, prepare
        # None stands for all of them once they have ended.
        # The one that was idle last comes first: others need not begin while one is enough.
        self._idle: LifoQueue[ProcessPoolExecutor | None] = LifoQueue()
        self._count = count
        for _ in range(count):
            self._idle.put(self._new())

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End each process once it is idle; who waits for one then is told."""
        for _number in range(self._count):
            worker = self._idle.get()
            assert worker is not None  # noqa: S101 - the block ends once
            worker.shutdown()
        self._idle.put(None)

    def call(self, function: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        """Return what a function returns in one of the processes, or raise what it raises there.

        Waits for an idle process. The function, what it takes and what it returns are pickled.

        Raises:
            WorkerLostError: If the process ended before the function did, or all have ended.
        """
        worker = self._idle.get()
        if worker is None:
            self._idle.put(None)
            raise WorkerLostError("the processes that work on it have ended; run it again")
        try:
            return worker.submit(_called, function, args, kwargs).result()
        except BrokenProcessPool as error:
            worker.shutdown()
            worker = self._new()
            raise WorkerLostError(
                "the process that worked on it was ended, most often because memory ran out "
                f"({error}); run it again, with fewer processes side by side ({VARIABLE}=1) or "
                "more memory"
            ) from error
        finally:
            self._idle.put(worker)

    def _new(self) -> ProcessPoolExecutor:
        # A fork would copy locks that threads of this process hold, and nobody would open them.
        return ProcessPoolExecutor(
            1,
            mp_context=get_context("spawn"),
            initializer=_begin,
            initargs=(self._threads, self._prepare),
        )


def _begin(threads: int, prepare: Callable[[], None]) -> None:
    os.environ[VARIABLE] = str(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    prepare()


def _end_with_parent() -> None:
    """End this process at once when its parent is gone: another run may map the same crater."""
    parent = parent_process()
    assert parent is not None  # noqa: S101 - this is a process of a pool
    wait([parent.sentinel])
    os._exit(1)


def _called(
    function: Callable[..., Result], args: tuple[object, ...], kwargs: dict[str, object]
) -> Result:
    try:
        return function(*args, **kwargs)
    except Exception as error:
        # One that cannot be read where it arrives would count as the end of this process.
        try:
            pickle.loads(pickle.dumps(error))  # noqa: S301 - our own words
        except Exception:  # noqa: BLE001 - classes of libraries raise anything there
            raise RuntimeError(f"{type(error).__name__}: {error}") from None
        raise
