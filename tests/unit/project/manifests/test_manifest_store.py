"""Files of artefacts are compared with what was recorded: any other byte counts as not there."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ejmap_project.manifests import manifest, manifest_store
from ejmap_project.manifests.manifest_store import ArtefactFiles, Integrity
from ejmap_project.paths import ProjectPaths

KEY = "0003"


def _files(folder: Path) -> ArtefactFiles:
    """Return a folder and a file of one artefact."""
    paths = ProjectPaths(folder)
    places = (paths.tile_store(KEY), paths.basemap_mask(KEY))
    return ArtefactFiles(paths=paths, asset="tile_store", partition=KEY, places=places)


@pytest.fixture
def files(tmp_path: Path) -> ArtefactFiles:
    """An artefact on disk."""
    found = _files(tmp_path / "project")
    store, mask = found.places
    (store / "c").mkdir(parents=True)
    (store / "zarr.json").write_text("{}")
    (store / "c" / "0").write_bytes(bytes(range(256)))
    mask.write_bytes(b"mask of crater 3")
    return found


def _recorded(files: ArtefactFiles) -> str:
    with files.being_made():
        taken = files.take()
        files.write(taken)
    return taken.digest


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[7] ^= 1
    path.write_bytes(content)


def _swap(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"mask of crater 4")
    other.replace(path)


@pytest.mark.parametrize(
    ("name", "damage", "fault"),
    [
        pytest.param("tiles.zarr/c/0", _flip, "has other bytes", id="a flipped bit"),
        pytest.param("tiles.zarr/c/0", Path.unlink, "is gone", id="a deleted chunk"),
        pytest.param("tiles.zarr/c/1", Path.touch, "was added", id="an added chunk"),
        pytest.param("basemap_mask.tif", _swap, "has other bytes", id="another crater's mask"),
        pytest.param(
            "basemap_mask.tif",
            lambda path: path.write_bytes(b""),
            "has 0 bytes, not 16",
            id="0 bytes",
        ),
    ],
)
def test_other_bytes_count_as_not_there_and_are_named(
    files: ArtefactFiles, name: str, damage: object, fault: str
) -> None:
    """Whatever became of the file."""
    recorded = _recorded(files)
    damage(files.paths.crater(KEY) / name)

    found = files.compare(recorded)

    assert (found.integrity, found.is_there) == (Integrity.DAMAGED, False)
    assert found.fault == f"data/craters/{KEY}/{name} {fault}"


def test_a_file_that_is_gone_is_missing(files: ArtefactFiles) -> None:
    """And said to be so."""
    recorded = _recorded(files)
    shutil.rmtree(files.places[0])

    assert files.compare(recorded).integrity is Integrity.MISSING


def test_nothing_is_read_twice(files: ArtefactFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even after a copy of the project, whose inodes and times are others."""
    recorded = _recorded(files)
    read: list[Path] = []
    monkeypatch.setattr(
        manifest_store,
        "digest_of",
        lambda path, *, strong: read.append(path) or manifest.digest_of(path, strong=strong),
    )
    copied = _files(files.paths.folder.with_name("copy"))
    shutil.copytree(files.paths.folder, copied.paths.folder)

    before = files.compare(recorded), len(read)
    after_copy = copied.compare(recorded), len(read)
    again = copied.compare(recorded), len(read)

    assert [one.integrity for one, _ in (before, after_copy, again)] == [Integrity.INTACT] * 3
    assert [count for _, count in (before, after_copy, again)] == [0, 3, 3]


def test_rot_that_keeps_size_and_time_is_found_by_reading_and_stays_found(
    files: ArtefactFiles,
) -> None:
    """The next comparison, which reads as little as it can, knows of it."""
    recorded, mask = _recorded(files), files.places[1]
    status = mask.stat()
    _flip(mask)
    os.utime(mask, ns=(status.st_atime_ns, status.st_mtime_ns))

    unread = files.compare(recorded)
    read = files.compare(recorded, reads_all=True)

    assert unread.integrity is Integrity.INTACT
    assert read.integrity is files.compare(recorded).integrity is Integrity.DAMAGED


