"""Craters that vetting holds back: not mapped automatically, not drawn, named without a warning."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import geopandas as gpd
import pandas as pd
import pytest
import rasterio

from ejmap_assets.definitions import build_defs
from ejmap_assets.lineage.provenance import DATA_VERSION_TAG, last_record
from ejmap_assets.resources import ProjectResource
from ejmap_assets.runs.in_process import SILENT_LOG, RunFailedError
from ejmap_assets.runs.runner import Runner
from ejmap_cli.console import Console
from ejmap_geo.maps.label_map import NODATA
from ejmap_project.open_project import OpenProject
from tests.chunk_bench import Bench

HOLDING = "vetting: {light_azimuth_deg: 270, hold_back: true}\n"


def _holding(project: OpenProject, scores: dict[int, float]) -> OpenProject:
    """Return the project with hold_back set, and write these scores of its catalogue."""
    folder = project.paths.folder
    settings = folder / "project.yaml"
    settings.write_text(settings.read_text().replace(HOLDING, "") + HOLDING)
    path = project.paths.crater_candidates
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = {"crater_id": list(scores), "score": list(scores.values())}
    pd.DataFrame(rows).to_parquet(path)
    return OpenProject.at(folder)


def _refresh_map(project: OpenProject, instance: dg.DagsterInstance) -> None:
    for name in ("basemap_mosaic", "crater_catalogue"):
        instance.report_runless_asset_event(
            dg.AssetMaterialization(name, tags={DATA_VERSION_TAG: "1"})
        )
    resource = ProjectResource(folder=str(project.paths.folder))
    job = build_defs(resource_overrides={"project": resource}).resolve_job_def("refresh_map")
    assert job.execute_in_process(instance=instance, run_config=SILENT_LOG).success


def test_a_crater_that_is_held_back_is_off_the_map_and_named(project, instance, mapped) -> None:
    """The map omits and names a held-back crater and keeps its mask; a better score draws it."""
    mapped.mask()

    _refresh_map(_holding(project, {1: 0.9, 2: 0.01, 3: 0.9}), instance)
    record = last_record(instance, "global_map")
    with rasterio.open(project.paths.label_map) as raster:
        is_empty = (raster.read(1) == NODATA).all()
    _refresh_map(_holding(project, {1: 0.9, 2: 0.5, 3: 0.9}), instance)
    with rasterio.open(project.paths.label_map) as raster:
        is_drawn = (raster.read(1) == 2).any()

    assert record is not None
    assert record.metadata["held_back_craters"].value == ["0002"]
    assert record.metadata["held_back_count"].value == 1
    assert is_empty
    assert is_drawn


def test_the_check_of_the_map_names_them_and_misses_none(project, instance) -> None:
    """The map's check names held-back craters without a warning, even if all are held back."""
    _refresh_map(_holding(project, {1: 0.01, 2: 0.01, 3: 0.01}), instance)

    key = dg.AssetCheckKey(dg.AssetKey("global_map"), "map_holds_every_crater")
    last = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)[0]
    assert isinstance(last.evaluation, dg.AssetCheckEvaluation)
    assert last.evaluation.passed
    assert last.evaluation.description == (
        "all 0 craters are on the map and up to date; 3 held back (0001, 0002, 0003)"
    )


def test_a_damaged_mask_does_not_keep_the_map_from_being_drawn(project, instance, mapped) -> None:
    """A crater with an unreadable mask counts as failed in the map's record, table and check."""
    mapped.mask()
    damaged = project.paths.basemap_mask("0002")
    os.truncate(damaged, 200)

    _refresh_map(project, instance)

    record = last_record(instance, "global_map")
    assert record is not None
    assert record.metadata["failed_craters"].value == ["0002"]
    assert record.metadata["damaged_masks"].value == [str(damaged)]
    table = gpd.read_file(project.paths.map_craters).set_index("crater_id")
    assert table.loc[2, "state"] == "failed"
    assert table["mask_km2"].isna().loc[2]
    key = dg.AssetCheckKey(dg.AssetKey("global_map"), "map_holds_every_crater")
    last = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)[0]
    assert isinstance(last.evaluation, dg.AssetCheckEvaluation)
    assert last.evaluation.description is not None
    assert "1 failed (0002)" in last.evaluation.description
    assert "Delete the damaged masks of 0002, then run repair" in last.evaluation.description


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Four craters: crater 2 is doubtful and crater 4 has no score."""
    monkeypatch.setenv("EJMAP_PROJECT", str(tmp_path))
    with dg.DagsterInstance.ephemeral() as instance:
        one = Bench(tmp_path, instance)
        one.project = _holding(one.project, {1: 0.9, 2: 0.01, 3: 0.9})
        yield one


def test_repair_maps_the_others(bench: Bench) -> None:
    """Repair maps the craters that are not held back; the map fails here without a mosaic."""
    defs = build_defs(resource_overrides={"project": ProjectResource()}, steps=bench.steps.build())

    with pytest.raises(RunFailedError):
        Runner(bench.project, bench.instance, Console(io.StringIO()), defs=defs).repair()

    assert {key for _, key in bench.steps.made} == {"0001", "0003"}


def test_the_rules_ask_for_a_crater_once_it_is_released(bench: Bench) -> None:
    """The automation condition requests a crater after its score rises above the limit."""
    first = dg.AssetKey("azimuthal_mosaic")
    look: dict[str, Any] = {
        "defs": build_defs(steps=bench.steps.build()),
        "instance": bench.instance,
        "asset_selection": dg.AssetSelection.assets(first),
    }

    before = dg.evaluate_automation_conditions(**look)
    _holding(bench.project, {1: 0.9, 2: 0.9, 3: 0.9, 4: 0.01})
    released = dg.evaluate_automation_conditions(**look, cursor=before.cursor)

    assert released.get_requested_partitions(first) == {"0002"}
