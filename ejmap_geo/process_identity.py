"""Which process did something, and whether it still lives: its number alone is used again."""

import os
import socket
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PROC = Path("/proc")
# Fields of /proc/PID/stat after the name of the program.
STATE, START_TICKS = 0, 19
DEAD_STATES = frozenset("ZX")
DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessIdentity:
    """A process of some machine, told from a later one with the same number.

    Attributes:
        host: Name of the machine.
        namespace: PID namespace, which differs between containers with the same host name.
        process_id: Its number.
        birth: When it started, in ticks since boot; empty where /proc does not say.
    """

    host: str
    namespace: str
    process_id: int
    birth: str

    @classmethod
    def here(cls) -> "ProcessIdentity":
        """Return this process."""
        return _identity(os.getpid())

    @property
    def is_gone(self) -> bool | None:
        """Whether it ended; None if this process cannot know: on another machine or container."""
        here = ProcessIdentity.here()
        if (self.host, self.namespace) != (here.host, here.namespace):
            return None
        if not process_is_there(self.process_id):
            return True
        return bool(self.birth) and birth_of(self.process_id) != self.birth


def process_is_there(process_id: int) -> bool:
    """Return whether a process with this number is alive on this machine."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def birth_of(process_id: int) -> str:
    """Return the start time of a process, in ticks since boot.

    Empty without /proc; "dead" for a process that ended and whose parent has not reaped it.
    """
    try:
        fields = (PROC / str(process_id) / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return ""
    return DEAD if fields[STATE] in DEAD_STATES else fields[START_TICKS]


# A fork has another number.
@lru_cache(maxsize=1)
def _identity(process_id: int) -> ProcessIdentity:
    try:
        namespace = str((PROC / "self" / "ns" / "pid").readlink())
    except OSError:
        namespace = "-"
    return ProcessIdentity(
        host=socket.gethostname(),
        namespace=namespace,
        process_id=process_id,
        birth=birth_of(process_id),
    )
