"""The project that runs work on, opened when they run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg

from ejmap_assets.project import Project, ProjectPaths, load_project
from ejmap_assets.project_paths import ModelKind
from ejmap_geo.craters import Crater, craters_of, read_catalogue

PROJECT_VARIABLE = "EJMAP_PROJECT"
DEFAULT_PROJECT = Path("projects") / "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProject:
    """A project's settings and where its artefacts lie.

    Attributes:
        settings: Its settings.
        paths: Where its artefacts lie.
        promoted: Digests of the ensembles that map its craters, where they are those that recipes
            name; empty for those that were promoted last.
    """

    settings: Project
    paths: ProjectPaths
    promoted: Mapping[ModelKind, str] = field(default_factory=dict[ModelKind, str])

    def craters(self) -> dict[str, Crater]:
        """Return the craters of the catalogue by partition key; none before it is made."""
        path = self.paths.crater_catalogue
        if not path.exists():
            return {}
        catalogue = read_catalogue(path, body=self.settings.planet)
        return {crater.key: crater for crater in craters_of(catalogue)}


class ProjectResource(dg.ConfigurableResource[OpenProject]):
    """The folder of the project.

    Attributes:
        folder: Path of the folder; empty takes the environment variable EJMAP_PROJECT, and
            projects/demo when that is not set. Read when a run needs it, never at import.
    """

    folder: str = ""

    def open(self) -> OpenProject:
        """Read the project's settings.

        Raises:
            ProjectError: If there is no project or its settings are not valid.
        """
        folder = project_folder(self.folder)
        return OpenProject(settings=load_project(folder), paths=ProjectPaths(folder))


def project_folder(folder: str = "") -> Path:
    """Return the absolute folder of the project that is meant."""
    return Path(folder or os.environ.get(PROJECT_VARIABLE, "") or DEFAULT_PROJECT).resolve()
