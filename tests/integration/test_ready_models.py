"""A project with a ready-made model maps and scores a tiny planet, and trains nothing."""

import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from ejmap_assets.definitions import build_defs, runner_of
from ejmap_assets.lineage.provenance import Record, last_record
from ejmap_assets.lineage.recipes import book_of
from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.resources import ProjectResource
from ejmap_assets.runs.in_process import failure_sentence
from ejmap_cli.console import Console
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.ejseg.view_ranges import ViewRanges
from ejmap_project.models.promotion_record import Decision, promotions
from ejmap_project.open_project import OpenProject
from ejmap_project.scoring.map_agreement import CHAIN
from tests.ready_ensemble import CARD_TEXT, write_ready
from tests.tiny_presets import EJCONN, POLAR

SETTINGS = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 2}
models: {ejseg: ready_views, iterations: 1}
mapping: {tile_side_px: 32}
"""
WITH_EJCONN = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 2}
models: {ejconn: ready_tiles, ejseg: ready_views, iterations: 1}
mapping: {tile_side_px: 32, connections: ejconn}
"""
WITH_CANDIDATE = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 2}
training: {kind: synthetic, seeds: [1], width_px: 256, craters: 2}
models: {ejseg: ready_views, candidate: small.yaml, iterations: 1}
mapping: {tile_side_px: 32}
"""
EJSEG_MEMBERS = ("00|ready_views", "01|ready_views")
NOT_MADE = (
    "promised_recall_mask",  # these ensembles promise nothing
    *("training_planets", "labelled_tiles", "split_table", "ejconn_samples", "ejseg_samples"),
    *("ejconn_model", "promoted_ejconn"),
    *("tile_scores", "map_scores", "member_map_scores", "model_comparison"),
    *("raster_summaries", "model_ages"),  # no rasters and no counted craters are named
    "release",  # made when somebody asks for it
    *("crater_tiles", "crater_classifier", "crater_candidates"),
)


@dataclass
class Ready:
    """A project of ready-made models, and its instance."""

    project: OpenProject
    instance: dg.DagsterInstance
    shown: str = ""

    def run(self) -> str:
        """Bring it up to date; return what the console showed."""
        stream = io.StringIO()
        assert runner_of(self.project, self.instance, Console(stream)).run() == []
        return stream.getvalue()

    @property
    def made(self) -> set[str]:
        """Assets of which anything was ever made."""
        fetch = self.instance.fetch_materializations
        return {name for name in LINEAGE if fetch(dg.AssetKey(name), limit=1).records}

    def record(self, asset: str, partition: str | None = None) -> Record:
        """Return the last materialisation of an asset."""
        found = last_record(self.instance, asset, partition)
        assert found is not None, asset
        return found


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    """The project, mapped from end to end; the craters are connected by the polar prediction."""
    folder = tmp_path_factory.mktemp("ready")
    (folder / "project.yaml").write_text(SETTINGS)
    write_ready(folder / "models", "ready_tiles", preset=EJCONN, probabilities=(0.8,))
    # No mosaic is as rough as this.
    ranges = ViewRanges.of([{"texture_1": 30.0}])
    write_ready(folder / "models", "ready_views", scores={"test_f1": 0.9}, view_ranges=ranges)
    with dg.DagsterInstance.ephemeral() as instance:
        one = Ready(OpenProject.at(folder), instance)
        one.shown = one.run()
        yield one


def test_nothing_is_learned_from_and_everything_else_is_made(ready: Ready) -> None:
    """Neither planets nor tiles nor samples, but every member and the map."""
    assert ready.made == {*LINEAGE} - {*NOT_MADE}
    assert not ready.project.paths.training.exists()
    members = ready.instance.get_materialized_partitions(dg.AssetKey("ejseg_model"))
    assert members == {*EJSEG_MEMBERS}


def test_a_member_says_where_it_comes_from(ready: Ready) -> None:
    """In its bundle, and with its card in the metadata."""
    path = ready.project.paths.model_bundle("ejseg", version="ready_views", iteration=1)
    metadata = ready.record("ejseg_model", EJSEG_MEMBERS[1]).metadata

    assert ModelBundle.load(path).provenance.source == "ready-made ready_views of this project"
    assert metadata["source"].value == "ready-made ready_views of this project"
    assert metadata["card"] == dg.MetadataValue.md(CARD_TEXT)


def test_the_gate_compares_no_scores_of_other_tiles(ready: Ready) -> None:
    """The test F1 that a ready-made member brings is of its own planets."""
    (decided,) = promotions(ready.project.paths, "ejseg")

    assert decided.current.version == "ready_views"
    assert len(decided.current.members) == 2
    assert decided.current.score is None


def test_a_mosaic_unlike_that_of_training_warns_in_the_ui_and_on_the_console(ready: Ready) -> None:
    """In one sentence: which number, what was found and what was expected."""
    key = dg.AssetCheckKey(dg.AssetKey("global_map"), "views_are_like_training")
    record = ready.instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]

    assert record.event is not None
    found = record.event.get_dagster_event().asset_check_evaluation_data
    assert not found.passed
    assert found.severity == dg.AssetCheckSeverity.WARN
    assert found.description is not None
    assert re.search(
        r"fine texture \(band 1\) 0\.\d+ instead of 29\.90 to 30\.10", found.description
    )
    assert found.description in ready.shown


def test_the_map_is_scored_without_rules(ready: Ready) -> None:
    """Rules are tuned on training planets, of which there are none."""
    scores = pd.read_parquet(ready.project.paths.scores)

    assert {*scores["method"]} == {CHAIN}
    assert len(scores) == 3


def test_a_second_run_does_nothing(ready: Ready) -> None:
    """Every stage is there and up to date, and the stages of labels and samples are none of it."""
    shown = ready.run()

    assert shown.count("there and up to date") == 6
    assert "samples" not in shown
    assert "done in" not in shown


def test_a_newer_ensemble_of_the_same_name_is_copied_and_maps(ready: Ready) -> None:
    """Members and craters become stale, as after a training, and the gate looks at real craters."""
    before = ready.record("ejseg_model", EJSEG_MEMBERS[0]).data_version
    key = next(iter(ready.project.craters()))
    mask = ready.record("segmentation_mask", key).data_version
    own = ready.project.paths.own_models
    shutil.rmtree(own / "ready_views")
    newer = write_ready(own, "ready_views", probabilities=(0.8, 0.95, 0.85))
    book = book_of(ready.project, ready.instance)
    assert not book.is_current("ejseg_model", EJSEG_MEMBERS[0])

    ready.run()

    after = ready.record("ejseg_model", EJSEG_MEMBERS[0]).data_version
    assert after != before
    assert len(promotions(ready.project.paths, "ejseg")[-1].current.members) == newer.member_count
    assert ready.record("segmentation_mask", key).data_version != mask


def test_a_ready_made_ejconn_connects_on_request(ready: Ready) -> None:
    """It is copied and promoted too, and still nothing is learned from."""
    (ready.project.paths.folder / "project.yaml").write_text(WITH_EJCONN)
    other = Ready(OpenProject.at(ready.project.paths.folder), ready.instance)

    other.run()

    key = next(iter(other.project.craters()))
    assert other.record("promoted_ejconn").metadata["version"].value == "ready_tiles"
    assert other.record("connection_predictions", key).metadata["source"].value == "EJCONN"
    assert other.made == {*LINEAGE} - {*NOT_MADE} | {"ejconn_model", "promoted_ejconn"}


def test_a_candidate_is_trained_behind_the_map_and_judged_once(tmp_path: Path) -> None:
    """Its decision is in the record, and its training in the lineage; a second run does nothing."""
    (tmp_path / "project.yaml").write_text(WITH_CANDIDATE)
    (tmp_path / "small.yaml").write_text(POLAR)
    # It finds everything, which a network of two steps does not.
    write_ready(tmp_path / "models", "ready_views", probabilities=(0.9,))
    with dg.DagsterInstance.ephemeral() as instance:
        beside = Ready(OpenProject.at(tmp_path), instance)
        shown = beside.run()
        again = beside.run()

        first, last = promotions(beside.project.paths, "ejseg")
        assert (first.decision, first.candidate.version) == (Decision.PROMOTED, "ready_views")
        assert (last.decision, last.candidate.version) == (Decision.KEPT, "small")
        assert "the candidate has" in last.reason
        assert shown.index("put the global map together") < shown.index("planets to learn from")
        assert shown.index("score them") < shown.index("train the candidate")
        record = beside.record("promoted_ejseg").metadata
        assert record["decision"].value == "kept"
        assert record["candidate"].value == last.candidate.digest
        members = instance.get_materialized_partitions(dg.AssetKey("ejseg_model"))
        assert members == {"00|ready_views", "00|small"}
        made_from = book_of(beside.project, instance).recipe("promoted_ejseg").ingredients
        assert {one.partition for one in made_from} == members
        compared = pd.read_parquet(beside.project.paths.model_comparison)
        assert {*compared["version"]} == {"ready_views", "small"}
        assert {*pd.read_parquet(beside.project.paths.scores)["method"]} > {CHAIN}
    steps = [line for line in shown.splitlines() if line.startswith("[")]
    assert again.count("there and up to date") == len(steps) == 13
    assert "done in" not in again


def test_planets_that_nothing_learns_from_are_not_made(ready: Ready) -> None:
    """Who asks for them by hand is told what to name instead."""
    resource = ProjectResource(folder=str(ready.project.paths.folder))
    job = build_defs(resource_overrides={"project": resource}).resolve_job_def("prepare_training")

    result = job.execute_in_process(instance=ready.instance, raise_on_error=False)

    assert not result.success
    assert "names ready-made models only" in failure_sentence(result)
    assert not [*ready.project.paths.training.glob("*")]
