"""A command and everything it starts, ended together."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What shells add to the number of a signal.
SIGNALLED = 128
# Exit code after Ctrl-C, as in a shell.
INTERRUPTED = SIGNALLED + signal.SIGINT
POLL_SECONDS = 0.1
# Dagster ends its servers one after the other; a run in its midst is given up after that.
PATIENCE_SECONDS = 20.0


def run_group(command: Sequence[str], *, patience_seconds: float = PATIENCE_SECONDS) -> int:
    """Run a command in a process group of its own until it ends or we are told to.

    When this process gets SIGINT, SIGTERM or SIGHUP the command is asked to end by SIGTERM, which
    also ends an interpreter that is still starting without a word; then its whole group is asked,
    then killed. A second signal cuts the waiting short. What the command left behind is ended too
    when it ended by itself.

    Args:
        command: Program and arguments.
        patience_seconds: How long each of the two requests may take.

    Returns:
        The exit code of the command if it ended by itself; 128 and the number of the signal, as a
        shell has it, if we were told to.
    """
    with _collected_signals() as received:
        leader = subprocess.Popen(command, start_new_session=True)  # noqa: S603 (our own commands)
        while leader.poll() is None and not received:
            time.sleep(POLL_SECONDS)
        code = leader.poll()
        if code is None:
            leader.send_signal(signal.SIGTERM)
            _wait_until(lambda: leader.poll() is not None, received, seconds=patience_seconds)
        _signal_group(leader, signal.SIGTERM)
        _wait_until(lambda: not _is_anybody_left(leader), received, seconds=patience_seconds)
        _signal_group(leader, signal.SIGKILL)
        leader.wait()
    return SIGNALLED + received[0] if code is None else code


class EndedBySignal(BaseException):
    """This process was told to end.

    Attributes:
        number: Number of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def exit_code(self) -> int:
        """The exit code that shells expect."""
        return SIGNALLED + self.number


@contextmanager
def ended_by_signals() -> Generator[None]:
    """Raise :class:`EndedBySignal` in the block where SIGINT, SIGTERM or SIGHUP comes."""

    def end(number: int, _frame: object) -> None:
        raise EndedBySignal(number)

    before = {number: signal.signal(number, end) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _collected_signals() -> Generator[list[int]]:
    """Collect the numbers of stop signals instead of dying of them."""
    received: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _: received.append(number))
        for number in STOP_SIGNALS
    }
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait_until(has_ended: Callable[[], bool], received: list[int], *, seconds: float) -> None:
    """Wait until it is so, time is up or one more signal has come."""
    deadline = time.monotonic() + seconds
    signals_before = len(received)
    while time.monotonic() < deadline and len(received) == signals_before and not has_ended():
        time.sleep(POLL_SECONDS)


def _is_anybody_left(leader: subprocess.Popen[bytes]) -> bool:
    # Asked first: a leader that nobody has asked for its exit code still counts as there.
    leader.poll()
    return _signal_group(leader, 0)


def _signal_group(leader: subprocess.Popen[bytes], number: int) -> bool:
    """Send a signal to the group and tell whether there was anybody to get it; 0 only asks."""
    try:
        os.killpg(leader.pid, number)
    except ProcessLookupError:
        return False
    return True
