"""Counted craters on blankets and beside them: numbers, and ages by craterstats or a reason."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.catalogue import catalogue_from, write_catalogue
from ejmap_geo.grids.body import body_named
from ejmap_project.errors import SettingsError
from ejmap_project.files.table_file import write_table
from ejmap_project.open_project import OpenProject
from ejmap_project.planetwide.checks import check_ages
from ejmap_project.planetwide.chronology import USUAL, chronology_of
from ejmap_project.planetwide.exclusion import exclude_ejecta
from ejmap_project.planetwide.model_ages import GROUND, date_blankets
from ejmap_project.planetwide.planet_tables import ModelAgeTable
from ejmap_project.progress import Silence
from tests.mapped_discs import CRATERS, SETTINGS, write_mapped_discs

BLANKET_RADII = 5.0
# Longitude, latitude, radius in metres: two on the blanket of crater 3 over the pole, one in its
# rim, one on its blanket but too small, three far from all ejecta.
COUNTED = (
    *((20, 86, 2000), (-100, 87, 3000), (20, 89.6, 2500), (60, 86, 600)),
    *((60, 0, 2000), (61, 1, 4000), (-40, -30, 2000)),
)
# What a reader of functions and a likelihood have to offer; a density of 1 in 1000 km2 is 1 Ga.
PACKAGE = {
    "__init__.py": """
class Productionfn:
    range = (0.01, 100.0)
    def __init__(self, source, identifier): self.name = identifier
class Chronologyfn:
    def __init__(self, source, identifier): self.name = identifier
class Craterpdf:
    def __init__(self, pf, cf, cc, d_range, k=None): self.ga = 1000 * k / cc.area
    def t(self, share): return self.ga * (0.5 + share)
""",
    "gm.py": """
from pathlib import Path
def read_textfile(path, as_string, ignore_hash): return Path(path).read_text()
def read_textstructure(text, from_string):
    return {"chronology_system": [{"body": "Mercury", "name": text, "pf": "p", "cf": "c"}]}
""",
    "config/__init__.py": "",
    "config/functions.txt": USUAL["Mercury"],
}


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """Give a project of three discs with their counting areas, and counted craters."""
    plain = write_mapped_discs(tmp_path)
    patterns = {"crater_id": [1, 2, 3], "optical_blanket_radii": [np.nan, np.nan, BLANKET_RADII]}
    write_table(pd.DataFrame(patterns), plain.paths.patterns)
    exclude_ejecta(plain, Silence(), tags={})
    rows = [f"{at},{lon},{lat},{radius}" for at, (lon, lat, radius) in enumerate(COUNTED)]
    lines = ["crater_id,lon_deg,lat_deg,radius_m", *rows]
    (tmp_path / "counted.csv").write_text("\n".join(lines))
    stated = "analysis: {counted_craters: counted.csv, counted_from_km: 2}\n"
    (tmp_path / "project.yaml").write_text(SETTINGS + stated)
    return OpenProject.at(tmp_path)


@pytest.fixture(autouse=True)
def _no_drawn_package_stays() -> Iterator[None]:
    """Other tests of this process meet the package that is installed, or none."""
    yield
    for name in _loaded_names():
        del sys.modules[name]


def _loaded_names() -> list[str]:
    return [one for one in sys.modules if one.split(".")[0] == "craterstats"]


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody installed craterstats."""
    monkeypatch.setitem(sys.modules, "craterstats", None)


@pytest.mark.usefixtures("without_package")
def test_craters_are_counted_without_ages_where_nothing_dates_them(project: OpenProject) -> None:
    """Two on the blanket and three beside; not the one on the floor, not the one too small."""
    made = date_blankets(project)

    table = ModelAgeTable.validate(pd.read_parquet(project.paths.model_ages)).set_index("area")
    assert table["craters"].to_dict() == {"0003": 2, GROUND: 3}
    assert table["age_ga"].isna().all()
    assert "so craters are counted without ages" in str(made.metadata["ages"])
    density = table["craters"] / table["area_km2"] * 1e6
    np.testing.assert_allclose(table["craters_per_million_km2"], density)


def _install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in PACKAGE.items():
        path = folder / "site" / "craterstats" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(str(folder / "site"))
    for name in _loaded_names():
        monkeypatch.delitem(sys.modules, name)


def test_ages_follow_from_number_and_area(
    project: OpenProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The likelihood gets the number of craters and the area of the blanket."""
    _install(tmp_path, monkeypatch)

    made = date_blankets(project)

    table = ModelAgeTable.validate(pd.read_parquet(project.paths.model_ages))
    np.testing.assert_allclose(table["age_ga"], 1000 * table["craters"] / table["area_km2"])
    assert (table["age_low_ga"] < table["age_ga"]).all()
    assert made.metadata["ages"] == USUAL["Mercury"]
    assert check_ages(project).fault == ""
    write_table(table.assign(age_low_ga=table["age_ga"] + 1), project.paths.model_ages)
    assert "2 age(s) lie outside of their interval" in check_ages(project).fault
    write_table(table[table["area"] != GROUND], project.paths.model_ages)
    assert "the ground outside of ejecta is no area" in check_ages(project).fault


def test_a_body_on_another_sphere_has_its_usual_chronology(
    project: OpenProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The radius is that of the map, not a body that craterstats would know."""
    _install(tmp_path, monkeypatch)
    text = project.paths.settings.read_text()
    project.paths.settings.write_text('body: "Mercury:2439.7"\n' + text)
    catalogue = catalogue_from(CRATERS, body_named("Mercury:2439.7"))
    write_catalogue(catalogue, project.paths.crater_catalogue)

    made = date_blankets(OpenProject.at(project.paths.folder))

    assert made.metadata["ages"] == USUAL["Mercury"]


def test_a_chronology_that_is_not_known_is_refused_with_those_that_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is misspelt, and a body that has no usual one."""
    _install(tmp_path, monkeypatch)

    with pytest.raises(SettingsError, match="Mercury, Neukum et al"):
        chronology_of("Mercury", "Neukum")
    with pytest.raises(SettingsError, match="not stated, but craterstats has for Io: none"):
        chronology_of("Io", None)
