"""Filters of warnings are changed by one thread at a time, and by nothing but one function."""

import ast
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from shapely import box

import ejmap_geo
import ejmap_project
from ejmap_geo import library_warnings
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.library_warnings import ignored
from ejmap_geo.maps.outlines import mask_outline
from ejmap_geo.masks.placed_mask import disc
from ejmap_geo.masks.polygons import rasterized

PACKAGES = (ejmap_geo, ejmap_project)


def test_what_is_named_is_ignored_and_nothing_else() -> None:
    """By class and by how the text begins."""
    with ignored(UserWarning, "no geotransform"):
        warnings.warn("no geotransform here", UserWarning, stacklevel=1)
        with pytest.warns(UserWarning, match="cut off"):
            warnings.warn("it is cut off", UserWarning, stacklevel=1)


def test_threads_leave_the_filters_as_they_were() -> None:
    """The first leaves while the second is inside, if that can be: it would then lose the list."""
    before = list(warnings.filters)
    first_is_in, second_is_in, may_go, first_is_out = (threading.Event() for _ in range(4))

    def first() -> None:
        with ignored(UserWarning):
            first_is_in.set()
            may_go.wait(30)
        first_is_out.set()

    def second() -> None:
        first_is_in.wait(30)
        with ignored(DeprecationWarning):
            second_is_in.set()
            first_is_out.wait(30)

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    # With a lock it cannot be in yet.
    assert not second_is_in.wait(0.3)
    may_go.set()
    for thread in threads:
        thread.join()

    assert list(warnings.filters) == before


def test_no_other_code_that_maps_craters_changes_filters() -> None:
    """Craters are mapped side by side in threads."""
    own = Path(library_warnings.__file__)
    found = [
        path
        for package in PACKAGES
        for path in Path(str(package.__file__)).parent.rglob("*.py")
        if path != own
        and any(
            isinstance(node, ast.Attribute)
            and node.attr in {"catch_warnings", "simplefilter", "filterwarnings"}
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    ]

    assert found == []


def test_what_threads_draw_and_outline_warns_of_nothing() -> None:
    """Rasterio ignores a warning of its own, and two threads undo each other's filter."""
    grid = BasemapGrid(body=MERCURY, width_px=256)
    placed = disc(grid, center=LonLat(20.0, 10.0), radius_m=400_000)
    square = box(0, 0, 1e6, 1e6)

    def draw(_: int) -> None:
        mask_outline(placed, basemap=grid)
        rasterized(square, grid=grid)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(draw, range(200)))
