"""Rims of a published folder that are drawn here: wherever a crater lies, its circle is one."""

import geopandas as gpd
import numpy as np
import pytest

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import disc
from ejmap_geo.masks.polygons import rasterized_on_planet
from ejmap_geo.masks.rim import circular_rim, drawn_rim
from ejmap_project.export.folder import export_project
from ejmap_project.export.published_names import PublishedNames
from ejmap_project.published import layout
from ejmap_project.published.craters import read_craters
from ejmap_project.published.layout import PublishedFolder
from tests.mapped_discs import write_planet

RADIUS_M = 150_000.0
PLACES = {
    1: LonLat(10, 5),
    2: LonLat(179.7, -30),
    3: LonLat(-178, 60),
    4: LonLat(20, 88),
    5: LonLat(0, 90),
    6: LonLat(100, -90),
}
GRID = BasemapGrid(body=MERCURY, width_px=720)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> PublishedFolder:
    """Export the craters of a catalogue without rims."""
    folder = tmp_path_factory.mktemp("rims")
    (folder / "mine").mkdir()
    craters = [
        Crater(crater_id=one, name="", center=center, radius_m=RADIUS_M)
        for one, center in PLACES.items()
    ]
    project = write_planet(folder / "mine", craters, GRID)
    target = folder / "published"
    export_project(
        project, target, names=PublishedNames.of(project), what=["craters"], tell=lambda _: None
    )
    return PublishedFolder(target)


@pytest.mark.parametrize("crater_id", PLACES)
def test_a_circle_is_one_at_antimeridian_and_poles(
    exported: PublishedFolder, crater_id: int
) -> None:
    """Valid, within one turn, with the pixels of a disc of its radius but for a few at the edge."""
    table = gpd.read_file(exported.required(layout.CRATERS)).set_index("crat_FID")
    rim = table.geometry[crater_id]

    assert rim.is_valid
    west, south, east, north = rim.bounds
    assert min(west + 180, south + 90, 180 - east, 90 - north) >= 0
    burnt, expected = (np.zeros(GRID.shape, np.bool_) for _ in range(2))
    rasterized_on_planet(rim, basemap=GRID).paste_into(burnt)
    disc(GRID, center=PLACES[crater_id], radius_m=RADIUS_M).paste_into(expected)
    assert np.count_nonzero(burnt != expected) <= 0.01 * np.count_nonzero(expected)


@pytest.mark.parametrize("crater_id", PLACES)
def test_a_circle_is_read_back_as_one(exported: PublishedFolder, crater_id: int) -> None:
    """About the crater it covers the pixels that a crater without a rim has."""
    table = read_craters(exported, body=MERCURY).set_index("crater_id")
    size = {"radius_m": RADIUS_M, "resolution_m": 5000.0}

    drawn = drawn_rim(table.geometry[crater_id], body=MERCURY, center=PLACES[crater_id], **size)

    circle = circular_rim(MERCURY, **size)
    beyond = (drawn.shape[0] - circle.shape[0]) // 2
    assert np.count_nonzero(drawn != np.pad(circle, beyond)) <= 0.01 * np.count_nonzero(circle)
