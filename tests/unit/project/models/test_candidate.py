"""A candidate beside the configured EJSEG: which of the two the gate judges, and when."""

from dataclasses import replace
from pathlib import Path

import pytest

from ejmap_ml.bundles.bundle import Provenance
from ejmap_project.models.mapping_models import saw_own_masks
from ejmap_project.models.model_version import ModelVersion, model_of, wanted_versions
from ejmap_project.models.promotion import decide, versions_to_judge
from ejmap_project.models.promotion_record import Decision, promoted_ensemble, promotions
from ejmap_project.open_project import OpenProject
from tests.constant_models import constant_bundle
from tests.ready_ensemble import write_ready
from tests.tiny_presets import POLAR

SETTINGS = """
source: {kind: files, mosaic: m.tif, craters: c.csv, masks: masks}
training: {kind: own-masks}
models: {ejseg: ready_views, candidate: more/small.yaml, iterations: 1}
"""
READY, SMALL = ModelVersion("ready_views"), ModelVersion("small")


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """A project with a ready-made EJSEG of one band, and a candidate that the settings describe."""
    (tmp_path / "project.yaml").write_text(SETTINGS)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "small.yaml").write_text(POLAR.replace("ejseg_test", "small"))
    ready = write_ready(tmp_path / "models", "ready_views", probabilities=(0.9,))
    project = OpenProject.at(tmp_path)
    _copy(project, ready.member(0))
    return project


def _copy(project: OpenProject, member: Path) -> None:
    path = project.paths.model_bundle("ejseg", version="ready_views", iteration=0)
    path.parent.mkdir(parents=True)
    member.rename(path)
    write_ready(project.paths.own_models, "ready_views", probabilities=(0.9,))


def _train(project: OpenProject, probability: float) -> None:
    bundle = constant_bundle(POLAR, probability)
    replace(bundle, provenance=Provenance(created_utc="")).save(
        project.paths.model_bundle("ejseg", version="small", iteration=0)
    )


def _judge(project: OpenProject) -> list[Decision]:
    """Let the gate judge what it judges now."""
    return [
        decide(project, "ejseg", by_hand=False, reason="", version=version).decision
        for version in versions_to_judge(project, "ejseg")
    ]


def test_the_candidate_is_a_version_of_ejseg_alone(project: OpenProject) -> None:
    """Its configuration is the file that the settings name."""
    assert wanted_versions(project, "ejseg") == (READY, SMALL)
    assert wanted_versions(project, "ejconn") == (ModelVersion("ejconn_tiny"),)
    assert model_of(project, "ejseg", SMALL).name == "small"


def test_the_configured_model_is_judged_first_and_the_candidate_once_it_is_trained(
    project: OpenProject,
) -> None:
    """A candidate that finds nothing is kept out, and the record says what it lost."""
    assert versions_to_judge(project, "ejseg") == (READY,)
    assert _judge(project) == [Decision.PROMOTED]

    _train(project, 0.1)
    assert versions_to_judge(project, "ejseg") == (SMALL,)
    assert _judge(project) == [Decision.KEPT]

    assert promoted_ensemble(project.paths, "ejseg").version == "ready_views"
    last = promotions(project.paths, "ejseg")[-1]
    assert last.candidate.version == "small"
    assert "the candidate has ray recall 0.000 instead of 1.000" in last.reason
    assert not saw_own_masks(project)


def test_both_are_judged_where_neither_was(project: OpenProject) -> None:
    """A better candidate maps from then on, and what it learned from is what the map has seen."""
    _train(project, 0.95)

    assert _judge(project) == [Decision.PROMOTED, Decision.PROMOTED]

    assert promoted_ensemble(project.paths, "ejseg").version == "small"
    assert saw_own_masks(project)


def test_a_judged_candidate_is_judged_again_only_on_request(project: OpenProject) -> None:
    """The configured model, which it replaced, is not promoted back over it."""
    _train(project, 0.95)
    _judge(project)

    assert versions_to_judge(project, "ejseg") == (SMALL,)
