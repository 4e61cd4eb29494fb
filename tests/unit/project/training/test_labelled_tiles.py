"""Labelled tiles of whatever planets a project knows the ejecta of."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.schemas import LabelledTileTable
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_geo.tiles.tile_locations import tile_locations
from ejmap_project.files.planet_files import write_planet
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Silence
from ejmap_project.settings.project import Project, ProjectPaths
from ejmap_project.training.labelled_tiles import labelled_tiles_of, planet_tiles
from ejmap_project.training.split_table import split_tables
from tests.published_fixture import PublishedFixture
from tests.published_folder import make_published_folder
from tests.tiny_planet import write_sources

SYNTHETIC = {"kind": "synthetic", "seeds": [1], "width_px": 256, "craters": 3}
FILES = {"kind": "files", "mosaic": "m.tif", "craters": "c.csv", "masks": "masks"}
MAPPING = {"tile_side_px": 32}


@pytest.fixture(scope="module")
def planet() -> Planet:
    """A small planet with three craters."""
    return make_planet(
        PlanetConfig(width_px=256, craters=3, old_craters=50, bright_spots=9), seed=1
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> PublishedFixture:
    """A published folder, to be read only."""
    return make_published_folder(tmp_path_factory.mktemp("published"))


def _project(folder: Path, planet: Planet, **settings: Any) -> OpenProject:
    """Write a project's sources as the assets upstream write them; without masks for no truth."""
    paths = ProjectPaths(folder / "project")
    write_sources(paths, planet)
    stated = {"mapping": MAPPING, **settings}
    return OpenProject(settings=Project.model_validate(stated), paths=paths)


def _without_truth(planet: Planet) -> Planet:
    return Planet(raster=planet.raster, basemap=planet.basemap, craters=planet.craters, truth={})


def test_classes_are_connected_times_five_plus_distance(planet: Planet) -> None:
    """Five intervals of one length between the nearest and the farthest square; -1 without one."""
    locations = tile_locations(planet.basemap, side_px=32)

    table = planet_tiles(
        "planet_1",
        planet.craters,
        planet.truth,
        basemap=planet.basemap,
        locations=locations,
        progress=Silence(),
    )

    has_square = table["side_px"] > 0
    used = table[has_square]
    nearest, farthest = used["distance_m"].min(), used["distance_m"].max()
    part = (used["distance_m"] - nearest) / (farthest - nearest) * 5
    # The far end belongs to an interval: (0, 1] is 0, and so is 0 itself.
    expected = 5 * (used["ejecta_px"] > 0) + np.clip(np.ceil(part) - 1, 0, 4)
    assert used["split_class"].tolist() == expected.astype(int).tolist()
    assert (table.loc[~has_square, "split_class"] == -1).all()
    assert 0 < has_square.mean() < 1
    assert len(table) == 3 * len(locations)


def test_training_planets_come_before_the_mapped_one(tmp_path: Path, planet: Planet) -> None:
    """A synthetic project knows both; equal planets have equal tiles."""
    source = {"kind": "synthetic", "seed": 7, "width_px": 256, "craters": 3}
    project = _project(tmp_path, planet, source=source, training=SYNTHETIC)
    write_planet(project.paths.training_planet(1), planet)

    table = labelled_tiles_of(project, Silence())

    assert table["planet"].unique().tolist() == ["planet_1", "own"]
    halves = [
        table[table["planet"] == name].drop(columns="planet").reset_index(drop=True)
        for name in ("planet_1", "own")
    ]
    assert halves[0].equals(halves[1])
    assert table.crs == planet.basemap.crs
    LabelledTileTable.validate(table)


def test_without_masks_only_training_planets_have_tiles(tmp_path: Path, planet: Planet) -> None:
    """The quick look maps a planet of which nobody mapped ejecta."""
    project = _project(
        tmp_path,
        _without_truth(planet),
        source={"kind": "mercury-quicklook"},
        training=SYNTHETIC | {"grey": True},
    )
    write_planet(project.paths.training_planet(1), planet)

    table = labelled_tiles_of(project, Silence())

    assert table["planet"].unique().tolist() == ["planet_1"]


