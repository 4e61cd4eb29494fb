"""Labelled tiles and their splits as artefacts: files, numbers and pictures that agree."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from ejmap_geo.craters.schemas import LabelledTileTable, SplitIndex, SplitTable
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_project.artefact import Artefact
from ejmap_project.files.planet_files import write_planet
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Silence
from ejmap_project.training.labelled_tiles import label_tiles
from ejmap_project.training.split_choice import read_split
from ejmap_project.training.split_table import split_tiles
from tests.tiny_planet import OWN_MASKS, write_project

SPLITS = "splits: {count: 3, learning_curve: [10], used: 2}\n"
SYNTHETIC = """
source: {kind: synthetic, seed: 7, width_px: 256, craters: 3}
training: {kind: synthetic, seeds: [1], width_px: 256, craters: 3}
mapping: {tile_side_px: 32}
splits: {count: 1}
"""


@pytest.fixture(scope="module")
def planet() -> Planet:
    """A small planet with three craters."""
    return make_planet(
        PlanetConfig(width_px=256, craters=3, old_craters=50, bright_spots=9), seed=1
    )


def _made(project: OpenProject) -> tuple[Artefact, Artefact]:
    return label_tiles(project, Silence()), split_tiles(project)


def test_tables_and_pictures_are_made(tmp_path: Path, planet: Planet) -> None:
    """GeoParquet for QGIS with CSV beside it, valid tables, and numbers that agree with them."""
    project = write_project(tmp_path, planet, OWN_MASKS + SPLITS)
    paths = project.paths

    labels, split = _made(project)

    tiles = gpd.read_parquet(paths.labelled_tiles)
    splits, index = pd.read_parquet(paths.splits), pd.read_parquet(paths.split_index)
    for schema, table in ((LabelledTileTable, tiles), (SplitTable, splits), (SplitIndex, index)):
        schema.validate(table)
    assert len(pd.read_csv(paths.labelled_tiles.with_suffix(".csv"))) == len(tiles)
    assert tiles.geometry.area.sum() == pytest.approx(
        3 * 256 * 128 * planet.basemap.resolution_m**2
    )
    used = tiles[tiles["split_class"] >= 0]
    assert labels.metadata["tiles"] == len(tiles)
    assert labels.metadata["used_tiles"] == len(used)
    assert labels.metadata["connected_share"] == pytest.approx((used["ejecta_px"] > 0).mean())
    assert "picture_own" in labels.metadata
    assert index["split"].tolist() == [0, 1, 2, 1010]
    assert "picture_of_split_2" in split.metadata
    chosen = read_split(paths, 2)
    assert (chosen["test"] == 1).sum() == index["test_tiles"].iloc[2]


def test_synthetic_planets_train_and_the_mapped_one_tests(tmp_path: Path, planet: Planet) -> None:
    """Both are pictured; the split is that of the planets."""
    project = write_project(tmp_path, planet, SYNTHETIC)
    write_planet(project.paths.training_planet(1), planet)

    labels, _ = _made(project)

    splits = pd.read_parquet(project.paths.splits)
    flags = {name: set(rows["test_0"]) for name, rows in splits.groupby("planet")}
    assert flags == {"own": {-1, 1}, "planet_1": {-1, 0}}
    assert {"picture_own", "picture_planet_1"} <= set(labels.metadata)


def test_the_same_tiles_have_the_same_content(tmp_path: Path, planet: Planet) -> None:
    """What is made from them is then not made again."""
    project = write_project(tmp_path, planet, OWN_MASKS + SPLITS)

    first, second = _made(project), _made(project)

    assert [one.content for one in first] == [one.content for one in second]
