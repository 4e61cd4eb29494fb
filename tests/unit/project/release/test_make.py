"""Releases are whole or absent, are what their manifest says, and never change again."""

import errno
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ejmap_project.errors import ReleaseError
from ejmap_project.global_map.planet_map import draw_planet_map
from ejmap_project.mapping.crater_state import CraterState
from ejmap_project.open_project import OpenProject
from ejmap_project.progress import Silence
from ejmap_project.release import make as make_module
from ejmap_project.release.make import AskedRelease, Inventory, make_release
from ejmap_project.release.release_folder import (
    alone,
    prunable,
    release_folder,
    release_folders,
    remove_folder,
)
from ejmap_project.release.verify import faults_of
from ejmap_project.release_metadata.release_manifest import MANIFEST, read_release_manifest
from tests.unit.project.release.conftest import KEYS, inventory_of

Release = Callable[..., Path]


def _make(project: OpenProject, name: str, inventory: Inventory, *, allow: bool = False) -> None:
    asked = AskedRelease(name=name, allow_stale=allow)
    make_release(project, asked, lambda: inventory, progress=Silence())


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_manifest_names_every_file_with_its_digest(
    mapped: OpenProject, release: Release
) -> None:
    """Sizes and SHA-256 are those of another implementation; nothing is left out."""
    folder = release(mapped, "first")

    told = json.loads((folder / MANIFEST).read_text())
    found = _digests(folder)
    del found[MANIFEST]
    assert {one["path"]: one["sha256"] for one in told["files"]} == found
    assert all(one["size"] == (folder / one["path"]).stat().st_size for one in told["files"])
    assert folder.name == "0001_first"
    assert {f"data/craters/{key}/basemap_mask.tif" for key in KEYS} <= {*found}
    of_labels = ("label_map.tif", "label_map.qml", "label_map.tif.aux.xml")
    assert {f"data/map/{name}" for name in of_labels} <= {*found}
    assert {"project.yaml", "report.html"} <= {*found}


def test_files_are_read_only_links_and_what_people_edit_is_copied(
    mapped: OpenProject, release: Release
) -> None:
    """Rasters take no disk a second time; an editor that writes in place changes no release."""
    folder = release(mapped, "first")

    root = mapped.paths.folder
    files = [path for path in folder.rglob("*") if path.is_file()]
    shared = [path for path in files if path.stat().st_nlink == 2]
    linked = {path.suffix for path in shared if path.samefile(root / path.relative_to(folder))}
    assert linked == {".tif", ".parquet", ".png"}
    modes = {stat.S_IMODE(one.stat().st_mode) for one in files}
    assert modes == {0o444}
    # The person goes on editing.
    assert os.access(mapped.paths.settings, os.W_OK)
    assert stat.S_IMODE(mapped.paths.settings.stat().st_mode) & stat.S_IWUSR


def test_later_maps_leave_a_release_as_it_was(mapped: OpenProject, release: Release) -> None:
    """Every writer of the map and of masks replaces its file: no link is written through."""
    folder = release(mapped, "first")
    before = _digests(folder)
    mapped.paths.basemap_mask(KEYS[0]).unlink()

    draw_planet_map(mapped, dict.fromkeys(KEYS, CraterState.STALE), tags={"EJMAP_RUN": "2"})
    second = release(mapped, "second")

    assert _digests(folder) == before
    assert faults_of(folder) == []
    assert _digests(second)["data/map/label_map.tif"] != before["data/map/label_map.tif"]
    assert second.name == "0002_second"


