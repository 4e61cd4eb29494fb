"""Sensors on edited files: each change is requested once, and a touched file changes nothing."""

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import numpy as np
import pytest

from ejmap_assets.definitions import build_defs
from ejmap_assets.lineage.provenance import RECIPE_TAG
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.resources import ProjectResource
from ejmap_assets.sensors import build_file_sensors
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.rasters.raster import write_cog
from ejmap_project.open_project import OpenProject

SETTINGS = """
bands: mercury-enhanced
source: {kind: files, mosaic: mosaic.tif, craters: craters.csv, masks: masks}
training: {kind: own-masks}
"""
CRATER = Crater(crater_id=1, name="One", center=LonLat(0, 0), radius_m=40_000.0)


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """A project of a mosaic, a table with one crater, and a folder of masks."""
    (tmp_path / "project.yaml").write_text(SETTINGS)
    grid = BasemapGrid(body=MERCURY, width_px=64)
    write_cog(
        tmp_path / "mosaic.tif", np.indices(grid.shape).sum(0).astype(np.uint8) + 9, grid=grid
    )
    write_catalogue(catalogue_from([CRATER], MERCURY), tmp_path / "craters.csv")
    (tmp_path / "masks").mkdir()
    return OpenProject.at(tmp_path)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """An instance without events."""
    with dg.DagsterInstance.ephemeral() as found:
        yield found


def _look(name: str, project: OpenProject, instance: dg.DagsterInstance):
    sensor = next(one for one in build_file_sensors(seconds_between_ticks=1) if one.name == name)
    context = dg.build_sensor_context(
        instance=instance,
        resources={"project": ProjectResource(folder=str(project.paths.folder))},
    )
    return sensor(context)


def _record(project: OpenProject, instance: dg.DagsterInstance, asset: str) -> None:
    """Record an asset as made by the current recipe, and write its file."""
    recipe = book_of(project, instance).recipe(asset)
    tags = {RECIPE_TAG: recipe.digest, "dagster/data_version": "1"}
    instance.report_runless_asset_event(dg.AssetMaterialization(asset, tags=tags))
    place = LINEAGE[asset].output(project.paths, "")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    if asset == "crater_catalogue":
        write_catalogue(catalogue_from([CRATER], MERCURY), place)


def test_a_mosaic_that_was_never_read_is_read(project, instance) -> None:
    """A sensor requests a mosaic that was never read; the run makes only the mosaic."""
    request = _look("mosaic_file", project, instance)

    assert isinstance(request, dg.RunRequest)
    assert request.asset_selection == [dg.AssetKey("basemap_mosaic")]


def test_a_file_that_did_not_change_is_left_alone(project, instance) -> None:
    """A sensor skips an unchanged file and says so in its tick."""
    _record(project, instance, "basemap_mosaic")

    skipped = _look("mosaic_file", project, instance)

    assert isinstance(skipped, dg.SkipReason)
    assert skipped.skip_message == "the files of basemap_mosaic did not change"


def test_a_changed_table_is_asked_for_under_a_key_of_its_own(project, instance) -> None:
    """Each change of a table has one run key, so Dagster runs an unreadable table once."""
    _record(project, instance, "basemap_mosaic")
    first = _look("crater_table", project, instance)
    again = _look("crater_table", project, instance)
    os.utime(project.paths.folder / "craters.csv", ns=(1, 1))
    changed = _look("crater_table", project, instance)

    assert isinstance(first, dg.RunRequest)
    assert first.run_key == again.run_key
    assert first.run_key != changed.run_key


def test_what_cannot_be_made_yet_is_not_asked_for(project, instance) -> None:
    """A sensor does not request the catalogue before the mosaic exists, and names the mosaic."""
    skipped = _look("crater_table", project, instance)

    assert isinstance(skipped, dg.SkipReason)
    assert "crater_catalogue needs basemap_mosaic" in (skipped.skip_message or "")


def test_edited_masks_start_a_retraining(project, instance) -> None:
    """Edited masks start the job retrain without a selection: the job finds what to train."""
    _record(project, instance, "basemap_mosaic")
    _record(project, instance, "crater_catalogue")

    request = _look("manual_mask_files", project, instance)

    assert isinstance(request, dg.RunRequest)
    assert request.asset_selection is None


def test_every_sensor_belongs_to_a_job_of_the_code_location() -> None:
    """Every sensor targets a job of the code location; Dagster notices a typo only at a tick."""
    jobs = {job.name for job in build_defs().jobs or []}

    for sensor in build_file_sensors(seconds_between_ticks=1):
        assert {target.job_name for target in sensor.targets} <= jobs
