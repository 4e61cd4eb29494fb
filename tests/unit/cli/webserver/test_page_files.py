"""The map page by address: the program of the package, data that is nothing else, and no more."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ejmap_cli.webserver.page_files import page_routes
from ejmap_project.map_page.bundle import bundle_file, bundle_places
from ejmap_project.map_page.data_script import write_script
from ejmap_project.map_page.page import ADDRESS
from ejmap_project.paths import ProjectPaths


@pytest.fixture
def paths(tmp_path: Path) -> ProjectPaths:
    """Give a project with a page of somebody else's making."""
    paths = ProjectPaths(tmp_path / "project")
    page = paths.map_page
    for place in (
        *bundle_places(),
        "data/evil.js",
        "data/.secret.js",
        "tiles/0/0_0.webp",
        "x.html",
    ):
        (page / place).parent.mkdir(parents=True, exist_ok=True)
        (page / place).write_bytes(b"alert(1)")
    write_script(page / "data", "probe/0001", "values")
    paths.label_map.write_bytes(b"raster")
    (paths.data / "secret").write_bytes(b"secret")
    return paths


def _client(paths: ProjectPaths) -> TestClient:
    return TestClient(Starlette(routes=page_routes(paths)))


@pytest.mark.parametrize("place", bundle_places())
def test_the_program_is_that_of_the_package(paths: ProjectPaths, place: str) -> None:
    """Whatever lies in the project under its name; it may ask nobody but this server."""
    answer = _client(paths).get(f"/map/page/{place}")

    assert answer.content == bundle_file(place).read_bytes()
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy


def test_data_and_tiles_are_answered(paths: ProjectPaths) -> None:
    """A script that hands over JSON, as a script; a tile, as a picture and as nothing else."""
    client = _client(paths)

    script = client.get("/map/page/data/probe/0001.js")
    tile = client.get("/map/page/tiles/0/0_0.webp")

    assert script.text == 'EJMAP.put({"name":"probe/0001","value":"values"});\n'
    assert script.headers["content-type"].startswith("text/javascript")
    assert tile.headers["content-type"] == "image/webp"


def test_a_script_that_does_anything_else_is_not_answered(paths: ProjectPaths) -> None:
    """It would run with the rights of our pages; the answer says what to do."""
    answer = _client(paths).get("/map/page/data/evil.js")

    assert answer.status_code == 404
    assert answer.text == "evil.js is no script of data; materialise map_page again\n"


@pytest.mark.parametrize(
    "place",
    [
        "page/x.html",
        "page/data/.secret.js",
        "page/data/..%2f..%2fsecret",
        "page/tiles/0/..%2f..%2f..%2f..%2fsecret",
        "page/tiles/9/9_9.webp",
        "page/data/missing.js",
        "secret",
        "..%2fsecret",
        "ejecta.gpkg",
    ],
)
def test_no_other_file_is_answered(paths: ProjectPaths, place: str) -> None:
    """Neither of the page, nor of the map, nor beside them."""
    answer = _client(paths).get(f"/map/{place}")

    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_files_of_the_map_are_downloads(paths: ProjectPaths) -> None:
    """Saved, never shown: a browser takes no file of a project for a page of ours."""
    answer = _client(paths).get("/map/label_map.tif")

    assert answer.content == b"raster"
    assert answer.headers["content-disposition"] == 'attachment; filename="label_map.tif"'
    assert answer.headers["content-security-policy"] == "default-src 'none'"


def test_a_link_out_of_the_project_is_not_followed(paths: ProjectPaths, tmp_path: Path) -> None:
    """A project of somebody else may come with links."""
    (tmp_path / "secret").write_bytes(b"secret")
    (paths.map_page / "tiles/0/1_0.webp").symlink_to(tmp_path / "secret")
    (paths.map_page.parent / "preview.png").symlink_to(tmp_path / "secret")

    assert _client(paths).get("/map/page/tiles/0/1_0.webp").status_code == 404
    assert _client(paths).get("/map/preview.png").status_code == 404


def test_the_folder_leads_to_the_page(paths: ProjectPaths) -> None:
    """Which makes it up of this package, so that links in it are right."""
    answer = _client(paths).get("/map/page/", follow_redirects=False)

    assert answer.headers["location"] == ADDRESS
