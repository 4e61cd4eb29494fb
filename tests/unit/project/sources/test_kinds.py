"""Only one module tells the kinds of sources apart, and every kind answers every question."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.sources.kinds import named_files, source_of

CHECKOUT = Path(__file__).parents[4]
BASEMAP = BasemapGrid(body=MERCURY, width_px=64)
CRATER = Crater(crater_id=3, name="Han Kan", center=LonLat(70.0, 0.0), radius_m=40_000.0)
GREY = {"kind": "synthetic", "seeds": [1], "grey": True}
SETTINGS = ("SyntheticSource", "QuicklookSource", "FilesSource", "EjmapFolderSource")
SOURCES = ("SyntheticPlanet", "MercuryQuicklook", "UserFiles", "PublishedStudy")
FILES = {"kind": "files", "mosaic": "m.tif", "craters": "c.csv", "masks": "masks"}


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param({"source": {"kind": "synthetic", "seed": 5}}, id="synthetic"),
        pytest.param({"source": {"kind": "mercury-quicklook"}, "training": GREY}, id="quicklook"),
        pytest.param({"source": FILES, "training": GREY}, id="files"),
    ],
)
def test_without_a_published_folder_nothing_is_published(stated, open_project) -> None:
    """The project then computes everything itself, from its mosaic."""
    source = source_of(open_project(**stated))

    assert source.tiles_of(CRATER, BASEMAP) is None
    assert source.connections_of(CRATER, BASEMAP) is None
    assert source.mask_of(CRATER, BASEMAP) is None
    assert source.labels([CRATER], BASEMAP) is None
    assert source.locations([CRATER], BASEMAP) is None
    assert source.splits() is None
    assert source.samples() is None
    assert source.scores_of("ejseg") == ({}, {})
    assert source.files().scores is None
    assert source.has_mosaic()


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param({"source": {"kind": "synthetic", "seed": 5}}, id="synthetic"),
        pytest.param({"source": {"kind": "mercury-quicklook"}, "training": GREY}, id="quicklook"),
    ],
)
def test_a_source_that_comes_with_the_package_has_no_files(stated, open_project) -> None:
    """Recipes stamp nothing of it, and there is nothing to check."""
    source = source_of(open_project(**stated))

    assert source.files() == ((), (), (), (), None, None)
    assert source.check() == []
    assert named_files(open_project(**stated)) == ()


def test_files_of_the_user_count_from_the_project_folder(open_project) -> None:
    """The mosaic and the crater table, in this order; neither has to be there."""
    project = open_project(source=FILES, training=GREY)

    folder = project.paths.folder
    assert named_files(project) == (folder / "m.tif", folder / "c.csv")


def test_nobody_else_names_a_kind_of_source() -> None:
    """Whoever needs to know something asks the source, or the traits in its settings."""
    found = {
        f"{path.relative_to(CHECKOUT)}: {name}"
        for folder in (*CHECKOUT.glob("ejmap_*"), CHECKOUT / "benchmarks")
        for path in folder.rglob("*.py")
        for name in _names(path)
        if name in _foreign(path)
    }

    assert found == set()


def _foreign(path: Path) -> tuple[str, ...]:
    room = path.parent.relative_to(CHECKOUT).as_posix()
    # A new project is one of files: intake checks and writes what was stated of them.
    if room in {"ejmap_project/sources", "ejmap_project/intake"}:
        return ()
    return SOURCES if room == "ejmap_project/settings" else SETTINGS + SOURCES


def _names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name
            case _:
                pass
