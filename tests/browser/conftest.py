"""The user interface in a browser: Dagster's webserver on a free port, and headless Chromium."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

CHECKOUT = Path(__file__).parents[2]
START_SECONDS = 240
STOP_SECONDS = 15
PAGE_SECONDS = 180
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# A page without a display, an account, an update or a word to the outside.
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=2400,1600",
)

RenderPage = Callable[[str], str]


@pytest.fixture(scope="session")
def browser() -> str:
    """Path of Chromium; the test is skipped without one, unless it has to be there."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is not None:
        return found
    reason = "no Chromium on this machine; on Debian: apt-get install chromium"
    if os.environ.get("EJMAP_REQUIRE_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def webserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a webserver of an empty instance, started in a process group of its own."""
    home = tmp_path_factory.mktemp("dagster_home")
    shutil.copyfile(CHECKOUT / "dagster_home" / "dagster.yaml", home / "dagster.yaml")
    port = _free_port()
    log_path = home / "webserver.log"
    command = [sys.executable, "-m", "dagster_webserver", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workspace", "workspace.yaml"]
    with log_path.open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, "DAGSTER_HOME": str(home)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, server, log_path)
        yield address
    finally:
        _end_group(server)


@pytest.fixture
def render_page(browser: str, tmp_path: Path) -> RenderPage:
    """Load an address, let its scripts run for half a minute of page time, return the document."""

    def render(address: str) -> str:
        command = [browser, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}"]
        command += ["--virtual-time-budget=30000", "--dump-dom", address]
        # A group of its own: the browser's own children must not outlive a time-out.
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        ) as chromium:
            try:
                document, _ = chromium.communicate(timeout=PAGE_SECONDS)
            finally:
                _end_group(chromium)
        return document.decode()

    return render


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait_until_up(address: str, server: subprocess.Popen[bytes], log_path: Path) -> None:
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


def _end_group(process: subprocess.Popen[bytes]) -> None:
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
