"""The stages of a project: which it has, in which order, and what they are called."""

from pathlib import Path

import pytest

from ejmap_assets.lineage.project_stages import (
    retraining_stages,
    run_stages,
    stage_title,
    stages_made,
)
from ejmap_assets.lineage.stages import STAGES
from ejmap_project.open_project import OpenProject
from tests.ready_ensemble import write_ready

SETTINGS = """
source: {{kind: synthetic, seed: 5}}
training: {{kind: synthetic, seeds: [1]}}
models: {{{models}}}
"""
SOURCES, MAP = "mosaic, craters, known ejecta", "put the global map together"
LABELS = "planets to learn from, their tiles"
SCORES = "measure the masks, score them where ejecta are known"
FROM_FILES = "EJSEG that comes as files: where the ejecta are"
MAPPED = ("promote the models", "map the craters", MAP)
CANDIDATE = ("samples of the candidate", "train the candidate", "judge the candidate by the gate")


def _project(folder: Path, models: str) -> OpenProject:
    for name in ("ready_views", "ready_others"):
        write_ready(folder / "models", name)
    (folder / "project.yaml").write_text(SETTINGS.format(models=models))
    return OpenProject.at(folder)


def _titles(project: OpenProject) -> list[str]:
    return [stage_title(project, stage) for stage in run_stages(project)]


def test_a_catalogue_is_vetted_and_ejconn_trained_only_where_the_settings_say_so(
    tmp_path: Path,
) -> None:
    """By default a project has neither the stages of vetting nor those of EJCONN."""
    own = _project(tmp_path, "ejseg: ejseg_polar")

    assert [stage.title for stage in STAGES if stage not in stages_made(own)] == [
        "tiles around craters and beside them",
        "train the crater classifier",
        "score the crater catalogue",
        "samples of EJCONN",
        "train EJCONN: which tiles hold ejecta",
    ]


def test_a_ready_made_model_maps_before_anything_is_learned(tmp_path: Path) -> None:
    """The candidate comes last; what it changes, if only the comparison, is made behind it."""
    beside = _project(tmp_path, "ejseg: ready_views, candidate: ejseg_polar")

    assert _titles(beside) == [
        *(SOURCES, FROM_FILES, *MAPPED, LABELS, SCORES),
        *(*CANDIDATE, *MAPPED[1:], SCORES),
    ]
    assert [stage.title for stage in retraining_stages(beside)][-3:] == [*CANDIDATE]


def test_no_stage_is_named_that_makes_nothing(tmp_path: Path) -> None:
    """Ready-made models alone need no labels, and nobody is told of a training."""
    assert _titles(_project(tmp_path, "ejseg: ready_views")) == [
        *(SOURCES, FROM_FILES, *MAPPED, SCORES)
    ]


def test_a_configured_model_is_trained_before_the_map(tmp_path: Path) -> None:
    """Also where a candidate comes behind it, which needs no samples if it is ready-made."""
    trained = _project(tmp_path, "ejseg: ejseg_polar, candidate: ready_others")

    assert _titles(trained) == [
        *(SOURCES, LABELS, "samples of EJSEG", "train EJSEG: where the ejecta are", *MAPPED),
        *(SCORES, "the candidate, which comes as files", CANDIDATE[-1], *MAPPED[1:], SCORES),
    ]


@pytest.mark.parametrize("models", ["ejseg: ejseg_polar", "ejseg: ready_views"])
def test_a_project_without_a_candidate_has_none_of_its_stages(tmp_path: Path, models: str) -> None:
    """Neither in a run nor in a retraining."""
    project = _project(tmp_path, models)

    assert not {*_titles(project)} & {*CANDIDATE}
    assert not {stage.title for stage in retraining_stages(project)} & {*CANDIDATE}
