"""Promotions as artefacts: what was decided, why, and what was decided before."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from ejmap_ml.bundles.bundle import Provenance
from ejmap_project.artefact import Artefact
from ejmap_project.models.promote import BY_HAND, GATE, ROLL_BACK, promote
from ejmap_project.models.promotion import promoted_bundles
from ejmap_project.open_project import OpenProject
from tests.constant_models import constant_bundle
from tests.tiny_presets import EJCONN

PRESET = EJCONN.replace("resnet10t", "test_resnet")
SETTINGS = """
source: {kind: synthetic, seed: 5}
training: {kind: synthetic, seeds: [1]}
models: {ejconn: ejconn_test.yaml, iterations: 1}
"""


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """A project whose EJCONN has one member."""
    (tmp_path / "project.yaml").write_text(SETTINGS)
    (tmp_path / "ejconn_test.yaml").write_text(PRESET)
    return OpenProject.at(tmp_path)


def _train(project: OpenProject, *, score: float) -> None:
    bundle = constant_bundle(PRESET, score)
    scored = replace(bundle, provenance=Provenance(created_utc="", scores={"test_f1": score}))
    path = project.paths.model_bundle("ejconn", version="ejconn_test", iteration=0)
    scored.save(path)


def _promoted(
    project: OpenProject, mode: str, *, reason: str = "", red: tuple[str, ...] = ()
) -> tuple[Artefact, list[str]]:
    told: list[str] = []
    found = promote(
        project, "ejconn", mode=mode, to="", reason=reason, red_checks=red, tell=told.append
    )
    return found, told


def test_the_artefact_is_the_ensemble_that_maps_the_craters(project: OpenProject) -> None:
    """Its content is the ensemble's digest; the log is told the decision and its reason."""
    _train(project, score=0.5)

    found, told = _promoted(project, GATE)

    assert told == ["promoted: the first of its kind"]
    assert found.content == found.metadata["ensemble"] == found.metadata["candidate"]
    assert (found.metadata["members"], found.metadata["test_f1"]) == (1, 0.5)
    stored = Path(str(found.metadata["path"]))
    assert stored.is_dir()
    assert len(promoted_bundles(project, "ejconn")) == 1


def test_a_candidate_that_fails_leaves_the_content_as_it_was(project: OpenProject) -> None:
    """So no crater becomes stale; the record holds both decisions, the newest first."""
    _train(project, score=0.9)
    before, _ = _promoted(project, GATE)
    _train(project, score=0.2)

    found, _ = _promoted(project, GATE)

    assert found.content == before.content
    assert found.metadata["decision"] == "kept"
    assert found.metadata["candidate"] != found.metadata["ensemble"]
    record = found.metadata["record"]
    assert isinstance(record, pd.DataFrame)
    assert record["decision"].tolist() == ["kept", "promoted"]


def test_a_roll_back_ignores_red_checks(project: OpenProject) -> None:
    """What maps badly is left whatever is red; by hand a worse candidate is promoted too."""
    _train(project, score=0.9)
    first, _ = _promoted(project, GATE)
    _train(project, score=0.2)
    second, _ = _promoted(project, BY_HAND, red=("split_table: splits_are_sound",))

    back, told = _promoted(
        project, ROLL_BACK, reason="rays were lost", red=("split_table: splits_are_sound",)
    )

    assert second.metadata["decision"] == "promoted"
    assert back.content == first.content != second.content
    assert told == ["rolled back: rays were lost"]
