"""Promotion: candidates pass a gate, decisions are written down, and the past can be had back."""

import shutil
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
import torch

from ejmap_assets.definitions import build_defs
from ejmap_assets.resources import ProjectResource
from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.config.model_config import load_preset
from ejmap_ml.errors import BundleError
from ejmap_project.errors import StepError
from ejmap_project.models.promotion import decide, promoted_bundles, roll_back
from ejmap_project.models.promotion_record import Decision, promoted_ensemble, promotions
from ejmap_project.open_project import OpenProject

SETTINGS = """
source: {kind: synthetic, seed: 5}
training: {kind: synthetic, seeds: [1]}
models: {ejconn: ejconn_tiny, iterations: 2, gate_tolerance: 0.01}
"""
VERSION = "ejconn_tiny"


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """A project of two members an ensemble."""
    (tmp_path / "project.yaml").write_text(SETTINGS)
    return OpenProject.at(tmp_path)


def _train(project: OpenProject, *, seed: int, score: float | None) -> None:
    """Write the two members of the candidate, with random weights and a test F1."""
    scores = {} if score is None else {"test_f1": score}
    for iteration in range(2):
        with torch.random.fork_rng():
            torch.manual_seed(10 * seed + iteration)
            network = NormalizedNetwork(build_network(load_preset(VERSION)), None)
        ModelBundle(
            config=load_preset(VERSION),
            weights=network.state_dict(),
            normalization=Normalization.fixed(bands=3, extra_scale=2),
            provenance=Provenance(created_utc="2026-01-01", scores=scores),
        ).save(project.paths.model_bundle("ejconn", version=VERSION, iteration=iteration))


def _decide(project: OpenProject, *, by_hand: bool = False, red: tuple[str, ...] = ()) -> Decision:
    return decide(project, "ejconn", by_hand=by_hand, reason="", red_checks=red).decision


@pytest.mark.parametrize(
    ("current", "candidate", "decision"),
    [
        pytest.param(0.7, 0.8, Decision.PROMOTED, id="better"),
        pytest.param(0.7, 0.695, Decision.PROMOTED, id="within-the-tolerance"),
        pytest.param(0.7, 0.68, Decision.KEPT, id="worse"),
        pytest.param(None, 0.1, Decision.PROMOTED, id="nothing-to-compare-with"),
        pytest.param(0.9, None, Decision.PROMOTED, id="no-test-tiles-held-back"),
    ],
)
def test_a_candidate_passes_when_its_test_score_holds(
    project: OpenProject, current: float | None, candidate: float | None, decision: Decision
) -> None:
    """And the craters are mapped by whoever won."""
    _train(project, seed=1, score=current)
    assert _decide(project) is Decision.PROMOTED
    before = promoted_ensemble(project.paths, "ejconn")
    _train(project, seed=2, score=candidate)

    assert _decide(project) is decision

    after = promoted_ensemble(project.paths, "ejconn")
    assert (after == before) is (decision is Decision.KEPT)
    assert promotions(project.paths, "ejconn")[-1].candidate != before


def test_somebody_may_insist(project: OpenProject) -> None:
    """By hand a worse candidate is promoted, and the record says that it was by hand."""
    _train(project, seed=1, score=0.9)
    _decide(project)
    _train(project, seed=2, score=0.1)

    assert _decide(project, by_hand=True) is Decision.PROMOTED
    assert promotions(project.paths, "ejconn")[-1].reason == "promoted by hand"


def test_a_red_check_keeps_the_gate_shut(project: OpenProject) -> None:
    """The first ensemble is refused with a sentence, a later one leaves the current one."""
    _train(project, seed=1, score=0.5)
    with pytest.raises(StepError, match="cannot be promoted: the check split_table: s is red"):
        _decide(project, red=("split_table: s",))
    _decide(project)
    _train(project, seed=2, score=0.9)

    assert _decide(project, red=("split_table: s",)) is Decision.KEPT


def test_what_was_promoted_survives_another_training(project: OpenProject) -> None:
    """The craters are mapped by what was promoted, not by what lies in the version's folder."""
    _train(project, seed=1, score=0.5)
    _decide(project)
    before = [bundle.data_version for bundle in promoted_bundles(project, "ejconn")]

    _train(project, seed=2, score=0.6)

    after = [bundle.data_version for bundle in promoted_bundles(project, "ejconn")]
    assert after == before


