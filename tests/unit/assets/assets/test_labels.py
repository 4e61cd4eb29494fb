"""Labelled tiles and splits, made by Dagster on a planet of a moment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import geopandas as gpd
import pandas as pd
import pytest
import yaml

from ejmap_assets.assets.training import labelled_tiles, split_table
from ejmap_assets.lineage.provenance import DATA_VERSION_TAG
from ejmap_assets.resources import ProjectResource
from ejmap_geo.craters.catalogue import catalogue_from, write_catalogue
from ejmap_geo.craters.schemas import LabelledTileTable, SplitIndex, SplitTable
from ejmap_geo.rasters.raster import write_cog
from ejmap_geo.synthetic.planet import Planet, PlanetConfig, make_planet
from ejmap_project.files.mask_file import write_mask
from ejmap_project.files.planet_files import write_planet
from ejmap_project.progress import Silence
from ejmap_project.settings.project import ProjectPaths
from ejmap_project.training.split_choice import read_split

UPSTREAM = ["training_planets", "basemap_mosaic", "crater_catalogue", "manual_masks"]
SETTINGS = {
    "source": {"kind": "files", "mosaic": "m.tif", "craters": "c.csv", "masks": "masks"},
    "training": {"kind": "own-masks"},
    "mapping": {"tile_side_px": 32},
    "splits": {"count": 3, "learning_curve": [10], "used": 2},
}


@pytest.fixture(scope="module")
def planet() -> Planet:
    """A small planet with three craters."""
    return make_planet(
        PlanetConfig(width_px=256, craters=3, old_craters=50, bright_spots=9), seed=1
    )


def _project(folder: Path, planet: Planet, settings: Mapping[str, Any]) -> ProjectPaths:
    paths = ProjectPaths(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths.settings.write_text(yaml.safe_dump(dict(settings)), encoding="utf-8")
    write_cog(paths.basemap_mosaic, planet.raster, grid=planet.basemap, nodata=0)
    write_catalogue(catalogue_from(planet.craters, planet.basemap.body), paths.crater_catalogue)
    for crater in planet.craters:
        write_mask(
            paths.manual_mask(crater.key),
            planet.truth[crater.crater_id],
            basemap=planet.basemap,
            center=crater.center,
        )
    return paths


def _made(paths: ProjectPaths) -> dict[str, dg.AssetMaterialization]:
    """Return the materialisations of both assets, whose sources lie on disk already."""
    resources = {"project": ProjectResource(folder=str(paths.folder)), "progress": Silence()}
    with dg.instance_for_test() as instance:
        for name in UPSTREAM:
            instance.report_runless_asset_event(
                dg.AssetMaterialization(name, tags={DATA_VERSION_TAG: "1"})
            )
        result = dg.materialize(
            [labelled_tiles, split_table], resources=resources, instance=instance
        )
        events = result.get_asset_materialization_events()
    made = (event.step_materialization_data.materialization for event in events)
    return {one.asset_key.to_user_string(): one for one in made}


def _value(made: dg.AssetMaterialization, name: str) -> Any:
    return made.metadata[name].value


def test_tables_and_pictures_are_made(tmp_path: Path, planet: Planet) -> None:
    """GeoParquet for QGIS with CSV beside it, valid tables, and numbers that agree with them."""
    paths = _project(tmp_path, planet, SETTINGS)

    made = _made(paths)

    tiles = gpd.read_parquet(paths.labelled_tiles)
    splits, index = pd.read_parquet(paths.splits), pd.read_parquet(paths.split_index)
    for schema, table in ((LabelledTileTable, tiles), (SplitTable, splits), (SplitIndex, index)):
        schema.validate(table)
    assert len(pd.read_csv(paths.labelled_tiles.with_suffix(".csv"))) == len(tiles)
    assert tiles.geometry.area.sum() == pytest.approx(
        3 * 256 * 128 * planet.basemap.resolution_m**2
    )
    used = tiles[tiles["split_class"] >= 0]
    labels = made["labelled_tiles"]
    assert _value(labels, "tiles") == len(tiles)
    assert _value(labels, "used_tiles") == len(used)
    assert _value(labels, "connected_share") == pytest.approx((used["ejecta_px"] > 0).mean())
    assert "picture_own" in labels.metadata
    assert index["split"].tolist() == [0, 1, 2, 1010]
    assert "picture_of_split_2" in made["split_table"].metadata
    chosen = read_split(paths, 2)
    assert (chosen["test"] == 1).sum() == index["test_tiles"].iloc[2]


def test_synthetic_planets_train_and_the_mapped_one_tests(tmp_path: Path, planet: Planet) -> None:
    """Both are pictured; the split is that of the planets."""
    settings = SETTINGS | {
        "source": {"kind": "synthetic", "seed": 7, "width_px": 256, "craters": 3},
        "training": {"kind": "synthetic", "seeds": [1], "width_px": 256, "craters": 3},
        "splits": {"count": 1},
    }
    paths = _project(tmp_path, planet, settings)
    write_planet(paths.training_planet(1), planet)

    made = _made(paths)

    splits = pd.read_parquet(paths.splits)
    flags = {name: set(rows["test_0"]) for name, rows in splits.groupby("planet")}
    assert flags == {"own": {-1, 1}, "planet_1": {-1, 0}}
    assert {"picture_own", "picture_planet_1"} <= set(made["labelled_tiles"].metadata)


def test_the_same_tiles_have_the_same_data_version(tmp_path: Path, planet: Planet) -> None:
    """What is made from them is then not made again."""
    paths = _project(tmp_path, planet, SETTINGS)

    first, second = _made(paths), _made(paths)

    for name in ("labelled_tiles", "split_table"):
        versions = {(made[name].tags or {})[DATA_VERSION_TAG] for made in (first, second)}
        assert len(versions) == 1
