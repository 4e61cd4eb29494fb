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
# What differs in a project whose runs are jobs of a cluster; each kind has a file of its name too.
CLUSTER_FILE = "cluster.yaml"
# Of Kubernetes, the settings are in the values of its Helm chart.
CLUSTERS = ("slurm", "ray")


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
    file, cluster = home_of(folder) / INSTANCE_FILE, _cluster_of(folder)
    if cluster is None:
        return None
    launcher = yaml.safe_load(_packaged(f"{cluster}.yaml"))["run_launcher"]["module"]
    if launcher in file.read_text(encoding="utf-8"):
        return None
    return (
        f"project.yaml states {cluster}, but {file} launches runs elsewhere; delete that file, and "
        "the next command writes one that launches them there"
    )


def _first_settings(folder: Path) -> str:
    """Return the text of a new ``dagster.yaml``."""
    cluster = _cluster_of(folder)
    if cluster is None:
        return _packaged(INSTANCE_FILE)
    files = (INSTANCE_FILE, CLUSTER_FILE, f"{cluster}.yaml")
    settings: dict[str, object] = {}
    for file in files:
        # Key by key, so that the settings in common have one source.
        settings |= yaml.safe_load(_packaged(file))
    head = f"# {', '.join(files)} of ejmap_assets.runs, where their reasons are.\n"
    return head + yaml.safe_dump(settings, sort_keys=False)


def _packaged(name: str) -> str:
    return resources.files("ejmap_assets.runs").joinpath(name).read_text(encoding="utf-8")


def _cluster_of(folder: Path) -> str | None:
    """Return which cluster the settings state; the containers start without a project."""
    try:
        settings = load_project(folder)
    except SettingsError:
        return None
    return next((name for name in CLUSTERS if getattr(settings, name) is not None), None)
