"""The command ``ejmap`` in processes that start in no time: forks of one that loaded everything.

Loading EJMAP takes seconds of CPU, of which a suite of hundreds of kills would consist.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from ejmap_geo.process_identity import PROC

CHECKOUT = Path(__file__).parents[2]
# A command that takes longer waits for something that does not come.
PATIENCE_SECONDS = 900
POLL_SECONDS = 0.01
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# utime and stime in /proc/PID/stat, after the name of the program.
CPU_FIELDS = slice(11, 13)
# Set by whoever runs the suite, and nothing that a command may see.
HIDDEN = ("EJMAP_", "DAGSTER_")


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended.

    Attributes:
        code: Its exit code.
        text: What it printed.
    """

    code: int
    text: str


class Command:
    """A running ``ejmap WORD ...``, in a process group of its own.

    Args:
        words: Its arguments.
        variables: Variables of its environment, besides ours.
    """

    def __init__(self, *words: str, variables: Mapping[str, str] | None = None) -> None:
        with tempfile.NamedTemporaryFile(prefix="ejmap_fault_", delete=False) as output:
            self._output = Path(output.name)
        self._process: ForkServerProcess = _context().Process(
            target=_run, args=(words, str(self._output), dict(variables or {}))
        )
        self._process.start()

    @property
    def process_id(self) -> int:
        """Number of the process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it ended."""
        return self._process.exitcode is not None

    def end(self) -> Ended:
        """Wait for its end."""
        self._process.join(PATIENCE_SECONDS)
        if self._process.exitcode is None:
            self.kill()
            raise AssertionError(f"it waits for ever:\n{self._told()}")
        text = self._told()
        self._output.unlink()
        return Ended(self._process.exitcode, text)

    def kill(self) -> None:
        """Kill it and all it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process_id, signal.SIGKILL)
        self._process.join()

    def kill_when(self, is_time: Callable[[], bool]) -> bool:
        """Kill it once it is time; return False if it ended before."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not self.has_ended:
            if is_time():
                self.kill()
                self._output.unlink()
                return True
            assert time.monotonic() < until, f"it waits for ever:\n{self._told()}"
            time.sleep(POLL_SECONDS)
        return False

    @property
    def cpu_seconds(self) -> float:
        """How much CPU it used; unlike seconds of a clock, the same on a machine that is busy."""
        try:
            told = (PROC / str(self.process_id) / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return 0.0
        return sum(map(int, told[CPU_FIELDS])) / TICKS_A_SECOND

    def _told(self) -> str:
        return self._output.read_text(encoding="utf-8", errors="replace")


def ejmap(*words: str, variables: Mapping[str, str] | None = None) -> Ended:
    """Run ``ejmap WORD ...`` to its end."""
    return Command(*words, variables=variables).end()


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    # The server reads neither our path nor our settings.
    os.environ["PYTHONPATH"] = str(CHECKOUT)
    os.environ["OMP_NUM_THREADS"] = "1"
    context.set_forkserver_preload(["tests.faults.loaded"])
    return context


def _run(words: tuple[str, ...], output: str, variables: dict[str, str]) -> None:
    os.setsid()
    file = os.open(output, os.O_WRONLY | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(file, number)
    warnings.simplefilter("ignore")
    for name in [one for one in os.environ if one.startswith(HIDDEN)]:
        del os.environ[name]
    # Torch has read that it has one thread; craters are struck with others at work beside them.
    os.environ["OMP_NUM_THREADS"] = "2"
    os.environ.update(variables)
    from ejmap_cli.main import main  # noqa: PLC0415 - loaded by the server already

    sys.exit(main(words))
