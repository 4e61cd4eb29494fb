"""Scores in labelled tiles as artefacts, on a tiny planet whose ejecta are known."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.masks.placed_mask import PlacedMask
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.artefact import Artefact
from ejmap_project.comparison.model_comparison import compare_models
from ejmap_project.files.mask_file import write_mask
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Silence
from ejmap_project.scoring.map_scores import score_labelled_tiles, score_map
from tests.labelled_tiles import LabelledTile, write_labelled_tiles

BASEMAP = BasemapGrid(body=MERCURY, width_px=64)
CRATERS = [
    Crater(crater_id=number, name=name, center=LonLat(lon_deg, 0.0), radius_m=40_000.0)
    for number, name, lon_deg in ((0, "Hokusai", -60.3), (3, "Han Kan", 70.4))
]
TILES = (
    LabelledTile(0, 12, 14, 0),
    LabelledTile(1, 12, 24, 1),
    LabelledTile(2, 14, 44, 0),
    LabelledTile(5, 20, 60, -1),
)
SETTINGS = """
bands: mercury-enhanced
source: {kind: files, mosaic: mosaic.tif, craters: craters.csv, masks: masks}
training: {kind: own-masks}
splits: {count: 1, used: 0}
"""


class Bench:
    """A project with masks, labelled tiles and a split."""

    def __init__(self, folder: Path) -> None:
        (folder / "project.yaml").write_text(SETTINGS)
        self.project = OpenProject.at(folder)
        self.paths = self.project.paths
        mosaic = np.full((3, *BASEMAP.shape), 9, np.uint8)
        write_cog(self.paths.basemap_mosaic, mosaic, grid=BASEMAP)
        write_catalogue(catalogue_from(CRATERS, MERCURY), self.paths.crater_catalogue)
        for crater, col in zip(CRATERS, (16, 26), strict=True):
            self.put(self.paths.manual_mask(crater.key), crater, slice(col, col + 4))
            self.put(self.paths.basemap_mask(crater.key), crater, slice(col + 1, col + 5))
        self.put_tables()

    def put(self, path: Path, crater: Crater, cols: slice) -> None:
        """Write a mask of two rows."""
        full = np.zeros(BASEMAP.shape, np.bool_)
        full[14:16, cols] = True
        placed = PlacedMask.from_full(full, BASEMAP)
        write_mask(path, placed, basemap=BASEMAP, center=crater.center)

    def put_tables(self) -> None:
        """Write the labelled tiles and one split of them, beside a planet that is not mapped."""
        write_labelled_tiles(
            self.paths,
            CRATERS,
            TILES,
            shape=(6, 8),
            crs=BASEMAP.crs,
            planets=("own", "planet_3"),
        )
        index = {"split": [0], "kind": "random", "locations": 3, "train_tiles": 4, "test_tiles": 2}
        pd.DataFrame(index).to_parquet(self.paths.split_index)

    def make(self) -> dict[str, Artefact]:
        """Make the scores anew; return them by the name of their asset."""
        return {
            "tile_scores": score_labelled_tiles(self.project, Silence()),
            "map_scores": score_map(self.project),
            "model_comparison": compare_models(self.project),
        }


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Give a project that can be scored."""
    return Bench(tmp_path_factory.mktemp("evaluated"))


@pytest.fixture(scope="module")
def made(bench: Bench) -> dict[str, Mapping[str, object]]:
    """Give what the artefacts report."""
    return {name: artefact.metadata for name, artefact in bench.make().items()}


def test_tiles_that_are_not_used_are_told_apart(made) -> None:
    """Two craters in three used locations of which one tests; the other planet is not scored."""
    found = made["tile_scores"]

    assert (found["tiles"], found["test_tiles"], found["unused_tiles"]) == (6, 2, 2)
    assert (found["labelled_craters"], found["tile_locations"]) == (2, 3)
    assert found["craters_without_connections"] == 2


def test_scores_are_those_of_hand_arithmetic(made) -> None:
    """Each crater: 8 true pixels, 8 found, 6 of them right; the second crater's tile tests."""
    found = made["map_scores"]

    assert found["tvt_pixel_f1"] == pytest.approx(6 / 8)
    assert found["test_pixel_iou"] == pytest.approx(6 / 10)
    assert found["tvt_tile_f1"] == 1.0
    assert found["tvt_pixel_accuracy"] == pytest.approx(1 - 8 / (6 * 48))
    assert not any(name.startswith(("ceiling", "ejconn")) for name in found)


@pytest.mark.usefixtures("made")
def test_tables_lie_as_parquet_and_as_csv(bench: Bench) -> None:
    """With the same rows; the tiles carry their place for a GIS."""
    for path in (
        bench.paths.tile_scores,
        bench.paths.map_scores,
        bench.paths.connection_matrix,
        bench.paths.model_comparison,
    ):
        assert len(pd.read_csv(path.with_suffix(".csv"))) == len(pd.read_parquet(path)), path
    tiles = gpd.read_parquet(bench.paths.tile_scores)
    assert tiles.crs == BASEMAP.crs
    assert tiles.geometry.iloc[0].bounds == (14, -18, 22, -12)
    matrix = pd.read_csv(bench.paths.connection_matrix.with_suffix(".csv"))
    assert matrix.to_numpy().tolist() == [[0, 3, 0], [1, 0, 3], [2, 0, 0]]


def test_every_asset_shows_a_picture_but_a_comparison_of_nothing(bench: Bench, made) -> None:
    """Plots are files too; no model was trained here."""
    assert "picture" in made["tile_scores"]
    names = ("connection_matrix", "F1_over_scale", "F1_of_craters")
    assert all(f"picture_{name}" in made["map_scores"] for name in names)
    folder = bench.paths.map_scores.with_suffix("")
    assert sorted(path.stem for path in folder.glob("*.png")) == sorted(names)
    assert made["model_comparison"]["ejseg_members"] == 0
    assert "learning curve" in made["model_comparison"]["not_plotted"]


@pytest.mark.usefixtures("made")
def test_the_same_masks_give_the_same_content(bench: Bench) -> None:
    """What was made from these tables stays current."""
    first, second = bench.make(), bench.make()

    assert {name: one.content for name, one in first.items()} == {
        name: one.content for name, one in second.items()
    }


@pytest.mark.usefixtures("made")
def test_nothing_known_is_said_and_no_error(bench: Bench) -> None:
    """A planet of which nobody mapped ejecta has scores of nothing."""
    labelled = gpd.read_parquet(bench.paths.labelled_tiles)
    labelled[labelled["planet"] != "own"].to_parquet(bench.paths.labelled_tiles)

    found = bench.make()

    assert found["tile_scores"].metadata["tiles"] == 0
    assert "give manual masks" in str(found["map_scores"].metadata["nothing_to_score"])
