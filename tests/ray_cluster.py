"""A Ray of one node on free ports of this machine."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from urllib.error import URLError
from urllib.request import urlopen

from tests.servers import end_group, free_port

CORES = 2
START_SECONDS = 240
STORE_BYTES = 100_000_000
FLAGS = ("--head", "--block", "--disable-usage-stats")


def is_installed() -> bool:
    """Return whether Ray is installed in this environment."""
    return find_spec("ray") is not None


@contextmanager
def running_ray() -> Generator[str]:
    """Start Ray in a process group of its own, yield its address, and end the group.

    ``ray stop`` is never called: it ends every Ray of the machine.
    """
    # Ray's sockets lie in it, and the path of a socket is short.
    folder = Path(tempfile.mkdtemp(prefix="ejmap_ray_"))
    address = f"http://127.0.0.1:{(port := free_port())}"
    options = {
        "--num-cpus": CORES,
        "--port": free_port(),
        "--dashboard-host": "127.0.0.1",
        "--dashboard-port": port,
        "--dashboard-agent-listen-port": free_port(),
        "--ray-client-server-port": free_port(),
        # Any that are free: the ports above lie among Ray's own choice.
        "--min-worker-port": 0,
        "--max-worker-port": 0,
        "--object-store-memory": STORE_BYTES,
        "--temp-dir": folder,
    }
    words = [str(word) for option in options.items() for word in option]
    log_path = folder / "start.log"
    with log_path.open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "ray.scripts.scripts", "start", *FLAGS, *words],
            env={**os.environ, "RAY_DASHBOARD_STARTUP_TIMEOUT_S": str(START_SECONDS)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_up(address, server, log_path)
        yield address
    finally:
        end_group(server)
        rmtree(folder, ignore_errors=True)


def _wait_until_up(address: str, server: subprocess.Popen[bytes], log_path: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(f"{address}/api/version", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise AssertionError(f"Ray is not up:\n{log_path.read_text()[-4000:]}")
