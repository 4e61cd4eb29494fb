"""What a look at a project of a thousand mapped craters costs: status, a tick, and its history.

A mapped project is copied without its craters; as many as asked take their place, each with files
of a byte and with events as the recipes of today ask for them, so that nothing is to be done.
"""

import argparse
import logging
import multiprocessing
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg
import numpy as np
from dagster._core.definitions.asset_daemon_cursor import AssetDaemonCursor
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph
from dagster._core.definitions.automation_tick_evaluation_context import (
    AutomationTickEvaluationContext,
)
from dagster._daemon.asset_daemon import (
    asset_daemon_cursor_from_instigator_serialized_cursor,
    asset_daemon_cursor_to_instigator_serialized_cursor,
)

from ejmap_assets.definitions import build_defs
from ejmap_assets.lineage.provenance import event_tags
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.lineage.records import RecordCache
from ejmap_assets.lineage.selection import partitioned_by
from ejmap_assets.partitions import CRATERS_NAME, Partitioning
from ejmap_assets.runs.instance import home_of, open_instance
from ejmap_assets.status.project_status import status_of
from ejmap_assets.status.standing import artefacts_made
from ejmap_geo.craters.catalogue import Crater, catalogue_from, write_catalogue
from ejmap_geo.grids.coords import LonLat
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths

T = TypeVar("T")
RADIUS_M = 10_000.0
MEAN_EVENT_BYTES = """SELECT asset_key, AVG(LENGTH(event)) FROM event_logs
  WHERE dagster_event_type = 'ASSET_MATERIALIZATION' AND partition IS NOT NULL GROUP BY asset_key"""


def main() -> None:
    """Print CPU seconds for projects of some numbers of craters, as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path, help="a project that is mapped and up to date")
    parser.add_argument("--craters", type=int, nargs="+", default=[100, 300, 1000])
    options = parser.parse_args()
    print("| look | " + " | ".join(f"{count} craters" for count in options.craters) + " |")
    # The code server keeps the records of one project.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as pool:
        columns = list(pool.map(_measured, repeat(options.project), options.craters))
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(f"{one[name]:.2f} s" for one in columns) + " |")
    print()
    for asset, size in _event_bytes(home_of(options.project)):
        print(f"an event of {asset} takes {size / 1000:.1f} kB")


def _measured(source: Path, count: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "project"
        copy_project(source, folder)
        # The instance names the project to the conditions of a tick.
        with open_instance(folder) as instance:
            project = OpenProject.at(folder)
            fill(project, instance, count)
            return _looks(project, instance)


def copy_project(source: Path, folder: Path) -> None:
    """Copy a project and its history, without craters and pictures."""
    own = ProjectPaths(source)
    left_out = {own.all_craters, own.all_pictures, home_of(source)}
    shutil.copytree(
        source,
        folder,
        ignore=lambda at, names: [one for one in names if Path(at) / one in left_out],
    )
    shutil.copytree(home_of(source), home_of(folder))


def fill(project: OpenProject, instance: dg.DagsterInstance, count: int) -> None:
    """Put craters into a project, and record everything that is not up to date as made."""
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(-180, 180, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    craters = [
        Crater(crater_id=one, name="", center=LonLat(lon[one], lat[one]), radius_m=RADIUS_M)
        for one in range(count)
    ]
    write_catalogue(
        catalogue_from(craters, project.settings.planet), project.paths.crater_catalogue
    )
    _record(project, instance, "crater_catalogue", [None])
    for key in instance.get_dynamic_partitions(CRATERS_NAME):
        instance.delete_dynamic_partition(CRATERS_NAME, key)
    instance.add_dynamic_partitions(CRATERS_NAME, [one.key for one in craters])
    wanted: dict[str, list[str | None]] = {}
    for _, asset, partition in artefacts_made(book_of(project, instance)):
        wanted.setdefault(asset, []).append(partition)
    for asset, keys in wanted.items():
        _record(project, instance, asset, keys)


def _record(
    project: OpenProject, instance: dg.DagsterInstance, asset: str, keys: list[str | None]
) -> None:
    """Record those artefacts of an asset that are not up to date as made just now."""
    book = book_of(project, instance).snapshot()
    for key in keys:
        if book.is_current(asset, key):
            continue
        files = book.files(asset, key)
        for place in files.places:
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                place.write_bytes(b"0")
        manifest = files.take()
        files.write(manifest)
        made = book.last(asset, key)
        content = f"{asset} {key}" if made is None else made.data_version
        tags = event_tags(book.recipe(asset, key), data_version=content, files=manifest.digest)
        instance.report_runless_asset_event(
            dg.AssetMaterialization(asset, partition=key, tags=tags, metadata={"seconds": 1.0})
        )


def _looks(project: OpenProject, instance: dg.DagsterInstance) -> dict[str, float]:
    found: dict[str, float] = {}
    kept = home_of(project.paths.folder) / "records.json"
    kept.unlink(missing_ok=True)
    for name in ("first status", "status"):
        cache = RecordCache(kept)
        found[name], told = _timed(lambda cache=cache: status_of(book_of(project, instance), cache))
        cache.keep()
    if not told.is_current:
        why = [(one.title, dict(one.why)) for one in told.steps if one.why]
        raise SystemExit(f"{project.paths.folder} is not up to date: {why}")
    graph = build_defs().resolve_asset_graph()
    cursor = AssetDaemonCursor.empty()
    for name in ("first tick", "tick with nothing to do"):
        found[name], (requests, cursor, _) = _timed(
            lambda cursor=cursor: _tick(instance, graph, cursor)
        )
        if requests:
            raise SystemExit(f"{name} requested {len(requests)} runs, but nothing is to be done")
    return found


def _tick(
    instance: dg.DagsterInstance, graph: AssetGraph, cursor: AssetDaemonCursor
) -> tuple[Any, AssetDaemonCursor, Any]:
    """Do what the code server does at a tick of ``keep_up_to_date``."""
    looked = AutomationTickEvaluationContext(
        evaluation_id=cursor.evaluation_id + 1,
        instance=instance,
        asset_graph=graph,
        cursor=cursor,
        materialize_run_tags={},
        observe_run_tags={},
        auto_observe_asset_keys=set(),
        asset_selection=dg.AssetSelection.all(),
        logger=logging.getLogger("tick"),
        emit_backfills=True,
    ).evaluate()
    # The daemon keeps it in its history, as text.
    text = asset_daemon_cursor_to_instigator_serialized_cursor(looked[1])
    asset_daemon_cursor_from_instigator_serialized_cursor(text, graph)
    return looked


def _timed(look: Callable[[], T]) -> tuple[float, T]:
    begun = time.process_time()
    answer = look()
    return time.process_time() - begun, answer


def _event_bytes(home: Path) -> Iterator[tuple[str, float]]:
    """Yield the assets of craters, and how many bytes an event of each takes on average."""
    crater_assets = set(partitioned_by(Partitioning.CRATERS))
    with sqlite3.connect(home / "history" / "runs" / "index.db") as history:
        for stored, size in history.execute(MEAN_EVENT_BYTES):
            asset = dg.AssetKey.from_db_string(stored)
            if asset is not None and asset.to_user_string() in crater_assets:
                yield asset.to_user_string(), size


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
