"""A project in parts: each stage in one of them, members and craters one by one."""

import math
from pathlib import Path

import dagster as dg
import pytest

from ejmap_assets.lineage.project_stages import run_stages
from ejmap_assets.lineage.stages import CANDIDATE, CRATERS, EJCONN, EJSEG, JUDGEMENT, PROMOTED
from ejmap_assets.runs.parts import (
    chunk,
    chunk_size,
    chunks_file,
    divide_craters,
    member,
    preparation,
    promotion,
    trained_members,
)
from ejmap_assets.runs.run_plan import RunPlan
from ejmap_assets.status.costs import time_of_run
from ejmap_geo.cores import VARIABLE
from ejmap_project.open_project import OpenProject
from ejmap_project.slurm.chunks import read_chunks
from tests.chunk_bench import STEPS, Bench

TRAINED = """
source: {kind: synthetic, seed: 1}
training: {kind: synthetic, seeds: [2]}
models:
  ejconn: ejconn_tiny
  ejseg: ejseg_polar
  candidate: ejseg_polar_small
  ejconn_iterations: 1
  ejseg_iterations: 3
mapping: {connections: ejconn}
"""
READY = """
source: {kind: synthetic, seed: 1, grey: true}
models: {ejseg: ready_grey}
"""


def _project(folder: Path, settings: str) -> OpenProject:
    (folder / "project.yaml").write_text(settings)
    return OpenProject.at(folder)


def test_every_member_that_is_trained_is_a_part(tmp_path: Path) -> None:
    """Of both models, and of the candidate; each part is of one partition."""
    project = _project(tmp_path, TRAINED)

    members = trained_members(project)

    assert [stage for stage, _ in members] == [EJCONN, *[EJSEG] * 3, *[CANDIDATE] * 3]
    assert len({key for _, key in members}) == 7
    for number, (stage, key) in enumerate(members):
        part = member(project, number)
        assert (part.stages, part.only) == ((stage,), {key})


def test_preparation_comes_before_all_members(tmp_path: Path) -> None:
    """It holds the samples of all of them, and nothing that needs a member."""
    project = _project(tmp_path, TRAINED)

    stages = preparation(project).stages

    later = {EJCONN, EJSEG, CANDIDATE, PROMOTED, JUDGEMENT, CRATERS}
    assert not later & {*stages}
    titles = [stage.title for stage in stages]
    assert titles == [
        "mosaic, craters, known ejecta",
        "planets to learn from, their tiles",
        "samples of EJCONN",
        "samples of EJSEG",
        "samples of the candidate",
    ]


def test_promotion_is_all_up_to_the_promoted_models(tmp_path: Path) -> None:
    """So that a member whose job failed is trained before it is missed."""
    project = _project(tmp_path, TRAINED)

    stages = promotion(project).stages

    assert stages == tuple(run_stages(project))[: len(stages)]
    assert stages[-1] is PROMOTED


def test_nothing_is_trained_of_ready_made_models(tmp_path: Path) -> None:
    """So the script has no step of members."""
    assert trained_members(_project(tmp_path, READY)) == []


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_craters_are_divided_by_what_they_took(tmp_path: Path, jobs: int) -> None:
    """Of four craters the second took long; each is in exactly one chunk."""
    settings = f"slurm: {{jobs: {jobs}, least_minutes: 0}}\n"
    with dg.DagsterInstance.ephemeral() as instance:
        bench = Bench(tmp_path, instance, settings=settings)
        bench.map("0001", "0004")
        for key in ("0001", "0002", "0003", "0004"):
            _report(instance, key, seconds=900.0 if key == "0002" else 10.0)

        divide_craters(RunPlan(project=bench.project, instance=instance))

    chunks = read_chunks(chunks_file(bench.project))
    assert sorted(key for one in chunks for key in one) == ["0001", "0002", "0003", "0004"]
    assert chunks[-1][-1] == "0004"
    assert len(chunks) == jobs
    if jobs == 3:
        assert ["0002"] in chunks
    first = chunk(bench.project, 0)
    assert (first.stages, first.only) == ((CRATERS,), {*chunks[0]})
    assert chunk(bench.project, 7).only == frozenset()


def _report(instance: dg.DagsterInstance, key: str, *, seconds: float) -> None:
    """Report the steps of a crater as made by another recipe, so that all need making again."""
    for name in STEPS:
        metadata = {"seconds": seconds / len(STEPS)}
        instance.report_runless_asset_event(
            dg.AssetMaterialization(dg.AssetKey(name), partition=key, metadata=metadata)
        )


@pytest.mark.parametrize(
    ("jobs", "least_minutes", "size"),
    [
        pytest.param(2, 0, 2, id="each-job-its-share"),
        pytest.param(4, 1, 3, id="as-many-as-are-worth-a-job"),
        pytest.param(1, 60, 3, id="at-most-the-setting"),
    ],
)
def test_runs_of_a_backfill_are_worth_a_job(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    jobs: int,
    least_minutes: float,
    size: int,
) -> None:
    """Craters of 20 s each, four of them; no more than three craters a run by the settings."""
    monkeypatch.setenv(VARIABLE, "1")
    settings = (
        f"slurm: {{jobs: {jobs}, least_minutes: {least_minutes}}}\nmapping: {{chunk_craters: 3}}\n"
    )
    with dg.DagsterInstance.ephemeral() as instance:
        bench = Bench(tmp_path, instance, settings=settings)
        for key in ("0001", "0002", "0003", "0004"):
            _report(instance, key, seconds=20.0)

        found = chunk_size(RunPlan(project=bench.project, instance=instance))

    assert math.ceil(60 / time_of_run("basemap_mask", 20)) == 3
    assert found == size