@pytest.mark.parametrize("text", [None, "", "{", "[1, {}]", "[9, {}]", '{"maker": 1}', "[1, 2]"])
def test_a_lost_manifest_is_taken_anew(files: ArtefactFiles, text: str | None) -> None:
    """The history decides; without it, nobody could name the file that is wrong."""
    recorded = _recorded(files)
    note = files.paths.manifest("tile_store", KEY)
    note.unlink()
    if text is not None:
        note.write_text(text)

    sound = files.compare(recorded)
    taken = note.read_text()
    note.unlink()
    _flip(files.places[1])

    assert sound.integrity is Integrity.INTACT
    assert manifest.Manifest.from_json(taken).digest == recorded
    assert files.compare(recorded).integrity is Integrity.DAMAGED


def test_a_manifest_that_was_edited_with_the_file_convinces_nobody(files: ArtefactFiles) -> None:
    """The digest in the history is another one."""
    recorded = _recorded(files)
    _swap(files.places[1])
    files.write(files.take())

    assert files.compare(recorded).integrity is Integrity.DAMAGED


def test_what_is_being_made_is_no_damage(files: ArtefactFiles) -> None:
    """A file lies in its place before the history says so; a failure brings the manifest back."""
    recorded = _recorded(files)

    def fail() -> None:
        with files.being_made():
            assert files.compare(recorded).integrity is Integrity.BEING_MADE
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()

    assert files.compare(recorded).integrity is Integrity.INTACT


KILLED = """
import os, sys
from pathlib import Path
from tests.unit.project.manifests.test_manifest_store import _files

files = _files(Path(sys.argv[1]))
with files.being_made():
    files.places[1].write_text(sys.argv[2])
    os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize(
    ("written", "integrity"),
    [("mask of crater 3", Integrity.INTACT), ("mask of crater 5", Integrity.INTERRUPTED)],
)
def test_what_a_killed_process_left_is_told_by_its_bytes(
    files: ArtefactFiles, written: str, integrity: Integrity
) -> None:
    """Killed between writing a file and recording it, or before it changed anything."""
    recorded = _recorded(files)
    command = [sys.executable, "-c", KILLED, str(files.paths.folder), written]
    root = Path(__file__).parents[4]
    done = subprocess.run(command, check=False, cwd=root, env={"PYTHONPATH": str(root)})

    assert done.returncode == -9
    assert files.compare(recorded).integrity is integrity


def test_an_artefact_without_a_digest_gets_one_when_it_is_first_read(files: ArtefactFiles) -> None:
    """Those of EJMAP 0.1; from then on it is compared like any other."""
    unread = files.compare("")
    note = files.paths.manifest("tile_store", KEY)
    was_taken = note.exists()
    files.compare("", adopts=True)
    _flip(files.places[1])

    assert (unread.integrity, was_taken) == (Integrity.INTACT, False)
    assert files.compare("").integrity is Integrity.DAMAGED


def test_files_set_aside_are_kept_once(files: ArtefactFiles) -> None:
    """A person may want them; a second time replaces the first."""
    for content in (b"first", b"second"):
        files.places[0].mkdir(parents=True, exist_ok=True)
        files.places[1].write_bytes(content)
        files.set_aside()

    kept = files.paths.damaged / "craters" / KEY
    assert not any(place.exists() for place in files.places)
    assert (kept / "basemap_mask.tif").read_bytes() == b"second"


def test_what_a_gis_leaves_beside_a_raster_is_no_damage(files: ArtefactFiles) -> None:
    """QGIS writes statistics beside what it shows."""
    recorded = _recorded(files)
    (files.places[0] / "mosaic.tif.aux.xml").touch()
    (files.places[0] / ".DS_Store").touch()

    assert files.compare(recorded).integrity is Integrity.INTACT


def test_files_that_people_edit_have_to_be_there_and_no_more(files: ArtefactFiles) -> None:
    """QGIS saves into its project; it is not made again for that."""
    edited = replace(files, are_edited=True)
    recorded = _recorded(edited)
    _flip(files.places[1])

    kept = edited.compare(recorded, reads_all=True)
    files.places[1].unlink()

    assert kept.integrity is Integrity.INTACT
    assert edited.compare(recorded).integrity is Integrity.MISSING
