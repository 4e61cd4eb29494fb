"""Tags that name the process of a run, so that other processes can check whether it is alive."""

import os
import socket
from pathlib import Path

import dagster as dg

HOST_TAG = "ejmap/host"
PROCESS_TAG = "ejmap/process"
PROC = Path("/proc")
# Fields of /proc/PID/stat after the name of the program.
STATE, START_TICKS = 0, 19
DEAD_STATES = frozenset("ZX")


def process_tags(run_id: str) -> dict[str, str]:
    """Return the tags of a run in this process."""
    process_id = os.getpid()
    # They include the id of the run, because a retry elsewhere inherits the tags.
    named = [run_id, str(process_id), *_birth(process_id), _namespace()]
    return {HOST_TAG: socket.gethostname(), PROCESS_TAG: " ".join(named)}


def is_gone(run: dg.DagsterRun) -> bool | None:
    """Return whether the process of a run ended; None if this process cannot know.

    It cannot know for a run on another machine, in another container, or without tags. The start
    time distinguishes the process from a later one with the same number.
    """
    match run.tags.get(PROCESS_TAG, "").split():
        case [run_id, process_id, *birth, namespace] if run_id == run.run_id:
            is_here = run.tags.get(HOST_TAG) == socket.gethostname() and namespace == _namespace()
            return not _lives(int(process_id), birth) if is_here else None
        case _:
            return None


def process_is_there(process_id: int) -> bool:
    """Return whether a process with this number is alive on this machine."""
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
    """Return the start time of a process, in ticks since boot.

    Empty without /proc; "dead" for a process that ended and whose parent has not reaped it.
    """
    try:
        fields = (PROC / str(process_id) / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []
    return ["dead"] if fields[STATE] in DEAD_STATES else [fields[START_TICKS]]


def _namespace() -> str:
    """Return the PID namespace, which differs between containers with the same host name."""
    try:
        return str((PROC / "self" / "ns" / "pid").readlink())
    except OSError:
        return "-"
