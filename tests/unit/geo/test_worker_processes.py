"""Functions in processes of their own: what they return, how they fail, and how they end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from ejmap_geo.cores import usable_cores
from ejmap_geo.process_identity import birth_of
from ejmap_geo.worker_processes import WorkerLostError, WorkerProcesses

ENDS_WITHIN_S = 30.0
PARENT = """
import sys
from tests.unit.geo.test_worker_processes import slow, processes_of
if __name__ == "__main__":
    with processes_of(1) as processes:
        processes.call(slow, sys.argv[1])
"""


class UnpicklableError(Exception):
    """An exception that needs two words, of which pickle hands over one."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")


class _Prepared:
    word = ""


def prepare(word: str) -> None:
    """Note a word in the process."""
    _Prepared.word = word


def prepared() -> tuple[str, int, int]:
    """Return the word, the cores that the process may use, and its id."""
    return _Prepared.word, usable_cores(), os.getpid()


def fail() -> None:
    """Raise what pickle cannot hand over."""
    raise UnpicklableError("this", "that")


def refuse() -> None:
    """Raise what pickle hands over."""
    raise ValueError("no")


def interrupt_oneself() -> str:
    """Send this process what Ctrl-C sends to all of a terminal."""
    os.kill(os.getpid(), signal.SIGINT)
    return "still there"


def end_oneself() -> None:
    """End this process as the system does where memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def slow(note: str) -> None:
    """Note who this is, and take long."""
    Path(note).write_text(f"{os.getpid()}")
    time.sleep(10 * ENDS_WITHIN_S)


def processes_of(count: int) -> WorkerProcesses:
    """Return processes that know a word and use three cores."""
    return WorkerProcesses(count, threads=3, prepare=partial(prepare, "hello"))


@pytest.fixture(scope="module")
def processes() -> Iterator[WorkerProcesses]:
    """One process."""
    with processes_of(1) as one:
        yield one


def test_a_process_is_prepared_and_knows_its_share_of_cores(processes: WorkerProcesses) -> None:
    """It is another process than this one."""
    word, cores, process_id = processes.call(prepared)

    assert (word, cores) == ("hello", 3)
    assert process_id != os.getpid()


def test_an_error_arrives_as_it_was_raised(processes: WorkerProcesses) -> None:
    """Its class says whether it will happen again."""
    with pytest.raises(ValueError, match=r"^no$"):
        processes.call(refuse)


def test_an_error_that_cannot_be_handed_over_arrives_as_words(processes: WorkerProcesses) -> None:
    """It does not count as the end of the process."""
    with pytest.raises(RuntimeError, match=r"^UnpicklableError: this: that$"):
        processes.call(fail)

    assert processes.call(prepared)[0] == "hello"


def test_a_process_does_not_see_ctrl_c(processes: WorkerProcesses) -> None:
    """Whoever waits for it decides what ends when."""
    assert processes.call(interrupt_oneself) == "still there"


def test_another_takes_the_place_of_a_lost_process(processes: WorkerProcesses) -> None:
    """What it worked on fails with a sentence."""
    with pytest.raises(WorkerLostError, match="most often because memory ran out"):
        processes.call(end_oneself)

    assert processes.call(prepared)[0] == "hello"


def test_who_comes_after_the_end_is_told() -> None:
    """Nobody waits for a process that will never be idle."""
    with processes_of(2) as processes:
        pass

    for _ in range(3):
        with pytest.raises(WorkerLostError, match="have ended"):
            processes.call(prepared)


def test_a_process_ends_with_the_one_that_began_it(tmp_path: Path) -> None:
    """Killed as by a power cut: nothing goes on writing behind the back of the next run."""
    script, note = tmp_path / "parent.py", tmp_path / "note"
    script.write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, script, note], env=environment)
    try:
        _wait_for(note.exists)
        _wait_for(lambda: note.read_text().isdigit())
        child = int(note.read_text())
        born = birth_of(child)
        assert child != parent.pid
    finally:
        parent.kill()
        parent.wait()

    _wait_for(lambda: birth_of(child) != born)


def _wait_for(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + ENDS_WITHIN_S
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)
