"""Craters mapped side by side in one process, as many as the machine has cores and memory for."""

from collections import deque
from collections.abc import Callable, Collection, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event

from ejmap_geo.cores import usable_cores
from ejmap_geo.rasters.memory import memory_bytes
from ejmap_project.mapping.crater_inputs import CraterWork

# The most that a step of a crater was seen to hold is 21 bytes for each pixel around it.
BYTES_A_PX = 24
# Mosaic, models and programs take their part, and so do other programs.
USED_SHARE = 0.5


class Stopped(Exception):  # noqa: N818 - no error: somebody interrupted the run
    """The craters that are being mapped shall end after the step that they are in."""


class SideBySide:
    """Does something for each of some craters, several at a time.

    Args:
        keys: Partition keys of the craters, in the order in which they begin.
        work: Data that they share, which says how much memory a crater takes.
        workers: Most craters at a time; None takes a core each.
    """

    def __init__(
        self, keys: Sequence[str], work: CraterWork, *, workers: int | None = None
    ) -> None:
        self._keys = keys
        self._work = work
        self._workers = workers or usable_cores()
        self._stop = Event()

    def raise_if_stopped(self) -> None:
        """End what is done for a crater if the run was interrupted; asked between steps.

        Raises:
            Stopped: If it was.
        """
        if self._stop.is_set():
            raise Stopped

    def each(self, do: Callable[[str], None]) -> Generator[tuple[str, Exception | None]]:
        """Yield each crater once it is done, and what it failed with.

        The first is done alone: it reads what all share. An interruption ends the craters that are
        being worked on after their step, and begins no other.
        """
        waiting = deque(self._keys)
        if waiting:
            first = waiting.popleft()
            yield first, _outcome(do, first)
        if self._workers == 1:
            for key in waiting:
                yield key, _outcome(do, key)
            return
        room_bytes = USED_SHARE * memory_bytes()
        running: dict[Future[Exception | None], str] = {}
        with ThreadPoolExecutor(self._workers, thread_name_prefix="crater") as pool:
            try:
                while waiting or running:
                    while waiting and self._has_room(waiting[0], running.values(), room_bytes):
                        key = waiting.popleft()
                        running[pool.submit(_outcome, do, key)] = key
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        yield running.pop(future), future.result()
            finally:
                self._stop.set()

    def _has_room(self, key: str, running: Collection[str], room_bytes: float) -> bool:
        """Return whether a crater can begin beside others; one always can."""
        if len(running) >= self._workers:
            return False
        needed = sum(self._needed_bytes(one) for one in (key, *running))
        return not running or needed <= room_bytes

    def _needed_bytes(self, key: str) -> int:
        try:
            rows, cols = self._work.azimuthal_grid(self._work.craters[key]).shape
        except Exception:  # noqa: BLE001 - what it is, the steps of the crater meet and say
            # No crater of the catalogue any more, or no mosaic: it will take nothing.
            return 0
        return BYTES_A_PX * rows * cols


def _outcome(do: Callable[[str], None], key: str) -> Exception | None:
    try:
        do(key)
    except Exception as error:  # noqa: BLE001 - whatever it is, other craters are worked on
        return error
    return None
