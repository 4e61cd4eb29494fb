"""The page as a folder: whole, of equal content when made again, and faults are named."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ejmap_geo.craters.catalogue import catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_project.map_page.bundle import bundle_places
from ejmap_project.map_page.data_script import read_script, write_script
from ejmap_project.map_page.page import ADDRESS, write_map_page
from ejmap_project.map_page.page_check import check_page
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Silence
from tests.mapped_discs import CRATERS
from tests.mapped_page import NAMES, TAGS, write_mapped_page


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> OpenProject:
    """Give a project of three discs with a map page."""
    return write_mapped_page(tmp_path_factory.mktemp("page"))


def _facts(project: OpenProject) -> dict:
    return read_script((project.paths.map_page / "data" / "facts.js").read_bytes(), "facts")


def test_the_page_tells_its_craters_and_where_they_come_from(project: OpenProject) -> None:
    """Names as they are, and the tags of the label map in words."""
    facts = _facts(project)

    assert {one["id"]: one["label"] for one in facts["craters"]} == dict(NAMES)
    origin = dict(facts["origin"])
    assert origin["Model"] == TAGS["EJMAP_MODEL"]
    assert origin["Mosaic"] == TAGS["EJMAP_MOSAIC"]
    assert origin["Terms"] == TAGS["TIFFTAG_COPYRIGHT"]
    assert origin["Map of"][4:5] == "-"
    profiles = read_script(
        (project.paths.map_page / "data" / "profiles.js").read_bytes(), "profiles"
    )
    assert profiles["1"]["ejecta"][3] == 1, "a disc of seven radii"


def test_downloads_lie_where_the_page_says(project: OpenProject) -> None:
    """Seen from the page, with their sizes."""
    listed = _facts(project)["downloads"]

    assert len(listed) == 7
    for one in listed:
        path = project.paths.map_page / one["href"]
        assert path.stat().st_size == one["bytes"]


def test_a_page_made_again_has_the_same_version(project: OpenProject) -> None:
    """Times and sizes of files do not count; its address is that of our webserver."""
    first = write_map_page(project, Silence())
    second = write_map_page(project, Silence())

    assert first.content == second.content
    assert ADDRESS in first.metadata["page"].text
    assert first.metadata["craters"] == 3
    assert first.metadata["megabytes"] < 1


def test_a_crater_that_came_after_the_map_is_not_on_the_page(tmp_path: Path) -> None:
    """The catalogue has a fourth crater, of which the map knows nothing."""
    project = write_mapped_page(tmp_path)
    craters = [*project.craters().values(), replace(CRATERS[0], crater_id=9, center=LonLat(90, 0))]
    write_catalogue(catalogue_from(craters, MERCURY), project.paths.crater_catalogue)

    write_map_page(OpenProject.at(tmp_path), Silence())

    assert [one["id"] for one in _facts(project)["craters"]] == [1, 2, 3]
    assert check_page(project).fault == ""


def test_a_page_as_made_is_whole(project: OpenProject) -> None:
    """No fault, and numbers to look at."""
    found = check_page(project)

    assert found.fault == ""
    assert found.numbers["craters"] == 3


@pytest.mark.parametrize(
    ("place", "content", "said"),
    [
        ("app/map.js", None, "app/map.js is missing"),
        ("index.html", b"<html>", "index.html is not that of this version"),
        ("tiles/0/1_0.webp", None, r"1 tile\(s\) are missing"),
        ("data/outlines.js", b"alert(1)", "outlines.js is no script of data"),
        ("data/probe/0002.js", None, "0002.js"),
        (
            "data/probe/0003.js",
            b'EJMAP.put({"name":"probe/0003","value":"eJwDAAAAAAE="});\n',
            "torn",
        ),
    ],
)
def test_a_fault_of_a_page_is_named(
    project: OpenProject, tmp_path: Path, place: str, content: bytes | None, said: str
) -> None:
    """And what to do about it."""
    broken = OpenProject.at(Path(shutil.copytree(project.paths.folder, tmp_path / "copy")))
    path = broken.paths.map_page / place
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    found = check_page(broken)

    assert found.fault.endswith("materialise map_page again")
    assert re.search(said, found.fault)


def test_a_page_of_other_facts_is_named(project: OpenProject, tmp_path: Path) -> None:
    """Facts that lack what the page needs are no facts."""
    broken = OpenProject.at(Path(shutil.copytree(project.paths.folder, tmp_path / "copy")))
    write_script(broken.paths.map_page / "data", "facts", {"craters": []})

    assert "materialise map_page again" in check_page(broken).fault


def test_every_file_of_the_program_is_in_the_page(project: OpenProject) -> None:
    """With its licences."""
    assert "app/licences.txt" in bundle_places()
    assert all((project.paths.map_page / place).is_file() for place in bundle_places())
