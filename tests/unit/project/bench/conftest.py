"""A bench of two tiny planets and two real craters."""

from pathlib import Path

import pytest

from ejmap_geo.synthetic.planet import Planet, PlanetConfig
from ejmap_project.bench.planets import BenchPlanet, BenchSet
from ejmap_project.reference.reference_set import reference_set


def _config(bands: int) -> PlanetConfig:
    return PlanetConfig(
        width_px=128,
        craters=2,
        giants=1,
        old_craters=40,
        bright_spots=20,
        smallest_radius_m=60_000,
        largest_radius_m=120_000,
        bands=1 if bands == 1 else 3,
    )


@pytest.fixture(scope="session")
def bench() -> BenchSet:
    """Planets in grey and colour, one of each to tune on, a crater of Mercury and of the Moon."""
    wanted = {"Fonteyn", "Ohm"}
    return BenchSet(
        planets=(BenchPlanet("grey", 1, _config(1)), BenchPlanet("colour", 2, _config(3))),
        tuning=(BenchPlanet("grey", 3, _config(1)), BenchPlanet("colour", 4, _config(3))),
        craters=tuple(one for one in reference_set(part="decide") if one.crater.name in wanted),
    )


@pytest.fixture(scope="session")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the bench that all tests share."""
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="session")
def grey(bench: BenchSet, work: Path) -> Planet:
    """The grey planet."""
    return bench.planets[0].made(work)
