"""Planets, masks and tables as files and metadata."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ejmap_assets.metadata.facts import MAX_ROWS, table_metadata
from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import read_mask_on
from ejmap_geo.synthetic.planet import Planet
from ejmap_project.files import mask_folder
from ejmap_project.files.mask_file import write_mask
from ejmap_project.files.mask_folder import MaskFolder
from ejmap_project.files.planet_files import ejecta_of, planet_version, read_planet, write_planet
from ejmap_project.paths import mask_name

GRID = BasemapGrid(body=MERCURY, width_px=32)


@pytest.fixture
def planet() -> Planet:
    """Two craters: one with ejecta across the antimeridian, one without any."""
    return Planet(
        raster=np.random.default_rng(0).integers(1, 255, (3, *GRID.shape), dtype=np.uint8),
        basemap=GRID,
        craters=tuple(
            Crater(
                crater_id=number,
                name=f"C{number}",
                center=LonLat(-170.0, -90.0),
                radius_m=9_000.0 + number,
                labelled=True,
            )
            for number in (3, 8)
        ),
        truth={
            3: PlacedMask(
                mask=np.ones((2, 4), np.bool_), window=Window(row=5, col=30, height=2, width=4)
            ),
            8: PlacedMask.empty(),
        },
        impact_order=(8, 3),
    )


def test_a_planet_takes_the_whole_place_of_another_one(planet: Planet, tmp_path: Path) -> None:
    """No mask of a crater that it does not have stays behind."""
    folder = tmp_path / "planet"
    write_planet(folder, planet)
    fewer = replace(planet, craters=planet.craters[:1], truth={3: planet.truth[3]})

    write_planet(folder, fewer)

    assert [path.name for path in (folder / "masks").glob("*.tif")] == [mask_name("0003")]


def test_a_planet_survives_its_files(planet: Planet, tmp_path: Path) -> None:
    """Pixels, craters and masks come back equal, the empty mask and the one that wraps included."""
    write_planet(tmp_path, planet)

    again = read_planet(tmp_path, body=MERCURY)

    np.testing.assert_array_equal(again.raster, planet.raster)
    assert again.craters == planet.craters
    assert again.truth[3].window == planet.truth[3].window
    assert again.truth[8].window is None
    assert again.impact_order == (8, 3)
    assert planet_version(again) == planet_version(planet)


def test_ejecta_of_a_planet_are_those_of_all_craters(planet: Planet) -> None:
    """Across the antimeridian they lie at both edges."""
    rows, cols = np.nonzero(ejecta_of(planet))

    assert set(rows) == {5, 6}
    assert set(cols) == {30, 31, 0, 1}


def test_an_empty_mask_at_the_pole_is_one_clear_pixel(tmp_path: Path) -> None:
    """A raster cannot be empty; the south pole is the lower edge of the last row."""
    path = tmp_path / "mask.tif"

    write_mask(path, PlacedMask.empty(), basemap=GRID, center=LonLat(179.9, -90))

    assert read_mask_on(path, GRID).window is None


def test_masks_are_read_when_asked_for_and_missing_ones_left_out(
    planet: Planet, tmp_path: Path
) -> None:
    """A map is made of the craters that are there."""
    write_planet(tmp_path, planet)
    (tmp_path / "masks" / "mask_0008.tif").unlink()
    craters = {crater.key: crater for crater in planet.craters}

    masks = MaskFolder.of(craters, lambda key: tmp_path / "masks" / f"mask_{key}.tif", GRID)

    assert list(masks) == [3]
    assert masks[3].area_px == 8


@pytest.mark.parametrize("bytes_left", [0, 200, -20])
def test_a_damaged_mask_is_left_out_and_named(
    planet: Planet, tmp_path: Path, bytes_left: int
) -> None:
    """Whether it does not open any more, or opens and ends too early."""
    write_planet(tmp_path, planet)
    damaged = tmp_path / "masks" / "mask_0008.tif"
    size = damaged.stat().st_size
    os.truncate(damaged, bytes_left if bytes_left >= 0 else size + bytes_left)
    craters = {crater.key: crater for crater in planet.craters}

    masks = MaskFolder.of(craters, lambda key: tmp_path / "masks" / f"mask_{key}.tif", GRID)

    assert list(masks) == [3, 8]
    assert list(masks.readable()) == [3]
    assert masks.readable().unreadable == {8: damaged}


def test_a_mask_is_looked_at_once_until_it_changes(
    planet: Planet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten steps of a planet ask which masks can be read, and how large they are."""
    write_planet(tmp_path, planet)
    craters = {crater.key: crater for crater in planet.craters}
    path_of = {key: tmp_path / "masks" / f"mask_{key}.tif" for key in craters}
    looked: list[Path] = []

    def look(path: Path, basemap: BasemapGrid) -> PlacedMask:
        looked.append(path)
        return read_mask_on(path, basemap)

    monkeypatch.setattr(mask_folder, "read_mask_on", look)
    for _ in range(2):
        masks = MaskFolder.of(craters, path_of.__getitem__, GRID).readable()
        assert masks.area_m2(3) == pytest.approx(planet.truth[3].area_m2(GRID))
    assert len(looked) == 2

    everything = PlacedMask.from_full(np.ones(GRID.shape, np.bool_), GRID)
    write_mask(path_of["0003"], everything, basemap=GRID, center=LonLat(0, 0))

    masks = MaskFolder.of(craters, path_of.__getitem__, GRID).readable()
    assert masks.area_m2(3) == pytest.approx(4 * np.pi * MERCURY.radius_m**2)
    assert len(looked) == 3


def test_tables_in_metadata_hold_plain_values_and_end_somewhere() -> None:
    """Dagster takes Python's own types only."""
    table = pd.DataFrame(
        {"n": np.arange(MAX_ROWS + 5), "share": 1 / 3, "name": "x", "ok": np.True_}
    )

    value = table_metadata(table)

    assert len(value.records) == MAX_ROWS
    assert value.records[1].data == {"n": 1, "share": 0.3333, "name": "x", "ok": True}
    assert [column.name for column in value.schema.columns] == ["n", "share", "name", "ok"]


def test_whether_a_mask_is_there_is_told_without_reading_it(tmp_path: Path) -> None:
    """Ten steps of the planet ask it of every crater."""
    torn = tmp_path / "torn.tif"
    torn.write_bytes(b"no raster")

    masks = MaskFolder({3: torn}, GRID)

    assert 3 in masks
    assert 8 not in masks
