"""``ejmap doctor``: what is installed, what the machine offers and how a project stands."""

import os
import platform
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ejmap_cli.command import AS_JSON, PROJECT_OR_DEFAULT, chosen_folder, command, require_project
from ejmap_cli.printing import print_json, table_lines
from ejmap_cli.service.problems import Problem, damage, differences, refused_files

if TYPE_CHECKING:
    from ejmap_project.open_project import OpenProject

PACKAGES = (
    "ejmap",
    "dagster",
    "dagster-postgres",
    "torch",
    "lightning",
    "timm",
    "segmentation-models-pytorch",
    "numpy",
    "numba",
    "rasterio",
    "zarr",
    "planetary-coverage",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFacts:
    """How a project stands, and what is wrong with it.

    ``craters`` counts by state, and is None before anything was made or where the history is
    damaged.
    """

    source: str
    body: str
    instance: str
    history: str
    alerts: str
    craters: Mapping[str, int] | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is installed (None: not), what the machine offers and how a project stands (or None)."""

    python: str
    machine: str
    cores: int | None
    packages: Mapping[str, str | None]
    gpus: tuple[str, ...]
    free_bytes: int
    folder: str
    project: ProjectFacts | None


@command("doctor", "ejmap doctor", "ejmap doctor projects/mine", "ejmap doctor --json")
@PROJECT_OR_DEFAULT
@AS_JSON
def doctor(project: Path | None, *, as_json: bool) -> int:
    """Say what is installed, how a project stands, and what mends what is wrong.

    The exit code is 1 if something is wrong.
    """
    folder = chosen_folder(project)
    # Without a name it is asked about the machine, and the demo may not be there yet.
    if project is not None:
        require_project(folder)
    facts = facts_of(folder)
    if as_json:
        print_json(asdict(facts))
    else:
        click.echo("\n".join(lines_of(facts, is_terminal=sys.stdout.isatty())))
    return 1 if facts.project is not None and facts.project.problems else 0


def facts_of(folder: Path) -> Facts:
    """Gather the facts, with those of the project in a folder, if it holds one.

    Raises:
        SettingsError: If the settings of the project are not valid.
    """
    return Facts(
        python=platform.python_version(),
        machine=platform.machine(),
        cores=os.cpu_count(),
        packages={name: _version(name) for name in PACKAGES},
        gpus=_gpus(),
        free_bytes=shutil.disk_usage(Path.cwd()).free,
        folder=str(folder),
        project=_project_facts(folder),
    )


def lines_of(facts: Facts, *, is_terminal: bool) -> list[str]:
    """Return the facts as a table of topics and what is known of each."""
    from rich.table import Column, Table

    topic, text = Column(min_width=10, style="bold"), Column(overflow="fold")
    table = Table.grid(topic, text, padding=(0, 1))
    for row in _rows(facts):
        table.add_row(*row)
    return table_lines(table, is_terminal=is_terminal)


def _rows(facts: Facts) -> Iterator[tuple[str, str]]:
    yield "python", f"{facts.python} on {facts.machine}, {facts.cores} cores"
    for name, found in facts.packages.items():
        yield "package", f"{name} {found or 'is not installed'}"
    yield "gpu", ", ".join(facts.gpus) or "none that torch sees; models run on the CPU"
    yield "disk", f"{facts.free_bytes / 1e9:.1f} GB free here"
    project = facts.project
    if project is None:
        yield "project", f"{facts.folder} is no project; `ejmap new` or `ejmap demo` makes one"
        return
    yield "project", f"{facts.folder}, {project.source} on {project.body}"
    yield "instance", project.instance
    yield "history", project.history
    yield "alerts", project.alerts
    if project.craters is None:
        yield "craters", "not known" if project.problems else "nothing made yet"
    else:
        found = ", ".join(f"{count} {state}" for state, count in project.craters.items())
        yield "craters", found or "none in the catalogue yet"
    for problem in project.problems:
        yield "wrong", f"{problem.what}; {problem.mend}"


def _project_facts(folder: Path) -> ProjectFacts | None:
    from ejmap_project.paths import ProjectPaths

    if not ProjectPaths(folder).settings.is_file():
        return None
    from ejmap_assets.history import URL_VARIABLE, database_name
    from ejmap_assets.runs.instance import home_of
    from ejmap_cli.service.alert_problems import alert_route, unusable_settings
    from ejmap_project.open_project import OpenProject

    project, home = OpenProject.at(folder), home_of(folder)
    url = os.environ.get(URL_VARIABLE)
    problems = list(damage(project.paths, home, free_bytes=shutil.disk_usage(folder).free))
    unusable, refused = list(unusable_settings()), list(refused_files(project))
    craters = None
    if home.is_dir() and not problems:
        craters, found = _stand(project)
        problems += found
    return ProjectFacts(
        source=project.settings.source.kind,
        body=project.settings.body,
        instance=str(home),
        history=f"PostgreSQL, {database_name(url)}" if url else "SQLite, in the instance",
        alerts="cannot be sent" if unusable else alert_route(),
        craters=craters,
        problems=(*problems, *refused, *unusable),
    )


def _stand(project: "OpenProject") -> tuple[dict[str, int], list[Problem]]:
    """Return the craters by state, and where history, files and catalogue disagree."""
    from ejmap_assets.lineage.crater_state import crater_states
    from ejmap_assets.lineage.recipes import book_of
    from ejmap_assets.runs.instance import open_instance
    from ejmap_cli.service.alert_problems import refused_alert

    with open_instance(project.paths.folder) as instance:
        states = crater_states(book_of(project, instance)).values()
        problems = [*differences(project, instance), *refused_alert(instance)]
    return dict(Counter(state.value for state in states)), problems


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _gpus() -> tuple[str, ...]:
    import torch

    if not torch.cuda.is_available():
        return ()
    return tuple(map(torch.cuda.get_device_name, range(torch.cuda.device_count())))
