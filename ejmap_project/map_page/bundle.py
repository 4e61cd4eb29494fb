"""The program of the page, built from ``map_page/`` at the root of the checkout."""

import shutil
from pathlib import Path

from ejmap_project.digest import content_version

BUNDLE = Path(__file__).parent / "bundle"
RECORD = BUNDLE / "bundle.json"
INDEX = "index.html"
APP = "app"
APP_FILES = ("map.js", "map.css", "licences.txt")


def bundle_file(name: str) -> Path:
    """Return the file of the bundle that lies at a place of the page, ``app/map.js`` for one."""
    return BUNDLE / name.removeprefix(f"{APP}/")


def bundle_places() -> tuple[str, ...]:
    """Return where the files of the bundle lie in a page."""
    return (INDEX, *(f"{APP}/{name}" for name in APP_FILES))


def copy_bundle(page: Path) -> None:
    """Copy the program into the folder of a page."""
    (page / APP).mkdir(parents=True, exist_ok=True)
    for place in bundle_places():
        shutil.copyfile(bundle_file(place), page / place)


def bundle_version() -> str:
    """Return a digest of the program."""
    return content_version(*(bundle_file(place).read_bytes() for place in bundle_places()))
