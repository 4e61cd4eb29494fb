"""Reports of releases by address: shown as pages that can do nothing, and no other file."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ejmap_cli.webserver.report_files import report_route
from ejmap_project.paths import ProjectPaths
from ejmap_project.release.release_folder import REPORT, REPORT_ROUTE

LABEL = "0001_first"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """Give a project with a release whose report comes from somebody else."""
    paths = ProjectPaths(tmp_path / "project")
    folder = paths.releases / LABEL
    folder.mkdir(parents=True)
    (folder / REPORT).write_text("<script>alert(1)</script>")
    (folder / "release.json").write_text("{}")
    (paths.releases / "0002_second").mkdir()
    outside = tmp_path / REPORT
    outside.write_text("secret")
    (paths.releases / "0002_second" / REPORT).symlink_to(outside)
    (paths.data / REPORT).write_text("secret")
    return TestClient(Starlette(routes=[report_route(paths)]))


def test_a_report_is_a_page_that_runs_nothing(client: TestClient) -> None:
    """It has no origin, so no script of it could ask this server."""
    answer = client.get(REPORT_ROUTE.format(folder=LABEL))

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"].split("; ")
    assert policy[:2] == ["sandbox", "default-src 'none'"]
    assert not any(rule.startswith("script-src") for rule in policy)


@pytest.mark.parametrize("folder", ["0002_second", "0003_third", "..", "%2e%2e", ".", "first"])
def test_nothing_else_is_answered(client: TestClient, folder: str) -> None:
    """Neither links that lead out, nor folders that are no release."""
    assert client.get(f"/releases/{folder}/{REPORT}").status_code == 404
