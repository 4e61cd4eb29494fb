"""The Dagster instance of a project: its folder and its settings."""

import os
import shlex
from importlib import resources
from pathlib import Path

import dagster as dg
import yaml

from ejmap_assets.history import URL_VARIABLE
from ejmap_project.errors import SettingsError
from ejmap_project.open_project import DEFAULT_PROJECT, PROJECT_VARIABLE
from ejmap_project.settings.project import ProjectPaths, load_project

HOME_VARIABLE = "DAGSTER_HOME"
SHARED_HOME = Path("dagster_home")
INSTANCE_FILE = "dagster.yaml"
# What differs in a project whose runs are jobs of a Slurm cluster.
SLURM_FILE = "slurm.yaml"
SLURM_LAUNCHER = "SlurmRunLauncher"


def home_of(folder: Path) -> Path:
    """Return the folder of a project's instance.

    One instance serves one project, because craters are partitions of the instance. The demo uses
    the folder in the checkout, which ``dagster dev`` finds by default. With PostgreSQL the demo
    uses a folder inside the project, like every other project, so that one machine can hold both.
    """
    is_demo = folder.resolve() == DEFAULT_PROJECT.resolve()
    if is_demo and not os.environ.get(URL_VARIABLE):
        return SHARED_HOME.resolve()
    return ProjectPaths(folder.resolve()).dagster_home


def environment_of(folder: Path) -> dict[str, str]:
    """Return the variables by which Dagster's commands find a project; paths are absolute."""
    return {HOME_VARIABLE: str(home_of(folder)), PROJECT_VARIABLE: str(folder.resolve())}


def shell_lines(folder: Path) -> list[str]:
    """Make the instance, and return its variables as shell lines: ``eval "$(ejmap env FOLDER)"``.

    Raises:
        SettingsError: As :func:`open_instance`.
    """
    open_instance(folder).dispose()
    return [f"export {name}={shlex.quote(value)}" for name, value in environment_of(folder).items()]


def open_instance(folder: Path) -> dg.DagsterInstance:
    """Open the instance of a project; first use writes our ``dagster.yaml`` to its home.

    Raises:
        SettingsError: If its folder cannot be written, or its history is in another database than
            the one that the environment names.
    """
    home = home_of(folder)
    settings = home / INSTANCE_FILE
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not settings.exists():
            # Without the file, Dagster uses its default settings, with another database.
            settings.write_text(_first_settings(folder), encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"{home} cannot be made: {error.filename}: {error.strerror}; "
            f"make the project's folder one that user id {os.geteuid()} can write"
        ) from error
    os.environ.update(environment_of(folder))
    return dg.DagsterInstance.get()


def launcher_note(folder: Path) -> str | None:
    """Return a sentence if the settings state a cluster, and runs would not become its jobs."""
    file = home_of(folder) / INSTANCE_FILE
    if not _has_slurm(folder) or SLURM_LAUNCHER in file.read_text(encoding="utf-8"):
        return None
    return (
        f"project.yaml states slurm, but {file} launches runs on this machine; delete that file, "
        "and the next command writes one for Slurm"
    )


def _first_settings(folder: Path) -> str:
    """Return the text of a new ``dagster.yaml``."""
    text = _packaged(INSTANCE_FILE)
    if not _has_slurm(folder):
        return text
    # Key by key, so that the settings in common have one source.
    settings = {**yaml.safe_load(text), **yaml.safe_load(_packaged(SLURM_FILE))}
    head = f"# {INSTANCE_FILE} and {SLURM_FILE} of ejmap_assets.runs, where their reasons are.\n"
    return head + yaml.safe_dump(settings, sort_keys=False)


def _packaged(name: str) -> str:
    return resources.files("ejmap_assets.runs").joinpath(name).read_text(encoding="utf-8")


def _has_slurm(folder: Path) -> bool:
    """Return whether the settings state a cluster; the containers start without a project."""
    try:
        return load_project(folder).slurm is not None
    except SettingsError:
        return False
