"""Pictures by address: those of the project, and no other file."""

from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ejmap_cli.webserver.picture_files import picture_route
from ejmap_project.artefact import Picture
from ejmap_project.paths import ProjectPaths
from ejmap_project.pictures.picture_store import PictureStore

NAME = "picture-0123456789abcdef.jpg"


def _client(paths: ProjectPaths) -> TestClient:
    return TestClient(Starlette(routes=[picture_route(paths)]))


@pytest.mark.parametrize("partition", [None, "0003", "00|ejseg_final", "..", "a b%2Fc.d"])
def test_a_stored_picture_is_answered_at_its_address(tmp_path: Path, partition: str | None) -> None:
    """Whatever its partition is called; the address never changes its meaning."""
    store = PictureStore(paths=ProjectPaths(tmp_path), asset="global_map", partition=partition)
    shown = store.store("picture", Picture(np.zeros((4, 6, 3), np.uint8), alt="nothing"))
    address = shown.rpartition("](")[2].rstrip(")")

    answer = _client(store.paths).get(address)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert "immutable" in answer.headers["cache-control"]
    (file,) = store.folder.iterdir()
    assert answer.content == file.read_bytes()


@pytest.mark.parametrize(
    "address",
    [
        "/pictures/../secret/picture-0123456789abcdef.jpg",
        f"/pictures/%2e%2e/%2e%2e/{NAME}",
        f"/pictures/asset/..%2f..%2fsecret/{NAME}",
        f"/pictures/asset/%2e%2e/{NAME}",
        "/pictures/asset/all/project.yaml",
        "/pictures/asset/all/..%2fproject.yaml",
        f"/pictures/asset/missing/{NAME}",
    ],
)
def test_no_address_leads_out_of_the_pictures(tmp_path: Path, address: str) -> None:
    """Files of the project that are no pictures are not answered either."""
    paths = ProjectPaths(tmp_path / "project")
    for folder in (tmp_path / "secret", paths.folder, paths.data, paths.pictures("asset", "all")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NAME).write_bytes(b"secret")
        (folder / "project.yaml").write_bytes(b"secret")

    answer = _client(paths).get(address)

    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    """A project of somebody else may come with links."""
    paths = ProjectPaths(tmp_path / "project")
    (tmp_path / "secret").write_bytes(b"secret")
    folder = paths.pictures("asset", "all")
    folder.mkdir(parents=True)
    (folder / NAME).symlink_to(tmp_path / "secret")

    assert _client(paths).get(f"/pictures/asset/all/{NAME}").status_code == 404
