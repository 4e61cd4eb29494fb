"""Craters side by side: each once, as many as fit, and none begins after an interruption."""

import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, cast

import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_project.errors import StepError
from ejmap_project.mapping import side_by_side
from ejmap_project.mapping.side_by_side import BYTES_A_PX, SideBySide, Stopped

if TYPE_CHECKING:
    from ejmap_project.mapping.crater_inputs import CraterWork

KEYS = [f"{k:04d}" for k in range(9)]
SIDE_PX = 100
WAIT_S = 30


class Work:
    """Nine craters with rasters of 100 x 100 pixels; the last is no crater of the catalogue."""

    grid = BasemapGrid(body=MERCURY, width_px=256)

    def __init__(self) -> None:
        self.craters = {
            key: Crater(crater_id=k, name="", center=LonLat(0, k), radius_m=1.0)
            for k, key in enumerate(KEYS[:-1])
        }

    def azimuthal_grid(self, crater: Crater) -> AzimuthalGrid:
        """Return a grid of 100 x 100 pixels."""
        return AzimuthalGrid(
            body=MERCURY, center=crater.center, resolution_m=1000.0, half_size_px=SIDE_PX // 2
        )


def _side_by_side(workers: int) -> SideBySide:
    return SideBySide(KEYS, cast("CraterWork", Work()), workers=workers)


class AtOnce:
    """Counts how many are at it at once, and lets each wait for as many as can be."""

    def __init__(self, wanted: int) -> None:
        self.most, self._now = 0, 0
        self._changed, self._wanted = threading.Condition(), wanted

    def __call__(self, key: str) -> None:
        """Wait until as many as wanted are at it, unless it is the first, which is alone."""
        with self._changed:
            self._now += 1
            self.most = max(self.most, self._now)
            self._changed.notify_all()
            if key != KEYS[0]:
                self._changed.wait_for(lambda: self.most >= self._wanted, timeout=WAIT_S)
            self._now -= 1


@pytest.mark.parametrize("workers", [1, 3])
def test_each_crater_is_done_once_and_its_error_is_handed_over(workers: int) -> None:
    """An error of one stops no other."""

    def do(key: str) -> None:
        if key == "0003":
            raise StepError("it cannot be")

    done = dict(_side_by_side(workers).each(do))

    assert sorted(done) == KEYS
    assert [key for key, error in done.items() if error is not None] == ["0003"]


def test_the_first_is_alone_and_then_as_many_as_there_are_workers() -> None:
    """Each waits until three are at it, so the test hangs if they never are."""
    at_once = AtOnce(wanted=3)

    assert len(list(_side_by_side(3).each(at_once))) == len(KEYS)

    assert at_once.most == 3


def test_no_more_are_at_it_than_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the memory holds two of them."""
    two = 2.5 * BYTES_A_PX * SIDE_PX**2
    monkeypatch.setattr(side_by_side, "memory_bytes", lambda: two / side_by_side.USED_SHARE)
    at_once = AtOnce(wanted=2)

    assert len(list(_side_by_side(8).each(at_once))) == len(KEYS)

    # What is no crater any more takes none.
    assert at_once.most in (2, 3)


def _begun(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Return a list that takes the number and the threads of processes, which do not begin."""
    begun: list[tuple[int, int]] = []
    monkeypatch.setattr(
        side_by_side,
        "WorkerProcesses",
        lambda count, *, threads, **_: begun.append((count, threads)) or nullcontext(),
    )
    return begun


@pytest.mark.parametrize(
    ("gigabytes", "workers", "processes", "threads"),
    [(64, 8, 8, 1), (10, 8, 3, 2), (24, 2, 2, 1), (6, 8, 0, 8), (64, 1, 0, 1)],
)
def test_many_pixels_are_mapped_by_as_many_processes_as_memory_holds(
    monkeypatch: pytest.MonkeyPatch, gigabytes: int, workers: int, processes: int, threads: int
) -> None:
    """A quarter of the memory is for mosaics and models; without room for two, threads map."""
    monkeypatch.setattr(side_by_side, "WORTH_PX", 1)
    monkeypatch.setattr(side_by_side, "memory_bytes", lambda: gigabytes * 1_000_000_000)
    begun = _begun(monkeypatch)

    with _side_by_side(workers).processes(lambda: None):
        pass

    assert begun == ([(processes, threads)] if processes else [])


def test_no_more_processes_begin_than_there_are_craters(monkeypatch: pytest.MonkeyPatch) -> None:
    """They share the cores; what is no crater any more needs none."""
    monkeypatch.setattr(side_by_side, "WORTH_PX", 1)
    monkeypatch.setattr(side_by_side, "memory_bytes", lambda: 64_000_000_000)
    begun = _begun(monkeypatch)
    keys = [*KEYS[:2], KEYS[-1]]

    with SideBySide(keys, cast("CraterWork", Work()), workers=8).processes(lambda: None):
        pass

    assert begun == [(2, 4)]


def test_where_models_use_a_gpu_threads_map(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its memory holds no batch for each of many processes."""
    monkeypatch.setattr(side_by_side, "WORTH_PX", 1)
    monkeypatch.setattr(side_by_side, "_on_gpu", lambda: True)

    with _side_by_side(8).processes(lambda: None) as processes:
        assert processes is None


def test_few_pixels_are_mapped_in_this_process() -> None:
    """Tiny planets are done before a process would have begun."""
    with _side_by_side(8).processes(lambda: None) as processes:
        assert processes is None


def test_one_that_is_larger_than_the_memory_is_done_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has to be tried: the estimate may be wrong."""
    monkeypatch.setattr(side_by_side, "memory_bytes", lambda: 1)
    at_once = AtOnce(wanted=1)

    assert len(list(_side_by_side(8).each(at_once))) == len(KEYS)

    assert at_once.most <= 2


def test_a_mosaic_that_cannot_be_read_fails_each_crater(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the file system too: the run names all of them, and ends no other way."""

    def fails(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Work, "azimuthal_grid", fails)

    done = dict(_side_by_side(3).each(fails))

    assert [key for key, error in sorted(done.items()) if error is not None] == KEYS


def test_an_interruption_ends_those_at_work_after_their_step_and_begins_no_other() -> None:
    """As Ctrl-C does, which only the main thread sees."""
    begun: list[str] = []
    stopped: list[str] = []
    interrupted = threading.Event()
    craters = _side_by_side(2)

    def do(key: str) -> None:
        begun.append(key)
        if key == KEYS[0]:
            return
        if key != KEYS[1]:
            interrupted.wait(WAIT_S)
        try:
            craters.raise_if_stopped()
        except Stopped:
            stopped.append(key)
            raise

    results = craters.each(do)
    assert [next(results)[0], next(results)[0]] == KEYS[:2]
    threading.Timer(0.2, interrupted.set).start()
    with pytest.raises(KeyboardInterrupt):
        cast("Any", results).throw(KeyboardInterrupt)

    assert stopped == begun[2:]
    assert len(begun) < len(KEYS)
