"""A published folder of a synthetic planet, and a tiny planet as a project without a map."""

import shutil
from pathlib import Path

import pytest

from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_project.open_project import OpenProject
from ejmap_project.published.layout import PublishedFolder
from tests.published_fixture import PublishedFixture
from tests.published_folder import make_published_folder
from tests.tiny_planet import write_project


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


@pytest.fixture(scope="session")
def planet() -> Planet:
    """Three craters with known ejecta on 256 x 128 px."""
    return make_planet(PlanetConfig(width_px=256, craters=3), seed=5)


@pytest.fixture
def project(tmp_path: Path, planet: Planet) -> OpenProject:
    """The planet as the sources of a project."""
    return write_project(tmp_path, planet)
