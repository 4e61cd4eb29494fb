"""Who answers at a port of this machine: the pages of a project, another program, or nobody."""

import json
import re
import socket
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from ejmap_cli.webserver.app import PROJECT_KEY
from ejmap_cli.webserver.serve import LOOPBACK

ANSWER_SECONDS = 3.0
LISTENING = "0A"
NOTE = "pages_at.txt"


def address_of(port: int) -> str:
    """Return the address of the pages at a port."""
    return f"http://{LOOPBACK}:{port}"


def project_at(port: int) -> str | None:
    """Return the folder of the project whose pages answer at a port.

    Empty if another webserver of Dagster answers, None if none does.
    """
    # A proxy of the environment does not reach this machine's ports.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"{address_of(port)}/server_info", timeout=ANSWER_SECONDS) as answer:
            info = json.load(answer)
    except (OSError, URLError, HTTPException, ValueError):
        return None
    if not isinstance(info, dict) or "dagster_version" not in info:
        return None
    return str(info.get(PROJECT_KEY, ""))


def is_free(port: int) -> bool:
    """Return whether a server can listen to a port."""
    with socket.socket() as tried:
        # As servers do: a port whose last connection has just ended is free.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def holder_of(port: int) -> str:
    """Return in words who listens to a port that is taken."""
    project = project_at(port)
    if project:
        return f"the pages of the project {project}"
    process = _process_at(port)
    if project is not None:
        return f"another webserver of Dagster{process and f' ({process})'}"
    return process or "another program"


def noted_port(home: Path) -> int | None:
    """Return the port where the pages of an instance were served last; None if none is noted."""
    try:
        return int((home / NOTE).read_text(encoding="utf-8").rpartition(":")[2])
    except (OSError, ValueError):
        return None


def note_port(home: Path, port: int) -> None:
    """Note where the pages of an instance are served."""
    (home / NOTE).write_text(f"{address_of(port)}\n", encoding="utf-8")


def _process_at(port: int) -> str:
    """Return name and number of the process that listens to a port; empty if it is not ours."""
    wanted = {f"socket:[{inode}]" for inode in _listening(port)}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(_target(one) in wanted for one in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text().strip()}, process {process.name}"
        except OSError:
            continue
    return ""


def _target(link: Path) -> str:
    """Return where a link of /proc leads; empty if it is gone by now."""
    try:
        return str(link.readlink())
    except OSError:
        return ""


def _listening(port: int) -> list[str]:
    """Return the inodes of sockets that listen to a port, of Linux's tables."""
    lines: list[str] = []
    for table in ("tcp", "tcp6"):
        try:
            lines += Path("/proc/net", table).read_text().splitlines()[1:]
        except OSError:
            continue
    local = re.compile(rf"[0-9A-F]+:{port:04X}")
    rows = [line.split() for line in lines]
    return [row[9] for row in rows if local.fullmatch(row[1]) and row[3] == LISTENING]
