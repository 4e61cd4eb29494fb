"""``ejmap ui`` and ``env``: Dagster's user interface on a project, and its own commands."""

import os
import sys
from pathlib import Path

import click

from ejmap_cli.command import (
    AS_JSON,
    PROJECT_OR_DEFAULT,
    chosen_folder,
    command,
    require_project,
)
from ejmap_cli.printing import print_json
from ejmap_cli.process_group import run_group

HOST = "127.0.0.1"
DEFAULT_PORT = 3000
WORKSPACE = Path("workspace.yaml")


@command("ui", "ejmap ui", "ejmap ui projects/mine --port 3001")
@PROJECT_OR_DEFAULT
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=DEFAULT_PORT,
    help=f"port on this machine; default: {DEFAULT_PORT}",
)
def ui(project: Path | None, port: int) -> int:
    """Browse a project's assets, maps and runs.

    Run Dagster's webserver and daemon until Ctrl-C or SIGTERM. The webserver has no login, so it
    listens to this machine alone.
    """
    from ejmap_assets.runs.instance import environment_of, open_instance

    folder = chosen_folder(project)
    require_project(folder)
    open_instance(folder).dispose()
    click.echo(f"project {folder}\nhttp://{HOST}:{port}  (Ctrl-C ends it)")
    os.environ.update(environment_of(folder))
    # Dagster leaves its code servers behind when a signal ends it, so all of them run in a group
    # that ends as one.
    return run_group(dagster_command(port=port))


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


def dagster_command(*, port: int) -> list[str]:
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
