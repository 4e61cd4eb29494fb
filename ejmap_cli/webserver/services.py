"""The servers of a project: webserver, daemon, and a code server that both share.

``python -m ejmap_cli.webserver.services`` runs them on the project that the environment names.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
import dagster as dg

from ejmap_cli.webserver.code_server import running_code_server
from ejmap_cli.webserver.port import address_of, note_port, project_at
from ejmap_cli.webserver.serve import LOG_LEVEL
from ejmap_project.open_project import project_folder

POLL_SECONDS = 0.3
# A server that has not ended by then is killed.
PATIENCE_SECONDS = 15
# Exit code after Ctrl-C, as in a shell.
INTERRUPTED = 128 + signal.SIGINT
PYTHON = (sys.executable, "-m")
DAEMON = (*PYTHON, "dagster._daemon", "run", "--log-level", LOG_LEVEL)
# Events after which the daemon looks whether a run is to be retried.
RETRIED_AFTER = (dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.RUN_SUCCESS)


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--allow-host", "names", multiple=True)
@click.option("--read-only", is_flag=True, help="no daemon, and pages that change nothing")
def main(port: int, names: tuple[str, ...], *, read_only: bool) -> None:
    """Run the servers of a project until one ends, or until SIGINT or SIGTERM."""
    # A signal ends the block below, which ends the servers.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = _run(port, names, read_only=read_only)
    except KeyboardInterrupt:
        code = INTERRUPTED
    # What is left to do is to end; another signal would only interrupt that.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(code)


def _run(port: int, names: Sequence[str], *, read_only: bool) -> int:
    """Run the servers until one ends by itself; return 1 then, after a sentence."""
    allowed = [word for name in names for word in ("--allow-host", name)]
    mode = ["--read-only"] if read_only else []
    pages = [*PYTHON, "ejmap_cli.webserver", "--port", str(port), *allowed, *mode]
    with ExitStack() as stack:
        instance = stack.enter_context(dg.DagsterInstance.get())
        _begin_cursors(instance)
        code_server = stack.enter_context(running_code_server(instance))
        where = ["--workspace", str(code_server.workspace)]
        running = {"webserver": stack.enter_context(_running([*pages, *where]))}
        if not read_only:
            running["daemon"] = stack.enter_context(_running([*DAEMON, *where]))
        is_told = False
        while not code_server.is_lost and _all_run(running.values()):
            if not is_told and project_at(port) == str(project_folder()):
                if not read_only:
                    note_port(Path(instance.root_directory), port)
                click.echo(f"{address_of(port)}  (Ctrl-C ends it)")
                is_told = True
            time.sleep(POLL_SECONDS)
        if code_server.is_lost:
            click.echo("ejmap: the code server ended by itself and cannot be started", err=True)
        for name, server in running.items():
            if server.returncode is not None:
                click.echo(f"ejmap: the {name} ended by itself, code {server.returncode}", err=True)
    return 1


def _begin_cursors(instance: dg.DagsterInstance) -> None:
    """Let the daemon begin at the end of the history; it does the same, with two warnings."""
    storage = instance.daemon_cursor_storage
    keys = {f"EVENT_LOG_CONSUMER_CURSOR-{one.value}" for one in RETRIED_AFTER}
    missing = keys - set(storage.get_cursor_values(keys))
    if missing:
        newest = instance.event_log_storage.get_maximum_record_id() or 0
        storage.set_cursor_values(dict.fromkeys(missing, str(newest)))


def _all_run(servers: Iterable[subprocess.Popen[bytes]]) -> bool:
    return all(server.poll() is None for server in servers)


@contextmanager
def _running(command: Sequence[str]) -> Generator[subprocess.Popen[bytes]]:
    """Run a server, and end it with the block."""
    server = subprocess.Popen(command)  # noqa: S603 (our own commands)
    try:
        yield server
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main()
