"""Ensembles travel between projects as one file, which may come from anybody."""

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.ejseg.view_ranges import ViewRanges
from ejmap_ml.errors import BundleError
from ejmap_project.errors import ExportError, SettingsError
from ejmap_project.models import ensemble_archive
from ejmap_project.models.ensemble_archive import export_ensemble, import_ensemble
from ejmap_project.models.model_version import configured_version, member_count
from ejmap_project.open_project import OpenProject
from tests.constant_models import constant_bundle
from tests.ready_ensemble import CARD_TEXT, PROMISES, write_ready
from tests.tiny_presets import EJCONN, POLAR

SETTINGS = """
source: {kind: synthetic, seed: 5}
models: {ejseg: NAME}
"""


def _project(folder: Path, name: str = "ejseg_tiny") -> OpenProject:
    folder.mkdir()
    (folder / "project.yaml").write_text(SETTINGS.replace("NAME", name))
    return OpenProject.at(folder)


@pytest.fixture
def trained(tmp_path: Path) -> OpenProject:
    """A project with two trained members of a version on a split."""
    project = _project(tmp_path / "trained")
    for number, probability in enumerate((0.25, 0.75)):
        path = project.paths.model_bundle("ejseg", version="views@0", iteration=number)
        ranges = ViewRanges.of([{"texture_1": 0.5}])
        replace(constant_bundle(POLAR, probability), view_ranges=ranges).save(path)
    return project


@pytest.fixture
def file(trained: OpenProject, tmp_path: Path) -> Path:
    """What the project exported."""
    export_ensemble(trained, "views@0", tmp_path / "views.zip")
    return tmp_path / "views.zip"


def test_an_ensemble_arrives_as_it_left(trained: OpenProject, file: Path, tmp_path: Path) -> None:
    """The same models, which say where they come from, as a version to be named."""
    other = _project(tmp_path / "other", "views_imported")

    found = import_ensemble(other, file)

    assert configured_version(other, "ejseg").key == found.name == "views_imported"
    assert member_count(other, "ejseg") == 2
    assert found.card.startswith("# views@0\n")
    for number in range(2):
        path = trained.paths.model_bundle("ejseg", version="views@0", iteration=number)
        bundle = ModelBundle.load(found.member(number))
        assert bundle.data_version == ModelBundle.load(path).data_version
        assert bundle.view_ranges == ModelBundle.load(path).view_ranges is not None
        assert bundle.provenance.source == "views@0 in views.zip"
        assert bundle.provenance.file_name == "views.zip"
        assert len(bundle.provenance.file_sha256 or "") == 64


def test_a_ready_made_ensemble_travels_with_its_card(tmp_path: Path) -> None:
    """And with its promises, before anything of it was copied into the project."""
    project = _project(tmp_path / "mine")
    write_ready(project.paths.own_models, "ready_test", conformal=PROMISES)

    export_ensemble(project, "ready_test", tmp_path / "ready.zip")
    found = import_ensemble(project, tmp_path / "ready.zip", name="again")

    assert found.card == CARD_TEXT
    assert found.member_count == 2
    assert ModelBundle.load(found.member(1)).conformal == PROMISES


def test_an_ensemble_named_as_one_of_the_package_arrives_under_a_free_name(tmp_path: Path) -> None:
    """Without a name being asked for: most come from presets that everybody has."""
    project = _project(tmp_path / "mine")
    write_ready(project.paths.own_models, "ready_test")
    export_ensemble(project, "ready_test", tmp_path / "ready.zip")

    assert import_ensemble(project, tmp_path / "ready.zip").name == "ready_test_imported"


def test_a_link_in_place_of_a_file_is_not_exported(tmp_path: Path) -> None:
    """It could send any file of this machine along."""
    project = _project(tmp_path / "mine")
    ready = write_ready(project.paths.own_models, "ready_test")
    (tmp_path / "secret").write_text("null")
    (ready.member(1) / "normalization.json").unlink()
    (ready.member(1) / "normalization.json").symlink_to(tmp_path / "secret")

    with pytest.raises(BundleError, match="has no file normalization"):
        export_ensemble(project, "ready_test", tmp_path / "ready.zip")

    assert not (tmp_path / "ready.zip").exists()