def test_own_masks_are_known_in_the_rectangles_of_the_user(tmp_path: Path, planet: Planet) -> None:
    """Two rectangles by three craters; without a table of them the whole planet is known."""
    project = _project(
        tmp_path,
        planet,
        source=FILES | {"tiles": "tiles.csv"},
        bands="mercury-enhanced",
        training={"kind": "own-masks"},
    )
    tiles = {"tile_id": [4, 2], "row": [10, 60], "col": [240, 0]}
    sizes = {"height_px": [30, 20], "width_px": [40, 20]}
    pd.DataFrame(tiles | sizes).to_csv(project.paths.user_file(Path("tiles.csv")), index=False)
    whole = OpenProject(
        settings=Project.model_validate(
            {"mapping": MAPPING, "source": FILES, "training": {"kind": "own-masks"}}
        ),
        paths=project.paths,
    )

    table = labelled_tiles_of(project, Silence())

    assert table["tile_id"].tolist() == [2, 4] * 3
    assert table["crater_id"].tolist() == [1, 1, 2, 2, 3, 3]
    assert set(table["planet"]) == {"own"}
    everywhere = labelled_tiles_of(whole, Silence())
    assert everywhere["tile_id"].nunique() == len(tile_locations(planet.basemap, side_px=32))


def _published(folder: Path, made: PublishedFixture, *, without: list[str]) -> OpenProject:
    copy = folder / "published"
    shutil.copytree(made.folder, copy)
    for pattern in without:
        for path in copy.glob(pattern):
            path.unlink()
    planet = made.planet
    known = {crater.crater_id for crater in made.labelled}
    has_masks = any(copy.glob("data/cyl_data/mask_crater_*.tif"))
    truth = {one: mask for one, mask in planet.truth.items() if one in known and has_masks}
    return _project(
        folder,
        Planet(raster=planet.raster, basemap=planet.basemap, craters=planet.craters, truth=truth),
        source={"kind": "ejmap-folder", "folder": str(copy)},
        training={"kind": "own-masks"},
    )


def test_published_tiles_are_taken_as_published(tmp_path: Path, made: PublishedFixture) -> None:
    """Distance, counts and class of the published table, not counted again."""
    project = _published(tmp_path, made, without=[])
    given = pd.read_csv(made.data / "conn_data" / "az_positions_all.csv")

    table = labelled_tiles_of(project, Silence())

    found = table.set_index(["crater_id", "tile_id"]).sort_index()
    expected = given.set_index(["crat_FID", "pos_index"]).sort_index().loc[list(found.index)]
    assert len(found) == len(given)
    assert found["ejecta_px"].tolist() == expected["num_1"].tolist()
    assert found["split_class"].tolist() == expected["split_class"].clip(lower=-1).tolist()


def test_published_rectangles_and_masks_are_enough(tmp_path: Path, made: PublishedFixture) -> None:
    """Without the table of tiles they are counted: the same locations for every labelled crater."""
    project = _published(tmp_path, made, without=["data/conn_data/az_positions_all.csv"])

    table = labelled_tiles_of(project, Silence())

    assert set(table["tile_id"]) == set(made.rectangles)
    assert set(table["crater_id"]) == {crater.crater_id for crater in made.labelled}
    row = table[table["tile_id"] == 1].iloc[0]
    window = made.rectangles[1]
    place = [row[f"basemap_{name}"] for name in ("row", "col", "height_px", "width_px")]
    assert place == [window.row, window.col, window.height, window.width]


@pytest.mark.parametrize(
    "without",
    [
        pytest.param(["data/cyl_data/positions_*.csv", "data/ejc_data/human_*.csv"], id="places"),
        pytest.param(
            ["data/cyl_data/mask_*.tif", "data/conn_data/az_positions_all.csv"], id="ejecta"
        ),
    ],
)
def test_a_folder_that_lacks_tiles_has_an_empty_table(
    tmp_path: Path, made: PublishedFixture, without: list[str]
) -> None:
    """Not known where tiles lie, or not what they hold; then there are splits of nothing."""
    project = _published(tmp_path, made, without=without)

    table = labelled_tiles_of(project, Silence())

    assert len(table) == 0
    LabelledTileTable.validate(table)
    splits, index = split_tables(pd.DataFrame(table), project.settings.splits)
    assert len(splits) == 0
    assert index["test_tiles"].sum() == 0


def test_progress_is_told_crater_by_crater(tmp_path: Path, planet: Planet) -> None:
    """A published planet takes minutes."""
    told: list[tuple[str, int, int]] = []

    class Listener(Silence):
        def update(self, what: str, *, done: int, total: int) -> None:
            told.append((what, done, total))

    project = _project(tmp_path, planet, source=FILES, training={"kind": "own-masks"})

    labelled_tiles_of(project, Listener())

    assert told == [("labelled tiles of own", done, 3) for done in (1, 2, 3)]
