"""A project of a published folder, made once for all tests that only export it."""

import pytest

from ejmap_assets.open_project import OpenProject
from tests.published_fixture import PublishedFixture
from tests.published_folder import make_published_folder
from tests.published_project import project_of


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> PublishedFixture:
    """The published folder that the project was made from."""
    return make_published_folder(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def project(made: PublishedFixture, tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """The project, to be read only."""
    return project_of(made, tmp_path_factory.mktemp("projects") / "mercury")
