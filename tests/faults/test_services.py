"""SIGKILL of the servers of `ejmap ui`, each by itself, while `ejmap run` maps craters."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.chain import Chain
from tests.faults.history import require_at_rest
from tests.faults.record import Tried, note
from tests.faults.services import DAEMON, SERVICES, WEBSERVER, Servers, wait
from tests.faults.warm import PATIENCE_SECONDS

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]
MAKES = ("segmentation.tif", "basemap_mask.tif")


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
    assert wait(lambda: not servers.left())
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
    assert wait(lambda: not servers.left())

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
    assert wait(lambda: not servers.left())
    assert servers.process.wait(PATIENCE_SECONDS) != 0

    _require_whole(undisturbed, chain, command.end().code, monkeypatch)
    note(Tried("SIGKILL of what watches the servers", 1, "", "all servers end, same files"))


def _require_whole(
    undisturbed: Chain, chain: Chain, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code == 0
    chain.require_same(undisturbed)
    require_at_rest(chain, {}, monkeypatch)