def test_without_hard_links_files_are_copied(
    mapped: OpenProject, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on file systems of clusters; the release is the same."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    folder = release(mapped, "first")

    assert {one.stat().st_nlink for one in folder.rglob("*") if one.is_file()} == {1}
    assert faults_of(folder) == []
    # Nothing of the project became read-only by it.
    assert mapped.paths.label_map.stat().st_mode & stat.S_IWUSR


@pytest.mark.parametrize(
    "name", ["12", "a/b", "../out", ".hidden", "a b", "\u202ename", "x" * 61, "a\n"]
)
def test_names_that_are_no_names_are_refused(mapped: OpenProject, name: str) -> None:
    """A name becomes a folder: it leads nowhere else, and is no number."""
    with pytest.raises(ReleaseError, match="no name of a release"):
        _make(mapped, name, inventory_of(mapped))

    assert not mapped.paths.releases.exists()


def test_without_a_name_a_release_is_called_by_its_time(mapped: OpenProject) -> None:
    """As where somebody materialises all assets in the UI."""
    _make(mapped, "", inventory_of(mapped))

    (folder,) = release_folders(mapped.paths)
    assert re.fullmatch(r"0001_map_\d{4}-\d\d-\d\d_\d{6}", folder.name)


def test_a_name_is_given_once(mapped: OpenProject, release: Release) -> None:
    """The folder that has it is named."""
    release(mapped, "first")

    with pytest.raises(ReleaseError, match="0001_first has that name already"):
        _make(mapped, "first", inventory_of(mapped))


def test_without_a_map_there_is_no_release(mapped: OpenProject) -> None:
    """What to do is said."""
    inventory = inventory_of(mapped)
    without = Inventory(
        made=tuple(one for one in inventory.made if one.note.asset != "global_map"), craters={}
    )

    with pytest.raises(ReleaseError, match=r"has no map to release.*`ejmap run /.*mapped`"):
        _make(mapped, "first", without)


def test_what_is_stale_is_refused_or_named(mapped: OpenProject) -> None:
    """A stale map is frozen only by leave, and the manifest says why it is stale."""
    stale = inventory_of(mapped, global_map={"stale": "basemap_mask changed"})
    with pytest.raises(
        ReleaseError, match=r"global_map is not up to date \(basemap_mask changed\)"
    ):
        _make(mapped, "first", stale)
    assert release_folders(mapped.paths) == []

    _make(mapped, "first", stale, allow=True)

    manifest = read_release_manifest(release_folder(mapped.paths, "1"))
    assert [(one.asset, one.stale) for one in manifest.stale] == [
        ("global_map", "basemap_mask changed")
    ]


def test_what_changes_while_it_is_frozen_makes_no_release(mapped: OpenProject) -> None:
    """A run that replaces masks meanwhile would leave a map of two halves."""
    stocks = [
        inventory_of(mapped),
        inventory_of(mapped, global_map={"data_version": "another"}),
    ]
    asked = AskedRelease(name="first")

    with pytest.raises(ReleaseError, match="made anew while they were frozen"):
        make_release(mapped, asked, lambda: stocks.pop(0), progress=Silence())

    assert [one.name for one in mapped.paths.releases.iterdir()] == [".lock"]


def test_an_interrupted_release_leaves_nothing_and_is_made_by_repeating(
    mapped: OpenProject, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number is not used up, and what a killed process left behind is cleared."""

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(make_module, "write_report", fail)
        with pytest.raises(KeyboardInterrupt):
            release(mapped, "first")
    assert release_folders(mapped.paths) == []
    left = mapped.paths.releases / ".0001_first-abc" / "0001_first"
    left.mkdir(parents=True)

    folder = release(mapped, "first")

    assert folder.name == "0001_first"
    assert sorted(one.name for one in mapped.paths.releases.iterdir()) == [".lock", "0001_first"]


def test_two_releases_at_once_do_not_share_a_number(mapped: OpenProject) -> None:
    """The second one is told to wait."""
    with alone(mapped.paths), pytest.raises(ReleaseError, match="is being made or removed"):
        _make(mapped, "second", inventory_of(mapped))


def test_altered_removed_and_added_files_are_found(mapped: OpenProject, release: Release) -> None:
    """Also where the size is as before."""
    folder = release(mapped, "first")
    report, settings = folder / "report.html", folder / "project.yaml"
    for one in (report, settings):
        one.chmod(0o644)
    text = report.read_bytes()
    report.write_bytes(text[:-2] + b"!\n")
    settings.unlink()
    (folder / "data" / "notes.txt").write_text("mine")

    assert sorted(faults_of(folder)) == [
        "data/notes.txt was added",
        "project.yaml is gone",
        "report.html was altered",
    ]


def test_pruning_keeps_the_newest_and_what_the_project_links(
    mapped: OpenProject, release: Release
) -> None:
    """Numbers go on behind the highest one that stays."""
    for name in ("a", "b", "c"):
        release(mapped, name)

    for folder in prunable(mapped.paths, keep=1):
        remove_folder(folder)

    assert [one.name for one in release_folders(mapped.paths)] == ["0003_c"]
    assert mapped.paths.label_map.is_file()
    assert release(mapped, "d").name == "0004_d"


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "", "data/../../x", "a\\b"])
def test_a_manifest_that_leads_out_of_its_folder_is_refused(
    mapped: OpenProject, release: Release, path: str
) -> None:
    """A release may come from anybody."""
    file = release(mapped, "first") / MANIFEST
    file.chmod(0o644)
    told = json.loads(file.read_text())
    told["files"][0]["path"] = path
    file.write_text(json.dumps(told))

    with pytest.raises(ReleaseError, match="does not hold what a manifest should"):
        faults_of(file.parent)


def test_a_release_is_found_by_number_and_name(mapped: OpenProject, release: Release) -> None:
    """An unknown one names those that are there."""
    folder = release(mapped, "first")

    assert {release_folder(mapped.paths, one) for one in ("1", "0001", "first", "0001_first")} == {
        folder
    }
    with pytest.raises(ReleaseError, match="there are: 0001_first"):
        release_folder(mapped.paths, "2")
