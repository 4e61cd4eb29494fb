"""Automation conditions read the project once a tick."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from ejmap_assets.automation import TickBook
from ejmap_assets.definitions import build_defs
from ejmap_assets.lineage.row import Rule
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.lineage.selection import crater_steps_of, partitioned_by
from ejmap_assets.partitions import Partitioning
from tests.chunk_bench import KEYS, Bench

SETTINGS = """
source: {kind: synthetic, seed: 5}
training: {kind: synthetic, seeds: [1]}
"""


class _View:
    """Stands for the graph view that Dagster makes for every tick."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance


def _context(view: _View) -> Any:
    return SimpleNamespace(asset_graph_view=view)


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "project.yaml").write_text(SETTINGS)
    monkeypatch.setenv("EJMAP_PROJECT", str(tmp_path))


def test_what_is_recorded_during_a_tick_is_seen_by_all_rules_of_the_next() -> None:
    """All conditions of a tick see one state; events during the tick appear at the next."""
    ticks = TickBook()
    with dg.DagsterInstance.ephemeral() as instance:
        tick = _View(instance)
        craters = ticks.book(_context(tick))
        instance.report_runless_asset_event(dg.AssetMaterialization("crater_catalogue"))

        its_map = ticks.book(_context(tick))
        later = ticks.book(_context(_View(instance)))

        assert its_map is craters
        assert its_map.last("crater_catalogue") is None
        assert later.last("crater_catalogue") is not None


def test_the_first_tick_requests_what_is_missing_and_the_next_does_not(tmp_path: Path) -> None:
    """Whoever switches keep_up_to_date on need not change anything before it maps."""
    everything = dg.AssetSelection.all()
    with dg.DagsterInstance.ephemeral() as instance:
        Bench(tmp_path, instance)
        defs = build_defs()

        first = dg.evaluate_automation_conditions(defs, instance, everything)
        second = dg.evaluate_automation_conditions(defs, instance, everything, cursor=first.cursor)

    for asset in ("azimuthal_mosaic", "tile_store", "basemap_mask"):
        assert first.get_requested_partitions(dg.AssetKey(asset)) == set(KEYS), asset
        assert not second.get_requested_partitions(dg.AssetKey(asset)), asset
    of_map = [name for name, row in LINEAGE.items() if row.rule is Rule.AFTER_CRATERS]
    for asset in of_map:
        # Before its inputs it would be made twice.
        assert first.get_num_requested(dg.AssetKey(asset)) == 0, asset
    assert "manual_comparison" in of_map


def test_what_the_project_does_not_make_is_not_requested(tmp_path: Path) -> None:
    """Its backfill would stay open, and the map would wait for it: no ensemble promises here."""
    everything = dg.AssetSelection.all()
    with dg.DagsterInstance.ephemeral() as instance:
        project = Bench(tmp_path, instance).project

        tick = dg.evaluate_automation_conditions(build_defs(), instance, everything)

    of_craters = partitioned_by(Partitioning.CRATERS)
    requested = {one for one in of_craters if tick.get_requested_partitions(dg.AssetKey(one))}
    assert requested == {*crater_steps_of(project)}
    assert "promised_recall_mask" not in requested
