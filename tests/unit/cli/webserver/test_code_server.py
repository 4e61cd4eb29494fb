"""The watch of the code server; that it is brought back is tested in tests/faults."""

import threading
from pathlib import Path

from ejmap_cli.webserver.code_server import CodeServer


def test_a_code_server_that_cannot_be_started_is_lost(tmp_path: Path) -> None:
    """The other servers then end too, instead of pages without code."""
    nobody = {"host": "localhost", "socket": str(tmp_path / "nobody")}
    server = CodeServer(nobody, workspace=tmp_path / "workspace.yaml", patience_seconds=0.0)
    assert not server.is_lost

    server.watch(threading.Event())

    assert server.is_lost


def test_a_watch_ends_with_the_servers(tmp_path: Path) -> None:
    """Nothing is started again when all of them are told to end."""
    nobody = {"host": "localhost", "socket": str(tmp_path / "nobody")}
    server = CodeServer(nobody, workspace=tmp_path / "workspace.yaml", patience_seconds=0.0)
    is_over = threading.Event()
    is_over.set()

    server.watch(is_over)

    assert not server.is_lost
