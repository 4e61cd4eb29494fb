"""What the steps of a crater of a tiny planet are given."""

import pytest

from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.open_project import OpenProject


@pytest.fixture
def work(project: OpenProject) -> CraterWork:
    """What the craters of a chunk share."""
    return CraterWork(project)
