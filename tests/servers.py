"""Servers that tests start: each in a process group of its own, which is ended as one."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

START_SECONDS = 240
STOP_SECONDS = 15


def free_port() -> int:
    """Return a port that nobody listens to."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_up(address: str, server: subprocess.Popen[bytes], log_path: Path) -> None:
    """Wait for a webserver, and fail with the end of its log when it does not come."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the webserver ended by itself:\n{log_path.read_text()[-4000:]}")
        try:
            with urlopen(f"{address}/server_info", timeout=5):
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.5)
    pytest.fail(f"no webserver after {START_SECONDS} s:\n{log_path.read_text()[-4000:]}")


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all it started: ending the parent alone leaves code servers behind."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, kind)
        except ProcessLookupError:
            break
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and _is_alive(process):
            time.sleep(0.1)
    process.wait()


def _is_alive(process: subprocess.Popen[bytes]) -> bool:
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except ProcessLookupError:
        return False
    return True
