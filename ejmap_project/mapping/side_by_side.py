"""Craters mapped side by side in threads or processes, as many as cores and memory allow."""

from collections import deque
from collections.abc import Callable, Collection, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from threading import Event

from ejmap_geo.cores import usable_cores
from ejmap_geo.rasters.memory import memory_bytes
from ejmap_geo.worker_processes import WorkerProcesses
from ejmap_project.mapping.crater_inputs import CraterWork

# The most that a step of a crater was seen to hold is 21 bytes for each pixel around it.
BYTES_A_PX = 24
# Mosaic, models and programs take their part, and so do other programs.
USED_SHARE = 0.5
# A process begins in some ten seconds of a core, in which it maps fifty million pixels.
WORTH_PX = 300_000_000
# What a process holds besides: programs and models, and of the mosaic its bands and one of greys.
PROCESS_BYTES = 800_000_000
MOSAIC_BYTES_A_PX = 4


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
        self._room_bytes = USED_SHARE * memory_bytes()
        self._processes = self._worth_processes()

    def processes(
        self, prepare: Callable[[], None]
    ) -> AbstractContextManager[WorkerProcesses | None]:
        """Return the processes that map the craters; None where it is too little to begin them.

        Half of the time of a crater is Python, of which a process computes on one core alone.

        Args:
            prepare: Called first in each process.
        """
        if not self._processes:
            return nullcontext()
        threads = max(1, self._workers // self._processes)
        return WorkerProcesses(self._processes, threads=threads, prepare=prepare)

    def raise_if_stopped(self) -> None:
        """End what is done for a crater if the run was interrupted; asked between steps.

        Raises:
            Stopped: If it was.
        """
        if self._stop.is_set():
            raise Stopped

    def each(self, do: Callable[[str], None]) -> Generator[tuple[str, Exception | None]]:
        """Yield each crater once it is done, and what it failed with.

        In one process the first is done alone: it reads what all share. An interruption ends the
        craters that are being worked on after their step, and begins no other.
        """
        waiting = deque(self._keys)
        if waiting and not self._processes:
            first = waiting.popleft()
            yield first, _outcome(do, first)
        if self._workers == 1:
            for key in waiting:
                yield key, _outcome(do, key)
            return
        room_bytes = self._room_bytes
        if self._processes:
            room_bytes -= self._processes * self._process_bytes()
        running: dict[Future[Exception | None], str] = {}
        with ThreadPoolExecutor(self._most, thread_name_prefix="crater") as pool:
            try:
                while waiting or running:
                    while waiting and self._has_room(waiting[0], running.values(), room_bytes):
                        key = waiting.popleft()
                        running[pool.submit(_outcome, do, key)] = key
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        yield running.pop(future), future.result()
            finally:
                self._stop.set()

    @property
    def _most(self) -> int:
        """Most craters at a time."""
        return self._processes or self._workers

    def _worth_processes(self) -> int:
        """Return by how many processes the craters are mapped; 0 if it is worth none."""
        needed = [one for one in map(self._needed_bytes, self._keys) if one]
        if min(self._workers, len(needed)) < 2 or sum(needed) < WORTH_PX * BYTES_A_PX:
            return 0
        # The rest is for the craters: see _has_room.
        held = int(self._room_bytes / 2 / self._process_bytes())
        count = min(self._workers, held, len(needed))
        return count if count > 1 and not _on_gpu() else 0

    def _process_bytes(self) -> int:
        """Return what a process holds besides the crater that it maps."""
        rows, cols = self._work.grid.shape
        return PROCESS_BYTES + MOSAIC_BYTES_A_PX * rows * cols

    def _has_room(self, key: str, running: Collection[str], room_bytes: float) -> bool:
        """Return whether a crater can begin beside others; one always can."""
        if len(running) >= self._most:
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


def _on_gpu() -> bool:
    """Return whether models use a GPU, which has no room for the batches of many processes."""
    from ejmap_ml.bundles.inference import inference_device

    return inference_device().type == "cuda"


def _outcome(do: Callable[[str], None], key: str) -> Exception | None:
    try:
        do(key)
    except Exception as error:  # noqa: BLE001 - whatever it is, other craters are worked on
        return error
    return None
