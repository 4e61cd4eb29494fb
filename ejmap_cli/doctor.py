"""What is installed, what the machine offers and how a project stands."""

import os
import platform
import shutil
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ejmap_assets.history import URL_VARIABLE, database_name
from ejmap_assets.lineage.crater_state import crater_states
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.runs.instance import home_of, open_instance
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import ProjectPaths

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


def report(folder: Path) -> Iterator[str]:
    """Yield the lines of a report.

    Args:
        folder: The project to look at; it need not exist.
    """
    yield f"python     {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores"
    for name in PACKAGES:
        yield f"{'package':<10} {name} {_version(name)}"
    yield f"gpu        {_gpu()}"
    yield f"disk       {shutil.disk_usage(Path.cwd()).free / 1e9:.1f} GB free here"
    yield from _project_lines(folder)


def _project_lines(folder: Path) -> Iterator[str]:
    if not ProjectPaths(folder).settings.is_file():
        yield f"project    {folder} is none yet; `ejmap demo` makes one"
        return
    project = OpenProject.at(folder)
    yield f"project    {folder}, {project.settings.source.kind} on {project.settings.body}"
    yield f"instance   {home_of(folder)}"
    yield f"history    {_history()}"
    if not home_of(folder).is_dir():
        yield "craters    nothing made yet"
        return
    with open_instance(folder) as instance:
        counts = Counter(crater_states(book_of(project, instance)).values())
    found = ", ".join(f"{count} {state.value}" for state, count in counts.items())
    yield f"craters    {found or 'none in the catalogue yet'}"


def _history() -> str:
    url = os.environ.get(URL_VARIABLE)
    return f"PostgreSQL, {database_name(url)}" if url else "SQLite, in the instance"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "is not installed"


def _gpu() -> str:
    import torch

    if not torch.cuda.is_available():
        return "none that torch sees; models run on the CPU"
    return ", ".join(
        torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())
    )
