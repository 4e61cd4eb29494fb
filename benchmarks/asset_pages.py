"""How long the pages of assets take in a browser, in a project of a thousand mapped craters.

The project is made as in `many_craters.py`; the server is ours, the browser headless Chromium. A
page counts as there when words are shown that only its data can bring.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from many_craters import copy_project, fill

from ejmap_assets.runs.instance import environment_of, open_instance
from ejmap_project.open_project import OpenProject
from tests.browser.devtools import Page, opened_page
from tests.servers import end_group, free_port, wait_until_up

CHECKOUT = Path(__file__).parents[1]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
TIMES = 5


def main() -> None:
    """Print the seconds of each page: the first look, and the median of later ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path, help="a project that is mapped and up to date")
    parser.add_argument("--craters", type=int, default=1000)
    parser.add_argument("--pictures", type=Path, help="folder for a picture of each page")
    options = parser.parse_args()
    browser = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if browser is None:
        raise SystemExit("no Chromium on this machine; on Debian: apt-get install chromium")
    if options.pictures is not None:
        options.pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "project"
        copy_project(options.project, folder)
        with open_instance(folder) as instance:
            fill(OpenProject.at(folder), instance, options.craters)
        with _served(folder) as address, opened_page(browser, Path(place) / "profile") as page:
            print("| page | first | median of later ones |\n| --- | --- | --- |")
            for name, path, words in _pages(options.craters):
                looks = [_seconds(page, f"{address}{path}", words) for _ in range(1 + TIMES)]
                later = sorted(looks[1:])[TIMES // 2]
                print(f"| {name} | {looks[0]:.2f} s | {later:.2f} s |", flush=True)
                if options.pictures is not None:
                    page.picture(options.pictures / f"{name.replace(' ', '_')}.png")


def _pages(craters: int) -> list[tuple[str, str, str]]:
    """Return name, path and words of the pages."""
    last = f"{craters - 1:04d}"
    return [
        ("an asset of craters", "/assets/crater_pattern", last),
        ("its partitions", "/assets/crater_pattern?view=partitions", "Materialized"),
        (
            "one of them",
            f"/assets/crater_pattern?view=partitions&partition={last}",
            "View all historical",
        ),
        ("the map", "/assets/global_map", "Latest materialization"),
    ]


def _seconds(page: Page, address: str, words: str) -> float:
    # Between two looks, nothing of the page before is shown.
    page.open("about:blank")
    begun = time.perf_counter()
    page.open(address)
    try:
        page.until(f"document.body.innerText.includes({words!r})", seconds=60)
    except AssertionError as error:
        raise SystemExit(f"{error}; it shows {page.value('document.body.innerText')!r}") from None
    return time.perf_counter() - begun


@contextmanager
def _served(folder: Path) -> Generator[str]:
    port, log_path = free_port(), folder / "webserver.log"
    with log_path.open("w") as log:
        server = subprocess.Popen(  # noqa: S603 - our own program with our own words
            [sys.executable, "-m", "ejmap_cli.webserver", "--port", str(port)],
            cwd=CHECKOUT,
            env={**os.environ, **environment_of(folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_up(address, server, log_path)
        yield address
    finally:
        end_group(server)


if __name__ == "__main__":
    main()
