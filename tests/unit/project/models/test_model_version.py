"""Versions of models: how they are called, and which configuration a name means."""

from pathlib import Path

import pytest

from ejmap_ml.config.model_config import load_preset
from ejmap_project.errors import SettingsError
from ejmap_project.models.model_version import (
    ModelVersion,
    configured_version,
    imported_from,
    model_of,
)
from ejmap_project.open_project import OpenProject

SETTINGS = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 3}
training: {kind: synthetic, seeds: [1]}
splits: {used: 61}
"""


@pytest.fixture
def project(tmp_path: Path) -> OpenProject:
    """A project that holds back the test tiles of split 61."""
    (tmp_path / "project.yaml").write_text(SETTINGS)
    return OpenProject.at(tmp_path)


@pytest.mark.parametrize(
    ("key", "version"),
    [
        ("ejseg_v200", ModelVersion("ejseg_v200")),
        ("ejseg_v200@61", ModelVersion("ejseg_v200", 61)),
        ("ejseg_v200@0", ModelVersion("ejseg_v200", 0)),
    ],
)
def test_a_version_reads_back_what_it_is_called(key: str, version: ModelVersion) -> None:
    """Partitions and folders carry the key."""
    assert ModelVersion.parse(key) == version
    assert version.key == key


@pytest.mark.parametrize("key", ["ejseg@", "@3", "ejseg@x", "ejseg@-1", "ejseg@1@2"])
def test_a_split_is_a_number(key: str) -> None:
    """Anything else after the mark is refused in one sentence."""
    with pytest.raises(SettingsError, match="is no model version; write NAME"):
        ModelVersion.parse(key)


def test_the_settings_name_preset_and_split(project: OpenProject) -> None:
    """A model that never saw the test tiles of a split is another version than one that did."""
    assert configured_version(project, "ejseg") == ModelVersion("ejseg_polar", 61)


def test_a_file_of_the_project_comes_before_a_packaged_preset(project: OpenProject) -> None:
    """So that an imported version of the same name means what was imported."""
    own = project.paths.preset("ejseg_v200")
    own.parent.mkdir()
    text = load_preset("ejseg_v200").model_copy(update={"name": "imported"}).model_dump_json()
    own.write_text(text)

    assert model_of(project, "ejseg", ModelVersion("ejseg_v200")).name == "imported"
    assert model_of(project, "ejseg", ModelVersion("ejseg_tiny")).name == "ejseg_tiny"


def test_an_unknown_name_says_which_there_are(project: OpenProject) -> None:
    """And where to write one."""
    with pytest.raises(SettingsError, match=r"no model configuration 'nope'; take one of .*tiny"):
        model_of(project, "ejseg", ModelVersion("nope"))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"provenance": 3}', "not json"])
def test_a_broken_note_does_not_make_a_member_an_import(project: OpenProject, text: str) -> None:
    """Whoever loads the bundle will be told what is wrong with it."""
    bundle = project.paths.model_bundle("ejseg", version="a", iteration=0)
    bundle.mkdir(parents=True)
    (bundle / "provenance.json").write_text(text)

    assert imported_from(project.paths, "ejseg", "a", 0) is None
