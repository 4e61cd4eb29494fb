"""Projects of one source each, without any artefact."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import Project, ProjectPaths


@pytest.fixture
def open_project(tmp_path: Path) -> Callable[..., OpenProject]:
    """Give a function that opens a project from the settings of its source."""

    def opened(source: dict[str, Any], **settings: Any) -> OpenProject:
        stated = {"source": source, "training": {"kind": "synthetic", "seeds": [1]}} | settings
        paths = ProjectPaths(tmp_path / "project")
        return OpenProject(settings=Project.model_validate(stated), paths=paths)

    return opened
