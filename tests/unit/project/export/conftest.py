"""A project of a published folder, made once for all tests that only export it."""

import pytest

from ejmap_project.open_project import OpenProject
from tests.published_fixture import PublishedFixture
from tests.published_project import project_of


@pytest.fixture(scope="session")
def project(made: PublishedFixture, tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """The project, to be read only."""
    return project_of(made, tmp_path_factory.mktemp("projects") / "mercury")
