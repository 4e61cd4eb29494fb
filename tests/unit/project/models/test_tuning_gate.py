"""A tuned ensemble maps only if it beats its start on craters that it did not learn from."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from ejmap_geo.grids.body import MERCURY
from ejmap_ml.bundles.bundle import HeldOutScore, ModelBundle
from ejmap_ml.config.tuning import tuned_config
from ejmap_ml.ready.ensembles import ReadyEnsemble
from ejmap_project.errors import StepError
from ejmap_project.models import reference_gate
from ejmap_project.models.mapping_models import saw_own_masks
from ejmap_project.models.model_version import ModelVersion
from ejmap_project.models.promotion import decide
from ejmap_project.models.promotion_record import Decision, Promotion
from ejmap_project.models.ready_models import copy_member
from ejmap_project.models.reference_gate import deciding_craters
from ejmap_project.models.tuning_gate import LEAST_CRATERS, paired_interval, tuning_note
from ejmap_project.open_project import OpenProject
from ejmap_project.training.tuning import untuned
from tests.constant_models import constant_bundle
from tests.ready_ensemble import write_ready
from tests.tiny_presets import POLAR

SETTINGS = """
source: {kind: files, mosaic: m.tif, craters: c.csv, masks: masks}
training: {kind: own-masks}
models: {ejseg: ready_test, candidate: ready_test_tuned}
"""
VERSION = "ready_test_tuned"
# F1 of the tuned member on six craters, and of the one that it started from.
BETTER = [(0.7, 0.6), (0.8, 0.7), (0.75, 0.6), (0.6, 0.55), (0.9, 0.8), (0.7, 0.62)]
AS_GOOD = [(0.7, 0.6), (0.6, 0.7), (0.75, 0.7), (0.6, 0.65), (0.9, 0.8), (0.5, 0.62)]


@pytest.fixture
def ready(tmp_path: Path) -> ReadyEnsemble:
    """The ensemble to start from: two members."""
    return write_ready(tmp_path / "packaged", "ready_test")


@pytest.fixture
def project(tmp_path: Path, ready: ReadyEnsemble, monkeypatch: pytest.MonkeyPatch) -> OpenProject:
    """A project that tunes it; one real crater decides, which takes a second."""
    one = deciding_craters(MERCURY)[:1]
    monkeypatch.setattr(reference_gate, "deciding_craters", lambda _: one)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "project.yaml").write_text(SETTINGS)
    return replace(OpenProject.at(tmp_path / "mine"), packaged_models=ready.folder.parent)


def _tuned(
    ready: ReadyEnsemble, scores: Sequence[tuple[float, float]], *, craters: int = 6
) -> list[ModelBundle]:
    """Two members that hold back every second crater each; weights are those of the start."""
    bundles = []
    for number in range(2):
        start = ModelBundle.load(ready.member(number))
        config = tuned_config(start.config, name=VERSION, starts_from="ready_test")
        bundle = untuned(start, config, craters=craters, inputs={})
        held_out = tuple(
            HeldOutScore(planet="own", crater_id=crater, f1=f1, start_f1=start_f1)
            for crater, (f1, start_f1) in enumerate(scores)
            if crater % 2 == number
        )
        provenance = bundle.provenance.model_copy(update={"held_out": held_out})
        bundles.append(replace(bundle, provenance=provenance))
    return bundles


def _first(project: OpenProject, ready: ReadyEnsemble) -> None:
    """Let the ready-made ensemble map, as a run does before it tunes."""
    for number in range(2):
        path = project.paths.model_bundle("ejseg", version="ready_test", iteration=number)
        copy_member(project, ready, number, path)
    decide(project, "ejseg", by_hand=False, reason="")


def _decide(project: OpenProject, bundles: Sequence[ModelBundle]) -> Promotion:
    for number, bundle in enumerate(bundles):
        path = project.paths.model_bundle("ejseg", version=VERSION, iteration=number)
        bundle.save(path)
    version = ModelVersion(VERSION)
    return decide(project, "ejseg", by_hand=False, reason="", version=version)


def test_the_interval_is_a_bootstrap_of_the_mean() -> None:
    """As scipy has it, to the noise of resampling."""
    gain = np.random.default_rng(3).normal(0.05, 0.1, 30)
    wanted = stats.bootstrap((gain,), np.mean, method="percentile", rng=np.random.default_rng(1))

    found = paired_interval(gain)

    np.testing.assert_allclose(found, tuple(wanted.confidence_interval), atol=0.003)


def test_a_crater_counts_once_whoever_held_it_back(ready: ReadyEnsemble) -> None:
    """The scores of several members on one crater are averaged."""
    bundles = _tuned(ready, BETTER)
    twice = HeldOutScore(planet="own", crater_id=0, f1=0.9, start_f1=0.6)
    told = bundles[1].provenance
    told = told.model_copy(update={"held_out": (*told.held_out, twice)})

    note = tuning_note([bundles[0], replace(bundles[1], provenance=told)])

    assert note is not None
    assert note.craters == 6
    assert note.f1 == pytest.approx(np.mean([0.8, 0.8, 0.75, 0.6, 0.9, 0.7]))
    assert note.start_f1 == pytest.approx(np.mean([start for _, start in BETTER]))


def test_what_was_tuned_elsewhere_brings_no_scores(ready: ReadyEnsemble) -> None:
    """They are of craters of another project."""
    bundle = _tuned(ready, BETTER)[0]
    away = bundle.provenance.model_copy(update={"source": "ready_grey_tuned in a file"})

    assert tuning_note([replace(bundle, provenance=away)]) is None
    assert tuning_note([ModelBundle.load(ready.member(0))]) is None


def test_a_tuned_ensemble_that_is_better_maps(project: OpenProject, ready: ReadyEnsemble) -> None:
    """And the record says by how much, with the interval."""
    _first(project, ready)

    decided = _decide(project, _tuned(ready, BETTER))

    assert decided.decision is Decision.PROMOTED
    assert decided.current.version == VERSION
    assert "F1 0.742 against 0.645 of ready_test (+0.097, 95 % interval +0.0" in decided.reason
    assert "; it promises neither recall nor areas" in decided.reason
    assert saw_own_masks(project)


def test_one_that_is_not_better_leaves_its_start(
    project: OpenProject, ready: ReadyEnsemble
) -> None:
    """The ready-made ensemble maps on, and did not see the masks."""
    _first(project, ready)

    decided = _decide(project, _tuned(ready, AS_GOOD))

    assert decided.decision is Decision.KEPT
    assert (decided.current.version, decided.candidate.version) == ("ready_test", VERSION)
    assert decided.reason.endswith("which is no gain beyond chance")
    assert not saw_own_masks(project)


def test_too_few_masks_are_counted_and_the_number_needed_is_told(
    project: OpenProject, ready: ReadyEnsemble
) -> None:
    """In one sentence, also where nothing else maps."""
    wanted = f"2 crater(s) have masks, and {LEAST_CRATERS} are needed to improve ready_test"
    with pytest.raises(StepError, match=re.escape(wanted)):
        _decide(project, _tuned(ready, [], craters=2))
    _first(project, ready)

    decided = _decide(project, _tuned(ready, [], craters=2))

    assert decided.decision is Decision.KEPT
    assert decided.reason == f"{wanted} with them"


def test_masks_of_this_planet_decide_before_those_of_others(
    project: OpenProject, ready: ReadyEnsemble
) -> None:
    """One that finds less on the reference set maps all the same if it is better on the masks."""
    _first(project, ready)
    blind = [constant_bundle(POLAR, 0.1) for _ in range(2)]
    told = _tuned(ready, BETTER)

    decided = _decide(
        project,
        [replace(one, weights=other.weights) for one, other in zip(told, blind, strict=True)],
    )

    assert decided.decision is Decision.PROMOTED
    assert "real craters rays 0.000" in decided.reason


def test_few_craters_held_back_are_no_gain(project: OpenProject, ready: ReadyEnsemble) -> None:
    """Two members hold back two of three folds: of six craters four, which chance may favour."""
    _first(project, ready)

    decided = _decide(project, _tuned(ready, BETTER[:4]))

    assert decided.decision is Decision.KEPT
    assert "on 4 craters with masks" in decided.reason
    assert "too few to tell a gain from chance" in decided.reason
