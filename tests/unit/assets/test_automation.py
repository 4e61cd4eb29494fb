"""Automation conditions read the project once a tick."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from ejmap_assets.automation import TickBook

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
