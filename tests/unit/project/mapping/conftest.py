"""A tiny planet of three craters as a project, of which nothing is mapped."""

from pathlib import Path

import pytest

from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_project.mapping.crater_inputs import CraterWork
from ejmap_project.open_project import OpenProject
from tests.tiny_planet import write_project


@pytest.fixture(scope="session")
def planet() -> Planet:
    """Three craters with known ejecta on 256 x 128 px."""
    return make_planet(PlanetConfig(width_px=256, craters=3), seed=5)


@pytest.fixture
def project(tmp_path: Path, planet: Planet) -> OpenProject:
    """The planet as the sources of a project."""
    return write_project(tmp_path, planet)


@pytest.fixture
def work(project: OpenProject) -> CraterWork:
    """What the steps of a crater are given."""
    return CraterWork(project)
