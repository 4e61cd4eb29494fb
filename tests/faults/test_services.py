"""SIGKILL of the servers of `ejmap ui`, each by itself, while `ejmap run` maps craters."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from ejmap_geo.process_identity import PROC
from tests.faults.chain import Chain
from tests.faults.history import require_at_rest
from tests.faults.record import Tried, note
from tests.faults.warm import PATIENCE_SECONDS
from tests.servers import end_group, free_port, wait_until_up

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]
# Words in the command line of each process.
SERVICES = "ejmap_cli.webserver.services"
WEBSERVER = "ejmap_cli.webserver\0--port"
DAEMON = "dagster._daemon\0run"
MAKES = ("segmentation.tif", "basemap_mask.tif")


class Servers:
    """`ejmap ui` of a project and the processes that it started.

    Args:
        chain: The project.
        folder: Where its log goes.
    """

    def __init__(self, chain: Chain, folder: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = folder / "ui.log"
        words = ["ui", str(chain.folder), "--port", str(self.port)]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "ejmap_cli.main", *words],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until_up(self.address, self.process, self._log)
        self.session = int(_fields(self._only(SERVICES))[3])

    def kill(self, words: str) -> None:
        """Kill the server whose command line has these words."""
        os.kill(self._only(words), signal.SIGKILL)

    def left(self, words: str = "") -> list[int]:
        """Return the processes of the servers that live, or those whose command line has words."""
        return [one for one in _processes(words) if int(_fields(one)[3]) == self.session]

    def answers(self) -> bool:
        """Whether the webserver answers."""
        try:
            with urlopen(f"{self.address}/server_info", timeout=5):
                return True
        except (URLError, TimeoutError, ConnectionError):
            return False

    def end(self) -> None:
        """End all that is left."""
        end_group(self.process)
        for one in self.left():
            os.kill(one, signal.SIGKILL)

    def _only(self, words: str) -> int:
        found = [one for one in _processes(words) if str(self.port) in _command(one)]
        return (found or self.left(words))[0]


def _processes(words: str) -> Iterator[int]:
    for folder in PROC.glob("[0-9]*"):
        if words in _command(int(folder.name)) and _fields(int(folder.name))[0] not in "ZX":
            yield int(folder.name)


def _command(process_id: int) -> str:
    try:
        return (PROC / str(process_id) / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _fields(process_id: int) -> list[str]:
    """Return state, parent, group, session and what follows in /proc/PID/stat."""
    try:
        return (PROC / str(process_id) / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return ["X", "0", "0", "0"]


def _wait(is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE_SECONDS / 3
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.2)
    return False


@pytest.fixture
def chain(undisturbed: Chain, tmp_path: Path) -> Chain:
    """Return a project of which two craters and the map have to be made again."""
    found = undisturbed.copy(tmp_path / "project")
    for crater in ("0001", "0002"):
        for name in MAKES:
            (found.folder / "data" / "craters" / crater / name).unlink()
    return found


@pytest.fixture
def servers(chain: Chain, tmp_path: Path) -> Iterator[Servers]:
    """Start `ejmap ui`, and end all of it with the test."""
    found = Servers(chain, tmp_path)
    yield found
    found.end()


def test_a_killed_daemon_ends_the_rest(
    undisturbed: Chain, chain: Chain, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run goes on beside it, and nothing of the servers is left."""
    command = chain.start()
    servers.kill(DAEMON)
    assert _wait(lambda: not servers.left())
    assert servers.process.wait(PATIENCE_SECONDS) == 1

    _require_whole(undisturbed, chain, command.end().code, monkeypatch)
    note(Tried("SIGKILL of the daemon", 1, "", "all servers end, same files"))


def test_servers_outlive_a_killed_command_and_end_with_the_webserver(
    undisturbed: Chain, chain: Chain, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second `ejmap ui` finds them instead of starting others."""
    command = chain.start()
    os.kill(servers.process.pid, signal.SIGKILL)
    servers.process.wait()
    assert servers.answers()
    again = chain.run("ui", "--port", str(servers.port))
    assert again.code == 0, again.text
    assert "run already" in again.text
    servers.kill(WEBSERVER)
    assert _wait(lambda: not servers.left())

    _require_whole(undisturbed, chain, command.end().code, monkeypatch)
    note(
        Tried("SIGKILL of `ejmap ui`", 1, "", "servers go on, a second `ejmap ui` finds them"),
        Tried("two `ejmap ui`", 1, "", "the second names the first"),
        Tried("SIGKILL of the webserver", 1, "", "all servers end, same files"),
    )


def test_servers_end_with_the_process_that_watches_them(
    undisturbed: Chain, chain: Chain, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of them is left behind."""
    command = chain.start()
    servers.kill(SERVICES)
    assert _wait(lambda: not servers.left())
    assert servers.process.wait(PATIENCE_SECONDS) != 0

    _require_whole(undisturbed, chain, command.end().code, monkeypatch)
    note(Tried("SIGKILL of what watches the servers", 1, "", "all servers end, same files"))


def _require_whole(
    undisturbed: Chain, chain: Chain, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code == 0
    chain.require_same(undisturbed)
    require_at_rest(chain, {}, monkeypatch)
