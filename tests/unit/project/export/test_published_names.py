"""Versions and splits have numbers in published folders, and names here."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ejmap_project.export.folder import export_project
from ejmap_project.export.published_names import PublishedNames, number_of, shown_versions
from ejmap_project.models.model_version import ModelVersion
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ProjectPaths
from tests.published_fixture import RUN


@pytest.mark.parametrize(
    ("name", "number"),
    [("ejseg_v200", 200), ("ejconn_v0", 0), ("ejseg_polar", 0), ("v3_mine", 0), ("mine_v7", 7)],
)
def test_the_number_stands_at_the_end_of_the_name(name: str, number: int) -> None:
    """As in the presets that are made of published rows."""
    assert number_of(ModelVersion(name)) == number


def test_names_follow_from_the_settings(project: OpenProject) -> None:
    """The map is called as the published one: both versions, the split, the members."""
    names = PublishedNames.of(project)

    assert (names.ejconn, names.ejseg, names.split) == (32, 200, 61)
    assert names.run == "ejc-version-200_conn-version-32_test-set-61_x2"


def test_other_names_can_be_asked_for(project: OpenProject) -> None:
    """Zero among them."""
    names = PublishedNames.of(project, ejconn=0, ejseg=300, split=5)
    named = PublishedNames.of(project, run="mine")

    assert names.run == "ejc-version-300_conn-version-0_test-set-5_x2"
    assert (names.version("ejconn"), names.version("ejseg")) == (0, 300)
    assert named.run == "mine"


def test_published_results_that_are_shown_keep_their_numbers(project: OpenProject) -> None:
    """They were made by the versions in their names, whatever the project would train."""
    mine = _with_own_models(project, masks_run=RUN)

    names = PublishedNames.of(mine)

    assert (names.ejconn, names.ejseg, names.split, names.run) == (32, 200, 61, RUN)
    assert shown_versions(mine) == {"ejconn": 32, "ejseg": 200}


def test_own_weights_are_not_published_as_those_of_shown_results(
    project: OpenProject, tmp_path: Path
) -> None:
    """Connections of version 32 say nothing of a network that was trained here."""
    paths = ProjectPaths(tmp_path / "mine")
    shutil.copytree(project.paths.folder, paths.folder)
    mine = replace(_with_own_models(project), paths=paths)
    paths.model_bundle("ejconn", version="ejconn_tiny@61", iteration=0).mkdir(parents=True)

    names = PublishedNames.of(mine)
    place = tmp_path / "e"
    notes = export_project(mine, place, names=names, what=("weights",), tell=lambda _: None)

    assert notes[0] == (
        "weights of ejconn_tiny@61: version 32 is another model, whose published results the "
        "project shows; give --ejconn-version a number of its own"
    )
    assert not list(place.rglob("*.ckpt"))


def _with_own_models(project: OpenProject, **source: str) -> OpenProject:
    settings = project.settings
    models = settings.models.model_copy(update={"ejconn": "ejconn_tiny", "ejseg": "ejseg_polar"})
    own = {"models": models, "source": settings.source.model_copy(update=source)}
    return replace(project, settings=settings.model_copy(update=own))
