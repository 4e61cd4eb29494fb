"""The accelerator is used by one run at a time, however many are under way."""

import io
import time
from collections.abc import Iterator

import dagster as dg
import pytest

from ejmap_assets.definitions import runner_of
from ejmap_assets.making.declare import GPU_POOL
from ejmap_assets.runs.instance import open_instance
from ejmap_cli.console import Console
from ejmap_project.open_project import OpenProject
from tests.daemon.conftest import Observatory, Serve
from tests.daemon.small_planet import SETTINGS, write_craters
from tests.tiny_presets import EJCONN, POLAR

pytestmark = pytest.mark.daemon
CRATERS, CHUNK = 4, 2
PATIENCE_SECONDS = 240
CHUNKED = SETTINGS.replace("tile_side_px: 32", f"tile_side_px: 32, chunk_craters: {CHUNK}")


@pytest.fixture(scope="module")
def observatory(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[Observatory]:
    """Craters that take seconds each, and models to map them with."""
    folder = tmp_path_factory.mktemp("pool")
    for name, text in (("project", CHUNKED), ("ejconn_test", EJCONN), ("ejseg_test", POLAR)):
        (folder / f"{name}.yaml").write_text(text)
    write_craters(folder, CRATERS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", "")
        patch.setenv("EJMAP_PROJECT", "")
        with open_instance(folder) as instance:
            project = OpenProject.at(folder)
            runner_of(project, instance, Console(io.StringIO())).retrain()
            (folder / "slow").touch()
            yield serve(folder, instance)


def _spans(observatory: Observatory) -> list[tuple[float, float]]:
    """Map all craters by a backfill; return from when to when each of its runs was at work."""
    instance = observatory.instance
    observatory.forget()
    backfill = observatory.map_all()
    runs: list[dg.RunRecord] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(runs) < CRATERS // CHUNK or not all(run.dagster_run.is_finished for run in runs):
        assert time.monotonic() < deadline, [run.dagster_run.status for run in runs]
        time.sleep(0.5)
        runs = list(instance.get_run_records(dg.RunsFilter(tags={"dagster/backfill": backfill})))
    assert len(runs) == CRATERS // CHUNK
    assert all(run.dagster_run.is_success for run in runs)
    return sorted(_at_work(instance, run.dagster_run.run_id) for run in runs)


def _at_work(instance: dg.DagsterInstance, run_id: str) -> tuple[float, float]:
    (stats,) = instance.get_run_step_stats(run_id)
    assert stats.start_time is not None
    assert stats.end_time is not None
    return stats.start_time, stats.end_time


def test_chunks_of_the_size_that_is_set_take_turns(observatory: Observatory) -> None:
    """Two runs are let in at once, and the second waits for the accelerator."""
    first, second = _spans(observatory)

    assert first[1] <= second[0]


def test_where_there_is_memory_for_two_they_go_side_by_side(observatory: Observatory) -> None:
    """So that it is the pool that makes them take turns, and nothing else."""
    observatory.instance.event_log_storage.set_concurrency_slots(GPU_POOL, 2)

    first, second = _spans(observatory)

    assert first[1] > second[0]
