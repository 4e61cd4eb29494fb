"""SIGKILL of the two processes of the code server of `ejmap ui`, one after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.chain import Chain
from tests.faults.record import Tried, note
from tests.faults.services import CODE_SERVER, DAEMON, PROXY, WEBSERVER, Servers, wait

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]
# The pages go on with the webserver and the daemon that they had.
KEPT = (WEBSERVER, DAEMON)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    """Start `ejmap ui` of a project of which nothing was made, and end all of it with the test."""
    found = Servers(Chain.new(tmp_path / "project"), tmp_path)
    yield found
    found.end()


def test_a_killed_code_server_is_brought_back(servers: Servers) -> None:
    """Also a second time, and where the process before it was killed; no old one is left."""
    assert wait(servers.asks_code), servers.told
    kept = [servers.left(words) for words in KEPT]

    for words in (CODE_SERVER, CODE_SERVER, PROXY, CODE_SERVER):
        servers.kill(words)
        assert wait(servers.asks_code), servers.told
        # One that lost the process before it ends after half a minute without a sign of life.
        assert wait(lambda: len(servers.left(CODE_SERVER)) == len(servers.left(PROXY)) == 1)

    assert kept == [servers.left(words) for words in KEPT]
    note(
        Tried("SIGKILL of the code server", 1, "", "started again, the pages have its answers"),
        Tried("SIGKILL of the process before it", 1, "", "both started again"),
    )
