"""Statistics of the planet as files: shares, densities, and the tests that apply to a body."""

import math

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY, MOON, Body
from ejmap_geo.grids.coords import LonLat
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.planet_statistics import chance_table, measure_planet
from ejmap_project.planetwide.planet_tables import PlanetTable, PlanetTestTable
from tests.mapped_discs import DISC_M, write_mapped_discs


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """Give a project of three discs whose planet is measured."""
    project = write_mapped_discs(tmp_path_factory.mktemp("planet"))
    measure_planet(project)
    return project


def test_ejecta_are_found_in_their_zones_and_sectors(measured: OpenProject) -> None:
    """A disc over the pole fills its cap; two at the antimeridian lie in sectors of both sides."""
    table = PlanetTable.validate(pd.read_parquet(measured.paths.planet_statistics))

    by_lat = table[table["by"] == "latitude"].set_index("from_deg")
    by_lon = table[table["by"] == "longitude"].set_index("from_deg")
    cap_m2 = 2 * math.pi * MERCURY.radius_m**2 * (1 - math.cos(DISC_M / MERCURY.radius_m))
    # Its centre is half a degree from the pole, so that its far side reaches the next zone.
    assert by_lat.loc[[70, 80], "ejecta_km2"].sum() == pytest.approx(cap_m2 / 1e6, rel=0.02)
    assert by_lat.loc[80, "craters"] == 1
    assert (by_lon.loc[[-180, 165], "ejecta_share"] > 0.01).all()
    assert by_lon["overlap_share"].iloc[0] > 0
    assert by_lon["craters"].sum() == by_lat["craters"].sum() == 3
    low, high = by_lat["density_low"], by_lat["density_high"]
    assert low.le(by_lat["craters_per_million_km2"]).all()
    assert high.gt(by_lat["craters_per_million_km2"]).all()


def test_the_tests_are_written_with_what_they_mean(measured: OpenProject) -> None:
    """Mercury: poles and hot poles, for craters and by area; no apex."""
    tests = PlanetTestTable.validate(pd.read_parquet(measured.paths.planet_tests))

    assert {*tests["test"]} == {"poles against equator", "hot poles"}
    assert len(tests) == 4
    assert tests["craters"].tolist() == [3] * 4


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(MOON, {"poles against equator", "apex of motion"}, id="synchronous"),
        pytest.param(Body(name="Ceres", radius_m=4.7e5), {"poles against equator"}, id="neither"),
    ],
)
def test_only_tests_that_apply_to_a_body_are_made(body: Body, expected: set[str]) -> None:
    """An apex is tested on synchronous bodies only, hot poles where they are fixed."""
    craters = [Crater(crater_id=1, name="", center=LonLat(-90, 0), radius_m=1e4)]

    tests = chance_table(body, craters, np.array([1e9]))

    assert {*tests["test"]} == expected


def test_a_planet_without_ejecta_has_no_statistics_but_a_table() -> None:
    """No crater has ejecta: the tests are listed without values."""
    tests = chance_table(MOON, [], np.zeros(0))

    assert tests["value"].isna().all()
    assert tests["craters"].tolist() == [0] * 4
