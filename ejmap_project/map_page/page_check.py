"""Whether a map page is whole: every file that it loads is there and holds what it should."""

from pathlib import Path
from typing import Any, cast

from ejmap_project.artefact import Checked
from ejmap_project.map_page.bundle import bundle_file, bundle_places
from ejmap_project.map_page.data_script import read_script, unpacked
from ejmap_project.map_page.page import DATA, TILES
from ejmap_project.open_project import OpenProject

AGAIN = "materialise map_page again"
# Scripts that the page loads at once, besides the facts.
LOADED = ("outlines", "profiles", "overlaps")


def check_page(project: OpenProject) -> Checked:
    """Check program, tiles and scripts of the page of a project."""
    page = project.paths.map_page
    numbers: dict[str, int | float] = {
        "megabytes": sum(one.stat().st_size for one in page.rglob("*") if one.is_file()) / 1e6
    }
    try:
        fault = _fault_of_program(page) or _fault_of_data(page, numbers)
    except (KeyError, TypeError) as error:
        fault = f"data/facts.js lacks {error}"
    except (OSError, ValueError) as error:
        fault = str(error)
    is_told = fault == "" or AGAIN in fault
    return Checked(fault if is_told else f"{fault}; {AGAIN}", numbers)


def _fault_of_program(page: Path) -> str:
    for place in bundle_places():
        if not (page / place).is_file():
            return f"{place} is missing"
        if (page / place).read_bytes() != bundle_file(place).read_bytes():
            return f"{place} is not that of this version of EJMAP"
    return ""


def _fault_of_data(page: Path, numbers: dict[str, int | float]) -> str:
    """Return what is wrong with the data, and add what they hold to the numbers."""
    facts = cast("dict[str, Any]", _value(page, "facts"))
    for name in LOADED:
        _value(page, name)
    probes = [one["probe"] for one in facts["craters"] if one["probe"] is not None]
    numbers |= {"craters": len(probes), "levels": facts["tiles"]["levels"]}
    torn = [one["script"] for one in probes if not _is_whole(page, one)]
    if torn:
        return f"{len(torn)} script(s) of values are torn ({torn[:3]})"
    lacking = _lacking_tiles(page / TILES, facts["tiles"])
    return f"{lacking} tile(s) are missing" if lacking else ""


def _value(page: Path, name: str) -> object:
    return read_script((page / DATA / f"{name}.js").read_bytes(), name)


def _is_whole(page: Path, probe: dict[str, Any]) -> bool:
    cells = unpacked(str(_value(page, probe["script"])))
    return len(cells) == probe["height"] * probe["width"]


def _lacking_tiles(tiles: Path, stated: dict[str, Any]) -> int:
    wanted = (
        tiles / str(level) / f"{col}_{row}.{stated['suffix']}"
        for level in range(stated["levels"])
        for row in range(2**level)
        for col in range(2 ** (level + 1))
    )
    return sum(not path.is_file() for path in wanted)
