"""An open project: its craters are those of the table as it lies there now."""

from dataclasses import replace
from pathlib import Path

import pytest

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.errors import CatalogueError
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_project import open_project
from ejmap_project.open_project import OpenProject

ONE = Crater(crater_id=1, name="One", center=LonLat(10.0, 20.0), radius_m=20e3)
TWO = Crater(crater_id=2, name="Two", center=LonLat(50.0, -20.0), radius_m=30e3)


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """A project without a crater table."""
    (tmp_path / "project.yaml").write_text("source: {kind: synthetic, seed: 1}\n")
    return OpenProject.at(tmp_path)


def test_craters_are_read_once_for_each_state_of_their_table(
    project: OpenProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that is written anew is read anew, and one that is removed has none."""
    read: list[Path] = []
    plain = open_project.read_catalogue

    def counted(path: Path, **rest: object) -> object:
        read.append(path)
        return plain(path, **rest)

    monkeypatch.setattr(open_project, "read_catalogue", counted)
    table = project.paths.crater_catalogue
    assert project.craters() == {}

    write_catalogue(catalogue_from([ONE], MERCURY), table)
    first, again = project.craters(), project.craters()
    write_catalogue(catalogue_from([replace(ONE, name="Own"), TWO], MERCURY), table)
    edited = project.craters()
    table.unlink()

    assert first == again == {"0001": ONE}
    assert first is not again
    assert [one.name for one in edited.values()] == ["Own", "Two"]
    assert project.craters() == {}
    assert len(read) == 2


def test_a_damaged_table_is_refused_each_time(project: OpenProject) -> None:
    """The answer that is kept is never a refusal."""
    table = project.paths.crater_catalogue
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_bytes(b"no table")

    for _ in range(2):
        with pytest.raises(CatalogueError):
            project.craters()