def test_what_is_not_there_is_not_exported(trained: OpenProject, file: Path) -> None:
    """And a file that is there is not replaced."""
    with pytest.raises(ExportError, match="has no members in this project; `ejmap models list"):
        export_ensemble(trained, "views@1", file.with_name("none.zip"))
    with pytest.raises(ExportError, match="is there already"):
        export_ensemble(trained, "views@0", file)
    assert not file.with_name("none.zip").exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../views", "is no name of an ensemble"),
        ("", "is no name of an ensemble"),
        ("ejseg_polar", "a model is called ejseg_polar already"),
        ("taken", "a model is called taken already"),
    ],
)
def test_a_name_must_be_one_and_free(
    name: str, message: str, trained: OpenProject, file: Path
) -> None:
    """No path out of the project, and no other meaning for a known name."""
    write_ready(trained.paths.own_models, "taken")

    with pytest.raises(SettingsError, match=message):
        import_ensemble(trained, file, name=name or " ")


def _rewritten(file: Path, changes: dict[str, bytes | None]) -> Path:
    """Write the file again with other entries; None removes one."""
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()} | changes
    other = file.with_name("other.zip")
    with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            if content is not None:
                archive.writestr(name, content)
    return other


OF_EJCONN = json.dumps({"kind": "ejconn", "version": "x"}).encode()
BOMB = b"\0" * (2**20 + 1)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("../../evil", b"x", "is none of its files"),
        ("/etc/evil", b"x", "is none of its files"),
        ("member_00/evil.py", b"x", "is none of its files"),
        ("member_02/config.json", b"{}", "does not hold what it should"),
        ("member_04/config.json", b"{}", "without a gap"),
        ("ensemble.json", None, "it lacks ensemble.json"),
        ("ensemble.json", b"[]", "does not hold what it should"),
        ("ensemble.json", OF_EJCONN, "says that it is of ejconn"),
        ("member_00/config.json", b"{}", "is no valid model configuration"),
        ("member_01/weights.safetensors", None, "has no file weights.safetensors"),
        ("member_01/weights.safetensors", b"x", "cannot be read as safetensors"),
        pytest.param("CARD.md", BOMB, "holds more than an ensemble may", id="bomb"),
    ],
)
def test_a_file_from_anybody_is_checked_and_leaves_nothing(
    name: str, content: bytes | None, message: str, trained: OpenProject, file: Path
) -> None:
    """Paths that lead out, strange or missing files, other contents, and bombs."""
    other = _rewritten(file, {name: content})

    with pytest.raises(BundleError, match=message):
        import_ensemble(trained, other)

    assert not list(trained.paths.own_models.glob("*"))


def test_a_member_that_was_altered_is_refused(trained: OpenProject, file: Path) -> None:
    """Its weights no longer fit the configuration that was changed."""
    with zipfile.ZipFile(file) as archive:
        config = json.loads(archive.read("member_01/config.json"))
    config["bands"] = 1
    other = _rewritten(file, {"member_01/config.json": json.dumps(config).encode()})

    with pytest.raises(BundleError, match="weights do not fit"):
        import_ensemble(trained, other)


def test_all_files_together_are_bounded(
    trained: OpenProject, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few kilobytes of ZIP may say that they are terabytes."""
    monkeypatch.setattr(ensemble_archive, "LARGEST_ARCHIVE_BYTES", 1000)

    with pytest.raises(BundleError, match="all files together"):
        import_ensemble(trained, file)


def test_a_damaged_file_is_one_sentence(trained: OpenProject, file: Path) -> None:
    """No ZIP at all, and one with a wrong byte."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(BundleError, match="cannot be read as a ZIP file"):
        import_ensemble(trained, file)
    file.write_bytes(b"not a zip")
    with pytest.raises(BundleError, match="cannot be read as a ZIP file"):
        import_ensemble(trained, file)


def test_members_of_two_architectures_are_refused(trained: OpenProject, tmp_path: Path) -> None:
    """Together they are no ensemble."""
    wide = POLAR.replace("base_channels: 4", "base_channels: 8")
    path = trained.paths.model_bundle("ejseg", version="views@0", iteration=1)
    shutil.rmtree(path)
    constant_bundle(wide, 0.5).save(path)
    export_ensemble(trained, "views@0", tmp_path / "mixed.zip")

    with pytest.raises(BundleError, match="are not of one architecture"):
        import_ensemble(trained, tmp_path / "mixed.zip")


def test_a_classifier_of_tiles_travels_too(trained: OpenProject, tmp_path: Path) -> None:
    """The file says which of the two models it is."""
    path = trained.paths.model_bundle("ejconn", version="tiles", iteration=0)
    constant_bundle(EJCONN, 0.5).save(path)

    origin = export_ensemble(trained, "tiles", tmp_path / "tiles.zip")

    assert origin.kind == "ejconn"
    assert import_ensemble(trained, tmp_path / "tiles.zip").config.name == "ejconn_test"
