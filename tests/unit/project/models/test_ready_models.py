"""Ready-made ensembles as versions of a project: which one a name means, and what is copied."""

import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.errors import BundleError
from ejmap_project.errors import SettingsError, StepError
from ejmap_project.models.mapping_models import saw_own_masks
from ejmap_project.models.model_version import (
    ModelVersion,
    configured_version,
    imported_from,
    is_given,
    member_count,
    model_of,
    ready_made,
    version_named,
)
from ejmap_project.models.ready_models import copy_member, ready_named, ready_names
from ejmap_project.models.seen_bands import require_readable
from ejmap_project.models.starting_member import starting_member
from ejmap_project.open_project import OpenProject
from ejmap_project.recipe_settings import of_member, of_promotion
from tests.ready_ensemble import write_ready
from tests.tiny_presets import EJCONN, POLAR

SETTINGS = """
bands: mercury-enhanced
source: {kind: files, mosaic: m.tif, craters: c.csv, masks: masks}
training: {kind: own-masks}
models: {ejseg: ready_test, iterations: 5}
splits: {used: 3}
"""
MEMBER = "01|ready_test"


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """A project that names an ensemble of two members, which comes with the package."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "project.yaml").write_text(SETTINGS)
    packaged = tmp_path / "packaged"
    write_ready(packaged, "ready_test")
    return replace(OpenProject.at(tmp_path / "mine"), packaged_models=packaged)


def test_a_ready_made_version_has_its_own_members_and_no_split(project: OpenProject) -> None:
    """Whatever the settings say of ensembles that are trained."""
    found = configured_version(project, "ejseg")

    assert found == ModelVersion("ready_test")
    assert member_count(project, "ejseg") == 2
    assert member_count(project, "ejseg", ModelVersion("ejseg_polar", 3)) == 5
    assert version_named(project, "ejseg", "ejseg_polar") == ModelVersion("ejseg_polar", 3)
    assert model_of(project, "ejseg", found).name == "ejseg_test"
    assert of_promotion("ejseg")(project, "") == ["ready_test", 2]
    assert is_given(project, "ejseg", "ready_test", 0)
    assert not is_given(project, "ejseg", "ejseg_polar@3", 0)
    assert not saw_own_masks(project)


def test_what_a_person_added_comes_before_the_package(project: OpenProject) -> None:
    """An ensemble of the project first, and before it a configuration of the project."""
    own = project.paths.own_models
    write_ready(own, "ready_test", probabilities=(0.5,))
    assert member_count(project, "ejseg") == 1
    assert ready_names(project) == ("ready_test",)

    project.paths.preset("ready_test").write_text(POLAR)

    assert ready_made(project, "ejseg", ModelVersion("ready_test")) is None
    assert configured_version(project, "ejseg") == ModelVersion("ready_test", 3)
    assert ready_names(project) == ()


def test_an_ensemble_of_the_other_model_is_refused(project: OpenProject) -> None:
    """With where to name it."""
    write_ready(project.packaged_models, "ready_tiles", preset=EJCONN, probabilities=(0.5,))

    with pytest.raises(SettingsError, match="is an ensemble of EJCONN, not of EJSEG; name it as"):
        ready_made(project, "ejseg", ModelVersion("ready_tiles"))
    assert ready_names(project, "ejconn") == ("ready_tiles",)


def test_a_name_that_is_none_lists_ready_made_ensembles_first(project: OpenProject) -> None:
    """And one on a split is told that there is no split."""
    with pytest.raises(SettingsError, match="take one of ready_test, ejconn_tiny"):
        model_of(project, "ejseg", ModelVersion("nope"))
    with pytest.raises(SettingsError, match="trained on no split of this project; name it without"):
        model_of(project, "ejseg", ModelVersion("ready_test", 3))


def test_a_copy_is_the_same_model_and_says_where_it_is_from(project: OpenProject) -> None:
    """The digest is of weights, configuration and normalization alone."""
    ready = ready_named(project, "ready_test")
    assert ready is not None
    path = project.paths.model_bundle("ejseg", version="ready_test", iteration=1)

    copy_member(project, ready, 1, path)

    copied, origin = ModelBundle.load(path), ModelBundle.load(ready.member(1))
    assert copied.data_version == origin.data_version
    assert imported_from(project.paths, "ejseg", "ready_test", 1) == (
        f"EJMAP ready-made ready_test, ejmap {version('ejmap')}"
    )
    with pytest.raises(BundleError, match="no member 2"):
        copy_member(project, ready, 2, path)


def test_another_ensemble_of_the_package_is_another_recipe(project: OpenProject) -> None:
    """Copying a member leaves its recipe alone; a newer package changes it."""
    settings = of_member("ejseg")
    before = json.dumps(settings(project, MEMBER))
    ready = ready_named(project, "ready_test")
    assert ready is not None
    copy_member(project, ready, 1, project.paths.model_bundle(
        "ejseg", version="ready_test", iteration=1
    ))  # fmt: skip
    assert json.dumps(settings(project, MEMBER)) == before

    write_ready(project.packaged_models, "ready_test", probabilities=(0.75, 0.8))

    assert json.dumps(settings(project, MEMBER)) != before


def test_a_tuned_version_starts_from_the_members_of_its_ensemble(project: OpenProject) -> None:
    """Member k from member k; its recipe changes with them, and its bands are theirs."""
    tuned = version_named(project, "ejseg", "ready_test_tuned")
    settings = of_member("ejseg")

    first, second, third = (
        starting_member(project, "ejseg", tuned.key, number) for number in range(3)
    )
    before = json.dumps(settings(project, f"01|{tuned.key}"))
    write_ready(project.packaged_models, "ready_test", probabilities=(0.75, 0.8))

    ready = ready_named(project, "ready_test")
    assert ready is not None
    assert first is not None
    assert second is not None
    assert (first.folder, second.folder) == (ready.member(0), ready.member(1))
    assert third == first
    assert tuned == ModelVersion("ready_test_tuned", 3)
    assert member_count(project, "ejseg", tuned) == 2
    assert not is_given(project, "ejseg", tuned.key, 0)
    config, start = model_of(project, "ejseg", tuned), ready.config
    assert (config.architecture, config.bands) == (start.architecture, start.bands)
    assert json.dumps(settings(project, f"01|{tuned.key}")) != before


def test_a_trained_version_can_be_tuned_once_it_is_trained(project: OpenProject) -> None:
    """On the same split, so that its test tiles stay unseen; nothing starts from itself."""
    tuned = version_named(project, "ejseg", "ejseg_polar_tuned")
    start = starting_member(project, "ejseg", tuned.key, 0)

    assert start is not None
    assert start.version == ModelVersion("ejseg_polar", 3)
    with pytest.raises(StepError, match="nothing to start from; train ejseg_polar@3 first"):
        start.load()
    mine = POLAR.replace("batch_size", "starts_from: mine, batch_size")
    project.paths.own_models.mkdir(exist_ok=True)
    project.paths.preset("mine").write_text(mine)
    with pytest.raises(SettingsError, match="mine starts from mine, so none of them can begin"):
        starting_member(project, "ejseg", "mine", 0)


def test_versions_that_start_from_each_other_are_refused_with_the_way(project: OpenProject) -> None:
    """A circle of any length, from any of its versions, and from one that leads into it."""
    project.paths.own_models.mkdir(exist_ok=True)
    for name, start in (("a", "b"), ("b", "c"), ("c", "a"), ("into", "b")):
        text = POLAR.replace("batch_size", f"starts_from: {start}, batch_size")
        project.paths.preset(name).write_text(text)

    for name, way in (
        ("a", "a starts from b starts from c starts from a"),
        ("into", "into starts"),
    ):
        with pytest.raises(
            SettingsError, match=f"{way}.*, so none of them can begin; name another"
        ):
            starting_member(project, "ejseg", name, 0)


def test_a_tuned_version_reads_what_it_starts_from(project: OpenProject) -> None:
    """And sees the mosaic as that does: in its bands, or in grey made of them."""
    write_ready(project.packaged_models, "ready_test", reads="colour")
    assert require_readable(project).seen == "mercury-enhanced"
    for reads, seen in (("colour", "mercury-enhanced"), ("grey", "grey")):
        write_ready(project.packaged_models, "ready_test", reads=reads)
        project.paths.settings.write_text(SETTINGS.replace("ready_test", "ready_test_tuned"))
        tuned = replace(
            OpenProject.at(project.paths.folder), packaged_models=project.packaged_models
        )
        assert require_readable(tuned).seen == seen
        assert model_of(tuned, "ejseg", configured_version(tuned, "ejseg")).reads == reads
