"""A command and all that it starts end together."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ejmap_cli.process_group import EndedBySignal, ended_by_signals, run_group

PATIENCE_SECONDS = 20
# A parent that starts a child in the same group, writes both ids and waits.
PARENT = """
import os, signal, subprocess, sys, time
for name in {ignored}:
    signal.signal(getattr(signal, name), signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", {child!r}])
print(os.getpid(), child.pid, file=open({note!r}, "w"), flush=True)
try:
    time.sleep({seconds})
except KeyboardInterrupt:
    pass
sys.exit({code})
"""
SLEEPER = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(600)"
)
RUNNER = "import sys; from ejmap_cli.process_group import run_group;"
RUNNER += "sys.exit(run_group([sys.executable, '-c', sys.argv[1]], patience_seconds=1))"


def _parent(
    note: Path, *, ignored: tuple[str, ...] = (), child: str = SLEEPER, seconds: int = 600
) -> str:
    return PARENT.format(ignored=ignored, child=child, note=str(note), seconds=seconds, code=3)


def _wait(reached) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if reached():
            return True
        time.sleep(0.05)
    return False


def _is_running(process_id: int) -> bool:
    """Tell whether a process is there and not merely waiting to be reaped."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize(
    ("ignored", "child"),
    [
        pytest.param((), SLEEPER, id="willing"),
        pytest.param(("SIGINT", "SIGTERM"), STUBBORN, id="stubborn"),
    ],
)
def test_a_signal_ends_the_whole_group(
    tmp_path: Path, number: signal.Signals, ignored: tuple[str, ...], child: str
) -> None:
    """Neither the command nor its child is left, whatever they ignore."""
    note = tmp_path / "ids"
    script = _parent(note, ignored=ignored, child=child)
    with subprocess.Popen([sys.executable, "-c", RUNNER, script]) as runner:
        assert _wait(lambda: note.exists() and len(note.read_text().split()) == 2)
        ids = [int(text) for text in note.read_text().split()]
        assert all(map(_is_running, ids))

        runner.send_signal(number)
        code = runner.wait(PATIENCE_SECONDS)

    assert code == 128 + number
    assert _wait(lambda: not any(map(_is_running, ids)))


def _get(number: signal.Signals) -> None:
    with ended_by_signals():
        os.kill(os.getpid(), number)
        time.sleep(PATIENCE_SECONDS)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_before_the_command_runs_has_the_code_of_a_shell(number: signal.Signals) -> None:
    """And signals do afterwards what they did before."""
    before = signal.getsignal(number)

    with pytest.raises(EndedBySignal) as caught:
        _get(number)

    assert caught.value.exit_code == 128 + number
    assert signal.getsignal(number) == before


def test_a_second_signal_cuts_the_waiting_short(tmp_path: Path) -> None:
    """Whoever presses Ctrl-C three times wants it gone now."""
    note = tmp_path / "ids"
    script = _parent(note, ignored=("SIGINT", "SIGTERM"), child=STUBBORN)
    patient = RUNNER.replace("patience_seconds=1", "patience_seconds=600")
    with subprocess.Popen([sys.executable, "-c", patient, script]) as runner:
        assert _wait(lambda: note.exists() and len(note.read_text().split()) == 2)

        def is_over() -> bool:
            runner.send_signal(signal.SIGINT)
            time.sleep(0.3)
            return runner.poll() is not None

        assert _wait(is_over)


def test_what_a_command_leaves_behind_is_ended_with_it(tmp_path: Path) -> None:
    """The exit code is the command's own."""
    note = tmp_path / "ids"

    code = run_group([sys.executable, "-c", _parent(note, seconds=0)], patience_seconds=5)

    left_behind = int(note.read_text().split()[1])
    assert code == 3
    assert _wait(lambda: not _is_running(left_behind))


def test_signals_do_again_what_they_did_before() -> None:
    """Only while the command runs they end it."""
    before = signal.getsignal(signal.SIGTERM)

    run_group([sys.executable, "-c", ""])

    assert signal.getsignal(signal.SIGTERM) == before
