"""The pages in a browser: our webserver on a free port, and headless Chromium."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.devtools import Page, opened_page
from tests.servers import end_group, free_port, wait_until_up

CHECKOUT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> str:
    """Path of Chromium; the test is skipped without one, unless it has to be there."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is not None:
        return found
    reason = "no Chromium on this machine; on Debian: apt-get install chromium"
    if os.environ.get("EJMAP_REQUIRE_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def page(browser: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Give the tab in which all pages are opened."""
    with opened_page(browser, tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an empty instance."""
    folder = tmp_path_factory.mktemp("dagster_home")
    shutil.copyfile(CHECKOUT / "dagster_home" / "dagster.yaml", folder / "dagster.yaml")
    return folder


@pytest.fixture(scope="session")
def webserver(home: Path) -> Iterator[str]:
    """Address of the webserver of that instance, started in a process group of its own."""
    port = free_port()
    log_path = home / "webserver.log"
    command = [sys.executable, "-m", "ejmap_cli.webserver", "--port", str(port)]
    with log_path.open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, "DAGSTER_HOME": str(home), "EJMAP_PROJECT": str(home)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(address, server, log_path)
        yield address
    finally:
        end_group(server)
