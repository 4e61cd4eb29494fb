"""Craters mapped by a backfill of the pages, whose runs are jobs of a real Slurm of one node."""

import io
import time
from collections.abc import Iterator

import dagster as dg
import pytest

from ejmap_assets.definitions import runner_of
from ejmap_assets.runs.instance import open_instance
from ejmap_assets.runs.parts import promotion
from ejmap_cli.console import Console
from ejmap_clusters.slurm.launcher import JOB_TAG
from ejmap_project.open_project import OpenProject
from tests.daemon.conftest import Observatory, Serve
from tests.ready_ensemble import write_ready
from tests.slurm_cluster import SlurmCluster
from tests.tiny_presets import POLAR

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(2400)]
PATIENCE_SECONDS = 600
MOST_CANCEL_SECONDS = 10.0
CRATERS, JOBS = 4, 2
SETTINGS = f"""
source: {{kind: synthetic, seed: 5, width_px: 256, craters: {CRATERS}}}
models: {{ejseg: ready_views}}
mapping: {{tile_side_px: 32}}
slurm:
  jobs: {JOBS}
  least_minutes: 0
  craters: {{cores: 1, memory_gb: 2}}
"""
TERMINATE = """mutation($run: String!) { terminateRun(runId: $run) { __typename
  ... on TerminateRunFailure { message } ... on PythonError { message } } }"""


@pytest.fixture(scope="module")
def observatory(
    cluster: SlurmCluster, tmp_path_factory: pytest.TempPathFactory, serve: Serve
) -> Iterator[Observatory]:
    """Craters that take seconds each, a promoted model, and the servers of the pages."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "project.yaml").write_text(SETTINGS)
    write_ready(folder / "models", "ready_views", preset=POLAR, probabilities=(0.8,))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DAGSTER_HOME", "EJMAP_PROJECT", "EJMAP_POSTGRES_URL"):
            patch.setenv(name, "")
        for name, value in cluster.environment.items():
            patch.setenv(name, value)
        with open_instance(folder) as instance:
            project = OpenProject.at(folder)
            runner = runner_of(project, instance, Console(io.StringIO()))
            assert runner.make_part(promotion(project)) == []
            (folder / "slow").touch()
            yield serve(folder, instance)


def _runs(observatory: Observatory, backfill: str) -> list[dg.DagsterRun]:
    filters = dg.RunsFilter(tags={"dagster/backfill": backfill})
    return sorted(observatory.instance.get_runs(filters), key=lambda run: run.run_id)


def test_a_backfill_is_jobs_and_one_of_them_is_cancelled(observatory: Observatory) -> None:
    """Every job has its share of the craters, and its id as a tag; the others are mapped once."""
    backfill = observatory.map_all()
    started = dg.DagsterRunStatus.STARTED
    deadline = time.monotonic() + PATIENCE_SECONDS
    runs = _runs(observatory, backfill)
    while len(runs) < JOBS or any(run.status is not started for run in runs):
        assert time.monotonic() < deadline, [(run.status, run.tags) for run in runs]
        time.sleep(0.5)
        runs = _runs(observatory, backfill)
    cancelled, other = runs
    assert len({run.tags[JOB_TAG] for run in runs}) == JOBS

    told = observatory.ask(TERMINATE, run=cancelled.run_id)["terminateRun"]
    assert told["__typename"] == "TerminateRunSuccess", told
    assert _run(observatory, cancelled.run_id).status is dg.DagsterRunStatus.CANCELED
    asked, ended = (
        observatory.instance.all_logs(cancelled.run_id, of_type=kind)[0].timestamp
        for kind in (dg.DagsterEventType.RUN_CANCELING, dg.DagsterEventType.RUN_CANCELED)
    )
    # Not from the click on: how fast the webserver begins depends on what else the machine does.
    assert ended - asked < MOST_CANCEL_SECONDS

    (observatory.project.paths.folder / "slow").unlink()
    while not _run(observatory, other.run_id).is_finished:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert _run(observatory, other.run_id).is_success
    assert list(observatory.made("basemap_mask").values()) == [1] * (CRATERS // JOBS)
    assert list(observatory.project.paths.claim("0001").parent.iterdir()) == []


def _run(observatory: Observatory, run_id: str) -> dg.DagsterRun:
    run = observatory.instance.get_run_by_id(run_id)
    assert run is not None
    return run
