"""A published folder of a synthetic planet, made once for all tests that only read it."""

import shutil
from pathlib import Path

import pytest

from ejmap_project.published.layout import PublishedFolder
from tests.published_fixture import PublishedFixture
from tests.published_folder import make_published_folder


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> PublishedFixture:
    """What the folder was made of."""
    return make_published_folder(tmp_path_factory.mktemp("published"))


@pytest.fixture
def published(made: PublishedFixture) -> PublishedFolder:
    """The folder, to be read only."""
    return PublishedFolder.at(made.folder)


@pytest.fixture
def mine(made: PublishedFixture, tmp_path: Path) -> PublishedFolder:
    """A copy of the folder that a test may change."""
    shutil.copytree(made.folder, tmp_path / "published")
    return PublishedFolder.at(tmp_path / "published")