def test_a_project_opened_by_its_recipes_maps_with_what_they_name(project: OpenProject) -> None:
    """Also when another ensemble is promoted while craters are under way."""
    _train(project, seed=1, score=0.5)
    _decide(project)
    named = promoted_ensemble(project.paths, "ejconn")
    opened = replace(project, promoted={"ejconn": named.digest})
    _train(project, seed=2, score=0.6)
    _decide(project)

    loaded = [bundle.data_version for bundle in promoted_bundles(opened, "ejconn")]

    assert promoted_ensemble(project.paths, "ejconn") != named
    assert tuple(loaded) == named.members
    with pytest.raises(StepError, match="does not name the ensemble 0123 that the history does"):
        promoted_bundles(replace(project, promoted={"ejconn": "0123"}), "ejconn")


def test_a_roll_back_brings_the_former_weights_back(project: OpenProject) -> None:
    """To the ensemble before the current one, or to the one that is named."""
    digests = []
    for seed in (1, 2, 3):
        _train(project, seed=seed, score=0.5 + seed / 100)
        _decide(project)
        digests.append(promoted_ensemble(project.paths, "ejconn").digest)

    one_back = roll_back(project, "ejconn", to="", reason="")
    named = roll_back(project, "ejconn", to=digests[0][:6], reason="the map looked better")

    assert one_back.decision is named.decision is Decision.ROLLED_BACK
    assert [one_back.current.digest, named.current.digest] == [digests[1], digests[0]]
    assert promoted_ensemble(project.paths, "ejconn").digest == digests[0]
    assert promotions(project.paths, "ejconn")[-1].reason == "the map looked better"


def test_a_roll_back_needs_no_trained_version(project: OpenProject) -> None:
    """The configured one was never trained here; what is stored is what counts."""
    for seed in (1, 2):
        _train(project, seed=seed, score=0.5)
        _decide(project)
    former = promotions(project.paths, "ejconn")[0].current
    shutil.rmtree(project.paths.model_bundle("ejconn", version=VERSION, iteration=0).parent)
    resource = ProjectResource(folder=str(project.paths.folder))
    job = build_defs(resource_overrides={"project": resource}).resolve_job_def("roll_back_ejconn")

    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance)

    assert result.success
    assert promoted_ensemble(project.paths, "ejconn") == former
    assert promotions(project.paths, "ejconn")[-1].decision is Decision.ROLLED_BACK


def test_a_roll_back_to_nowhere_says_what_there_is(project: OpenProject) -> None:
    """Nothing promoted, or one ensemble only."""
    _train(project, seed=1, score=0.5)
    with pytest.raises(StepError, match="no ejconn model was ever promoted"):
        roll_back(project, "ejconn", to="", reason="")
    _decide(project)
    with pytest.raises(StepError, match="no single former ejconn ensemble ''; there are none"):
        roll_back(project, "ejconn", to="", reason="")


def test_an_ensemble_that_was_altered_is_not_rolled_back_to(project: OpenProject) -> None:
    """Weights in a project folder are untrusted input too."""
    for seed in (1, 2):
        _train(project, seed=seed, score=0.5)
        _decide(project)
    former = promotions(project.paths, "ejconn")[0].current
    weights = project.paths.stored_ensemble("ejconn", former.digest) / "iteration_00"
    (weights / "weights.safetensors").write_bytes(b"something else")

    with pytest.raises(BundleError):
        roll_back(project, "ejconn", to="", reason="")
    assert promoted_ensemble(project.paths, "ejconn") != former


def test_a_record_that_was_changed_by_hand_is_refused(project: OpenProject) -> None:
    """Not taken for an empty one."""
    record = project.paths.promotions("ejconn")
    record.parent.mkdir(parents=True)
    record.write_text('{"decision": "promoted"}\n')

    with pytest.raises(StepError, match="holds a line that is no promotion"):
        promotions(project.paths, "ejconn")


def test_a_roll_back_finds_the_ensemble_that_mapped_last_before(project: OpenProject) -> None:
    """After A, B, back to A, then C, the one before is A: B was what somebody rolled back from."""
    _train(project, seed=1, score=0.7)
    _decide(project)
    first = promoted_ensemble(project.paths, "ejconn")
    _train(project, seed=2, score=0.7)
    _decide(project)
    roll_back(project, "ejconn", to="", reason="")
    _train(project, seed=3, score=0.7)
    _decide(project)

    roll_back(project, "ejconn", to="", reason="")

    assert promoted_ensemble(project.paths, "ejconn") == first
