"""The code server of a project's pages and daemon: started, and brought back where it was killed.

Dagster runs two processes: one that answers at a socket which never changes (``dagster code-server
start``), and behind it one that has loaded the code (``dagster api grpc``), which the pages can
replace. Dagster restarts the first where it ended, but never the second.
"""

import tempfile
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import dagster as dg
import yaml
from dagster._cli.proxy_server_manager import ProxyServerManager
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._grpc.client import DagsterGrpcClient

from ejmap_assets.code_location import module_target
from ejmap_cli.webserver.serve import LOG_LEVEL

WATCH_SECONDS = 1.0
# A call may fall into the moment in which the pages replace the server.
MISSED_CALLS = 2


class CodeServer:
    """A running code server.

    Args:
        specs: Where it answers, as in a workspace file.
        workspace: That file, for the other servers.
        patience_seconds: How long it may be away.
    """

    def __init__(
        self, specs: Mapping[str, Any], *, workspace: Path, patience_seconds: float
    ) -> None:
        self.workspace = workspace
        self._patience_seconds = patience_seconds
        self._client = DagsterGrpcClient(
            host=specs["host"],
            port=specs.get("port"),
            socket=specs.get("socket"),
        )
        self._is_lost = threading.Event()

    @property
    def is_lost(self) -> bool:
        """Whether it was away for longer than it may be, although it was started again."""
        return self._is_lost.is_set()

    def watch(self, is_over: threading.Event) -> None:
        """Start it again where it does not answer, until ``is_over`` or it is lost."""
        answered_at, missed = time.monotonic(), 0
        while not is_over.wait(WATCH_SECONDS):
            if self._is_answered(lambda: self._client.ping("")):
                if missed >= MISSED_CALLS:
                    click.echo("ejmap: the code server runs again", err=True)
                answered_at, missed = time.monotonic(), 0
                continue
            missed += 1
            if time.monotonic() - answered_at > self._patience_seconds:
                self._is_lost.set()
                return
            if missed == MISSED_CALLS:
                click.echo("ejmap: the code server ended by itself; it is started again", err=True)
            if missed >= MISSED_CALLS:
                # Fails also where the new server runs, because the old one cannot be told to end.
                self._is_answered(lambda: self._client.reload_code(round(self._patience_seconds)))

    def _is_answered(self, call: Callable[[], object]) -> bool:
        try:
            call()
        except DagsterUserCodeUnreachableError:
            return False
        return True


@contextmanager
def running_code_server(instance: dg.DagsterInstance) -> Generator[CodeServer]:
    """Run a code server, which the pages can reload, and bring it back until the block ends."""
    target = module_target()
    with (
        ProxyServerManager(instance, target, code_server_log_level=LOG_LEVEL) as proxy,
        tempfile.TemporaryDirectory() as folder,
    ):
        specs = list(proxy.get_code_server_specs())
        workspace = Path(folder, "workspace.yaml")
        workspace.write_text(yaml.safe_dump({"load_from": specs}))
        server = CodeServer(
            specs[0]["grpc_server"],
            workspace=workspace,
            patience_seconds=instance.code_server_process_startup_timeout,
        )
        is_over = threading.Event()
        watcher = threading.Thread(target=server.watch, args=(is_over,), daemon=True)
        watcher.start()
        try:
            yield server
        finally:
            is_over.set()
