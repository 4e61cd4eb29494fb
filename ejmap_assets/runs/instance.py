"""The Dagster instance of a project: its folder, its settings, and where its history lies."""

import os
import shlex
import shutil
from pathlib import Path

import dagster as dg

from ejmap_assets.history import URL_VARIABLE
from ejmap_project.errors import SettingsError
from ejmap_project.open_project import DEFAULT_PROJECT, PROJECT_VARIABLE
from ejmap_project.paths import ProjectPaths

HOME_VARIABLE = "DAGSTER_HOME"
SHARED_HOME = Path("dagster_home")
CHECKOUT = Path(__file__).resolve().parents[2]
INSTANCE_FILE = "dagster.yaml"


def home_of(folder: Path) -> Path:
    """Return the instance's folder of a project.

    One instance serves one project, because craters are partitions of the instance. The demo has
    that of the checkout, which ``dagster dev`` finds without being told; with PostgreSQL it has one
    in its folder like every other project, so that both can be on one machine.
    """
    is_demo = folder.resolve() == DEFAULT_PROJECT.resolve()
    if is_demo and not os.environ.get(URL_VARIABLE):
        return SHARED_HOME.resolve()
    return ProjectPaths(folder.resolve()).dagster_home


def environment_of(folder: Path) -> dict[str, str]:
    """Return the variables by which Dagster's own commands find a project; homes are absolute."""
    return {HOME_VARIABLE: str(home_of(folder)), PROJECT_VARIABLE: str(folder.resolve())}


def shell_lines(folder: Path) -> list[str]:
    """Return the same as lines for a shell, ``eval "$(ejmap env FOLDER)"``; makes the instance.

    Raises:
        SettingsError: As :func:`open_instance`.
    """
    open_instance(folder).dispose()
    return [f"export {name}={shlex.quote(value)}" for name, value in environment_of(folder).items()]


def open_instance(folder: Path) -> dg.DagsterInstance:
    """Open the instance of a project, made on first use with the settings of the checkout's.

    Raises:
        SettingsError: If its folder cannot be written, or its history lies in another database than
            the environment says.
    """
    home = home_of(folder)
    settings = home / INSTANCE_FILE
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not settings.exists():
            # Without it Dagster would take its own settings, another database among them.
            shutil.copyfile(CHECKOUT / SHARED_HOME / INSTANCE_FILE, settings)
    except OSError as error:
        raise SettingsError(
            f"{home} cannot be made: {error.filename}: {error.strerror}; "
            f"make the project's folder one that user id {os.geteuid()} can write"
        ) from error
    os.environ.update(environment_of(folder))
    return dg.DagsterInstance.get()
