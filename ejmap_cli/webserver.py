"""Dagster's user interface on a project."""

import os
import sys
from pathlib import Path

from ejmap_assets.runs.instance import environment_of, open_instance
from ejmap_cli.process_group import run_group
from ejmap_project.errors import SettingsError
from ejmap_project.paths import ProjectPaths

HOST = "127.0.0.1"
WORKSPACE = Path("workspace.yaml")


def start_webserver(folder: Path, *, port: int) -> None:
    """Run Dagster's webserver and daemon for a project until a signal says to stop.

    The webserver has no login, so it listens to this machine alone. Dagster leaves its code servers
    behind when it is ended by a signal, so all of them run in a group that ends as one.

    Raises:
        SettingsError: If there is no such project.
        SystemExit: If Dagster ended by itself, with its exit code.
    """
    if not ProjectPaths(folder).settings.is_file():
        raise SettingsError(
            f"{folder} is no project: it has no project.yaml; `ejmap demo` makes one to look at"
        )
    open_instance(folder).dispose()
    sys.stdout.write(f"project {folder}\nhttp://{HOST}:{port}  (Ctrl-C ends it)\n")
    sys.stdout.flush()
    os.environ.update(environment_of(folder))
    code = run_group(command(port=port))
    if code:
        raise SystemExit(code)


def command(*, port: int) -> list[str]:
    """Return the command line of ``dagster dev``, on the checkout's workspace if we are in it."""
    where = (
        ["--workspace", str(WORKSPACE)]
        if WORKSPACE.is_file()
        else ["--module-name", "ejmap_assets.definitions"]
    )
    # Its successor, `dg dev`, is a tool for developers and is not among our dependencies.
    quiet = ["-W", "ignore:Function `dev_command` is superseded"]
    base = [sys.executable, *quiet, "-m", "dagster", "dev", "--host", HOST, "--port", str(port)]
    return [*base, "--log-level", "warning", *where]
