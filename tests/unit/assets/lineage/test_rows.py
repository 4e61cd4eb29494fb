"""Changed sources make artefacts stale, and a map without a file counts as missing."""

import os
from pathlib import Path

import numpy as np
import pytest

from ejmap_assets.lineage.row import Rule
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import crater_steps_of, inputs_of
from ejmap_cli.main import main
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.open_project import OpenProject
from ejmap_project.settings.project import ProjectPaths
from ejmap_project.settings.sources import FilesSource
from tests.tiny_planet import OWN_MASKS
from tests.tiny_presets import EJCONN, POLAR


@pytest.fixture
def own(tmp_path: Path) -> OpenProject:
    """A project of files that lie under a long path with spaces."""
    files = tmp_path / "planetary data of an observatory" / "with a name that goes on and on"
    files.mkdir(parents=True)
    grid = BasemapGrid(body=MERCURY, width_px=64)
    write_cog(files / "mosaic.tif", np.indices(grid.shape).sum(0).astype(np.uint8) + 9, grid=grid)
    crater = Crater(crater_id=1, name="One", center=LonLat(0, 0), radius_m=40_000.0)
    write_catalogue(catalogue_from([crater], MERCURY), files / "craters.csv")
    folder = tmp_path / "mine"
    names = ("--mosaic", str(files / "mosaic.tif"), "--craters", str(files / "craters.csv"))
    assert main(["new", str(folder), *names]) == 0
    return OpenProject.at(folder)


def _source(project: OpenProject) -> FilesSource:
    source = project.settings.source
    assert isinstance(source, FilesSource)
    return source


def test_a_long_path_with_spaces_reaches_the_settings_whole(own: OpenProject) -> None:
    """A long path with spaces survives the YAML writer, which wraps lines at 80 columns."""
    assert _source(own).mosaic.is_file()
    assert _source(own).craters.is_file()


@pytest.mark.parametrize(
    ("name", "asset"), [("mosaic", "basemap_mosaic"), ("craters", "crater_catalogue")]
)
def test_a_file_that_is_edited_in_place_makes_the_sources_stale(
    own: OpenProject, name: str, asset: str
) -> None:
    """A file edited in place makes the sources stale, although its path stays the same."""
    node = LINEAGE[asset]
    before = node.settings(own, "")
    file: Path = getattr(_source(own), name)

    os.utime(file, ns=(1, 1))

    assert node.settings(own, "") != before


def test_a_map_without_its_label_map_is_not_there(tmp_path: Path) -> None:
    """A map counts as missing without its label map, even if the preview exists."""
    paths = ProjectPaths(tmp_path)

    beside = LINEAGE["global_map"].beside(paths)

    rasters = {paths.label_map, paths.composite, paths.overlap_count}
    assert {*beside} == rasters | {paths.map_craters, paths.map_layers, paths.ejecta_outlines}


def test_every_asset_is_automated_or_known_to_be_made_on_request() -> None:
    """Whoever forgets the rule of a new asset would wait for it in vain."""
    on_request = {name for name, row in LINEAGE.items() if row.rule is Rule.ON_REQUEST}

    assert on_request == {
        *("basemap_mosaic", "crater_catalogue", "manual_masks"),  # sensors watch their files
        *("training_planets", "labelled_tiles", "split_table", "crater_classifier"),
        *(f"{kind}_{what}" for kind in ("ejconn", "ejseg") for what in ("samples", "model")),
        *("promoted_ejconn", "promoted_ejseg"),
        "release",
    }


def test_settings_and_inputs_of_a_crater_are_those_of_any(own: OpenProject) -> None:
    """A recipe book asks for them once: what differs from crater to crater is in its inputs."""
    for name in crater_steps_of(own):
        row = LINEAGE[name]
        assert row.settings(own, "0001") == row.settings(own, "0002")
        assert inputs_of(own, name, "0001") == inputs_of(own, name, "0002")


def test_one_more_label_makes_the_map_stale_and_no_crater(tmp_path: Path) -> None:
    """The table of the map tells who is labelled; what craters are made of stays as it was."""
    for name, text in (
        ("project.yaml", OWN_MASKS),
        ("ejconn_test.yaml", EJCONN),
        ("ejseg_test.yaml", POLAR),
    ):
        (tmp_path / name).write_text(text)
    project = OpenProject.at(tmp_path)
    names = [*crater_steps_of(project), "crater_catalogue", "global_map"]
    before = {name: repr(LINEAGE[name].settings(project, "0001")) for name in names}

    project.paths.manual_masks.mkdir(parents=True)
    project.paths.manual_mask("0001").touch()

    after = {name: repr(LINEAGE[name].settings(project, "0001")) for name in names}
    assert {name for name in names if before[name] != after[name]} == {"global_map"}
    assert "manual_masks" not in inputs_of(project, "global_map")


def test_one_name_of_an_area_has_one_meaning() -> None:
    """Areas of a crater's mask on the map are called otherwise than those on its own raster."""
    tables = {name: row.table.to_schema() for name, row in LINEAGE.items() if row.table is not None}
    of_craters = {
        name: {str(one) for one in table.columns if str(one).endswith("_km2")}
        for name, table in tables.items()
        if "crater_id" in table.columns
        and (table.columns["crater_id"].unique or table.unique == ["crater_id"])
    }

    on_map = of_craters["global_map"] | of_craters["ejecta_contrast"]
    on_own_raster = of_craters["crater_pattern"] | of_craters["crater_patterns"]
    assert "mask_km2" in on_map
    assert "ejecta_km2" in on_own_raster
    # Both carry the number that promised_recall_mask has written.
    assert on_map & on_own_raster == {"expected_km2"}
    assert all(not found for found in of_craters.values() if found - on_map - on_own_raster)
