"""``ejmap ui`` and ``env``: the pages of a project, and Dagster's own commands on it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from ejmap_cli.command import (
    AS_JSON,
    PROJECT_OR_DEFAULT,
    chosen_folder,
    command,
    require_project,
    suggested,
)
from ejmap_cli.printing import print_json
from ejmap_cli.process_group import SIGNALLED, EndedBySignal, ended_by_signals, run_group
from ejmap_project.errors import ProjectError

DEFAULT_PORT = 3000
TRIED_PORTS = 100


class PortTakenError(ProjectError, OSError):
    """Another program listens to the port."""


@command(
    "ui",
    "ejmap ui",
    "ejmap ui projects/mine --port 3001",
    "ejmap ui projects/mine --port 3002 --read-only --allow-host maps.example.org",
)
@PROJECT_OR_DEFAULT
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=DEFAULT_PORT,
    help=f"port on this machine; default: {DEFAULT_PORT}",
)
@click.option(
    "--read-only", is_flag=True, help="pages that start and change nothing; without the daemon"
)
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="a name by which browsers reach the pages, such as that of a proxy; may be repeated",
)
def ui(project: Path | None, port: int, names: tuple[str, ...], *, read_only: bool) -> int:
    """Browse a project's assets, maps and runs.

    Run the webserver and Dagster's daemon until Ctrl-C or SIGTERM. The webserver has no login, so
    it listens to this machine alone and refuses what pages of other origins send.
    """
    try:
        with ended_by_signals():
            code = _serve(project, port, names, read_only=read_only)
    except EndedBySignal as ended:
        code = ended.exit_code
    if code > SIGNALLED:
        click.echo("ejmap: told to end; nothing of it runs on", err=True)
    return code


def _serve(project: Path | None, port: int, names: tuple[str, ...], *, read_only: bool) -> int:
    """Serve the pages of a project until they end; return their exit code."""
    from ejmap_assets.runs.instance import (
        environment_of,
        home_of,
        launcher_note,
        open_instance,
    )
    from ejmap_cli.webserver.port import address_of, noted_port, project_at

    folder = chosen_folder(project)
    require_project(folder)
    open_instance(folder).dispose()
    note = launcher_note(folder)
    if note is not None:
        click.echo(f"check this: {note}")
    # Two daemons of one project would start everything twice.
    asked = [port] if read_only else [port, noted_port(home_of(folder)) or port]
    for one in asked:
        if project_at(one) == str(folder):
            click.echo(f"project {folder}\n{address_of(one)}  (its pages run already)")
            return 0
    _require_free(port, folder)
    os.environ.update(environment_of(folder))
    click.echo(f"project {folder}\nstarting its servers ...")
    # Dagster leaves its code servers behind when a signal ends it, so all of them run in a group
    # that ends as one.
    return run_group(services_command(port=port, names=names, read_only=read_only))


@command(
    "env",
    'eval "$(ejmap env projects/mine)" && dagster asset list',
    "ejmap env projects/mine --json",
)
@PROJECT_OR_DEFAULT
@AS_JSON
def env(project: Path | None, *, as_json: bool) -> int:
    """Print the variables of a project for Dagster's commands."""
    from ejmap_assets.runs.instance import environment_of, shell_lines

    folder = chosen_folder(project)
    # The containers make the instance of EJMAP_PROJECT before anybody makes the project.
    if project is not None:
        require_project(folder)
    lines = shell_lines(folder)
    if as_json:
        print_json(environment_of(folder))
    else:
        click.echo("\n".join(lines))
    return 0


def services_command(*, port: int, names: Sequence[str], read_only: bool) -> list[str]:
    """Return the command line of the servers of the project that the environment names."""
    allowed = [word for name in names for word in ("--allow-host", name)]
    mode = ["--read-only"] if read_only else []
    services = "ejmap_cli.webserver.services"
    return [sys.executable, "-m", services, "--port", str(port), *allowed, *mode]


def _require_free(port: int, folder: Path) -> None:
    """Refuse a port that is taken, and say by whom.

    Raises:
        PortTakenError: If it is.
    """
    from ejmap_cli.webserver.port import holder_of, is_free

    if is_free(port):
        return
    other = next((one for one in range(port + 1, port + TRIED_PORTS) if is_free(one)), None)
    command = suggested("ejmap", "ui", folder, "--port", other or "PORT")
    raise PortTakenError(f"port {port} is taken by {holder_of(port)}; choose another: {command}")
