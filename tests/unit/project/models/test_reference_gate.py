"""The gate looks at real craters: what loses rays there does not map, whatever F1 says."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from ejmap_geo.grids.body import MERCURY, Body
from ejmap_ml.bundles.bundle import Provenance
from ejmap_project.models import reference_gate
from ejmap_project.models.promote import GATE, promote
from ejmap_project.models.promotion import decide
from ejmap_project.models.promotion_record import (
    Decision,
    EnsembleNote,
    Promotion,
    ReferenceNote,
    promotions,
)
from ejmap_project.models.reference_gate import deciding_craters, reference_refusal
from ejmap_project.open_project import OpenProject
from ejmap_project.reference import reference_set as sets
from tests.constant_models import constant_bundle
from tests.tiny_presets import POLAR

SETTINGS = """
source: {kind: synthetic, seed: 5}
training: {kind: synthetic, seeds: [1]}
models: {ejseg: ejseg_test.yaml, iterations: 1}
"""
EVERYWHERE, NOWHERE = 0.9, 0.1


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenProject:
    """A project whose EJSEG has one member, and two craters that decide: all take seconds."""
    two = deciding_craters(MERCURY)[:2]
    monkeypatch.setattr(reference_gate, "deciding_craters", lambda _: two)
    (tmp_path / "project.yaml").write_text(SETTINGS)
    (tmp_path / "ejseg_test.yaml").write_text(POLAR)
    return OpenProject.at(tmp_path)


def _train(project: OpenProject, probability: float, *, score: float = 0.5) -> None:
    """Write a candidate that says the same of every cell, with a test F1."""
    scored = Provenance(created_utc="", scores={"test_f1": score})
    bundle = replace(constant_bundle(POLAR, probability), provenance=scored)
    bundle.save(project.paths.model_bundle("ejseg", version="ejseg_test", iteration=0))


def _decide(project: OpenProject, *, by_hand: bool = False) -> Promotion:
    return decide(project, "ejseg", by_hand=by_hand, reason="")


def _note(ray: float | None, blanket: float | None, false_area: float | None) -> EnsembleNote:
    reference = ReferenceNote(
        set_version="1", craters=9, ray=ray, blanket=blanket, false_area=false_area
    )
    return EnsembleNote(version="v", members=("m",), reference=reference)


@pytest.mark.parametrize(
    ("candidate", "says"),
    [
        pytest.param(_note(0.485, 0.885, 0.025), None, id="within-the-tolerances"),
        pytest.param(_note(0.475, 0.95, 0.0), "ray recall 0.475 instead of 0.500", id="rays"),
        pytest.param(_note(0.9, 0.87, 0.0), "blanket recall 0.870 instead of 0.900", id="blankets"),
        pytest.param(_note(0.9, 0.95, 0.032), "false area 0.032 instead of 0.020", id="false"),
        pytest.param(_note(None, None, None), None, id="nothing-to-compare"),
        pytest.param(EnsembleNote(version="v", members=()), None, id="not-scored"),
    ],
)
def test_a_candidate_may_lose_little_recall_and_gain_little_false_area(
    candidate: EnsembleNote, says: str | None
) -> None:
    """Two hundredths of recall and one of false area."""
    refusal = reference_refusal(candidate, _note(0.5, 0.9, 0.02))

    assert (refusal is None) if says is None else (refusal is not None and says in refusal)


def test_scores_of_other_craters_are_not_compared() -> None:
    """Drawings that were corrected make scores of another version."""
    current = _note(0.5, 0.9, 0.02)
    assert current.reference is not None
    newer = current.reference.model_copy(update={"set_version": "2", "ray": 0.1})

    assert reference_refusal(current.model_copy(update={"reference": newer}), current) is None


def test_a_planet_is_decided_on_by_its_own_craters() -> None:
    """One that nobody drew by those of all planets."""
    own = {one.crater.body for one in deciding_craters(MERCURY)}
    others = {one.crater.body.name for one in deciding_craters(Body(name="Io", radius_m=1_821_500))}

    assert own == {MERCURY}
    assert others == {"Mercury", "Moon"}
    assert all(one.crater.part == "decide" for one in deciding_craters(MERCURY))


def test_what_loses_rays_does_not_map_whatever_f1_says(project: OpenProject) -> None:
    """By hand it does; the record holds the scores of both."""
    _train(project, EVERYWHERE, score=0.5)
    first = _decide(project)
    _train(project, NOWHERE, score=0.99)

    kept, forced = _decide(project), _decide(project, by_hand=True)

    assert (first.decision, kept.decision) == (Decision.PROMOTED, Decision.KEPT)
    assert "ray recall 0.000 instead of" in kept.reason
    assert "blanket recall 0.000" in kept.reason
    assert forced.decision is Decision.PROMOTED
    current, candidate = kept.current.reference, kept.candidate.reference
    assert current == first.current.reference
    assert current is not None
    assert candidate is not None
    assert (candidate.ray, candidate.false_area) == (0, 0)
    assert current.craters == candidate.craters == 2


def test_what_gains_false_area_does_not_map(project: OpenProject) -> None:
    """More rays do not pay for it."""
    _train(project, NOWHERE)
    _decide(project)
    _train(project, EVERYWHERE)

    kept = _decide(project)

    assert kept.decision is Decision.KEPT
    assert "false area" in kept.reason
    assert "ray recall" not in kept.reason


def test_a_record_without_scores_is_scored_from_the_stored_bundles(project: OpenProject) -> None:
    """As earlier versions wrote it."""
    _train(project, EVERYWHERE)
    first = _decide(project)
    record = project.paths.promotions("ejseg")
    entry = json.loads(record.read_text(encoding="utf-8"))
    for which in ("current", "candidate"):
        del entry[which]["reference"]
    record.write_text(json.dumps(entry) + "\n", encoding="utf-8")
    assert promotions(project.paths, "ejseg")[0].current.reference is None
    _train(project, NOWHERE)

    kept = _decide(project)

    assert kept.decision is Decision.KEPT
    assert kept.current.reference == first.current.reference


def test_scores_that_are_kept_are_not_made_again(
    project: OpenProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its stored bundles the current ensemble can still be compared with."""
    _train(project, EVERYWHERE)
    first = _decide(project)
    stored = project.paths.stored_ensemble("ejseg", first.current.digest)
    stored.rename(stored.with_name("away"))
    _train(project, NOWHERE)

    assert _decide(project).decision is Decision.KEPT

    # Once the set has changed they are, and what cannot be read holds nobody up.
    monkeypatch.setattr(sets, "SCORES_VERSION", "next")
    passed = _decide(project)
    assert passed.decision is Decision.PROMOTED
    assert "not compared on real craters" in passed.reason


def test_the_ui_shows_the_scores_of_both(project: OpenProject) -> None:
    """Numbers of what maps, to be plotted, and a table of both."""
    _train(project, EVERYWHERE)
    promote(project, "ejseg", mode=GATE, to="", reason="", red_checks=(), tell=str)
    _train(project, NOWHERE)

    found = promote(project, "ejseg", mode=GATE, to="", reason="", red_checks=(), tell=str)

    assert found.metadata["reference_ray"] == pytest.approx(1, abs=0.05)
    assert found.metadata["reference_false_area"] == pytest.approx(1, abs=0.05)
    table = found.metadata["reference_set"]
    assert isinstance(table, pd.DataFrame)
    assert table["ensemble"].tolist() == ["maps the craters", "candidate"]
    assert table["ray"].tolist() == pytest.approx([1, 0], abs=0.05)
