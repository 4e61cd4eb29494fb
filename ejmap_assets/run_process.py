"""Which process works on a run, so that another one can tell whether it is still there."""

import os
import socket
from pathlib import Path

import dagster as dg

HOST_TAG = "ejmap/host"
PROCESS_TAG = "ejmap/process"
PROC = Path("/proc")
# Of /proc/PID/stat, behind the name of the program.
STATE, START_TICKS = 0, 19
DEAD_STATES = frozenset("ZX")


def process_tags(run_id: str) -> dict[str, str]:
    """Return the tags of a run that is made in this very process."""
    process_id = os.getpid()
    # With the run's own id: who runs it once more, elsewhere, takes over its tags.
    named = [run_id, str(process_id), *_birth(process_id), _namespace()]
    return {HOST_TAG: socket.gethostname(), PROCESS_TAG: " ".join(named)}


def is_gone(run: dg.DagsterRun) -> bool | None:
    """Tell whether the process that makes a run has ended; None where nobody can tell from here.

    Nobody can on another machine, in another container, or of a run that is not tagged. A number
    that was given to another process since is told by when that one began.
    """
    match run.tags.get(PROCESS_TAG, "").split():
        case [run_id, process_id, *birth, namespace] if run_id == run.run_id:
            is_here = run.tags.get(HOST_TAG) == socket.gethostname() and namespace == _namespace()
            return not _lives(int(process_id), birth) if is_here else None
        case _:
            return None


def process_is_there(process_id: int) -> bool:
    """Return whether there is a process of this number on this machine."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _lives(process_id: int, birth: list[str]) -> bool:
    return process_is_there(process_id) and (not birth or _birth(process_id) == birth)


def _birth(process_id: int) -> list[str]:
    """Return when a process began, in ticks since the machine did.

    Nothing without /proc; "dead" of one that ended and whose parent has not asked for its code.
    """
    try:
        fields = (PROC / str(process_id) / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []
    return ["dead"] if fields[STATE] in DEAD_STATES else [fields[START_TICKS]]


def _namespace() -> str:
    """Return what tells containers apart that share the name of their host."""
    try:
        return str((PROC / "self" / "ns" / "pid").readlink())
    except OSError:
        return "-"
