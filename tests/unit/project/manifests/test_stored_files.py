"""Artefacts in a bucket are fetched whole and as they were recorded, or not at all."""

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import obstore
import pytest

from ejmap_project.digest import content_version, is_strong
from ejmap_project.errors import ObjectStoreError
from ejmap_project.manifests import transfers
from ejmap_project.manifests.manifest_store import ArtefactFiles, Integrity
from ejmap_project.manifests.stored_files import (
    Recorded,
    Whereabouts,
    fetch_missing,
    push,
    put_away,
    whereabouts,
)
from ejmap_project.object_store.address import VARIABLE
from ejmap_project.object_store.bucket import Bucket, stated_bucket
from ejmap_project.paths import ProjectPaths
from ejmap_project.progress import Silence

KEY = "0003"
# Two files of a tile store and a mask, and the list of the three.
FILES, OBJECTS = 3, 4


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the bucket that the environment names."""
    monkeypatch.setenv(VARIABLE, f"file://{tmp_path}/bucket")
    return tmp_path / "bucket"


def _stated() -> Bucket:
    found = stated_bucket()
    assert found is not None
    return found


def _artefact(folder: Path) -> ArtefactFiles:
    """Return where a folder and a file of one artefact lie in a project."""
    paths = ProjectPaths(folder)
    places = (paths.tile_store(KEY), paths.basemap_mask(KEY))
    return ArtefactFiles(paths=paths, asset="tile_store", partition=KEY, places=places)


def _write(files: ArtefactFiles, mask: bytes = b"mask of crater 3") -> None:
    store, place = files.places
    (store / "c").mkdir(parents=True, exist_ok=True)
    (store / "zarr.json").write_text("{}")
    (store / "c" / "0").write_bytes(bytes(range(256)))
    place.write_bytes(mask)


def _made(folder: Path, mask: bytes = b"mask of crater 3") -> Recorded:
    """Make the artefact as a run does: file, bucket, record, manifest."""
    files = _artefact(folder)
    with files.being_made():
        _write(files, mask)
        manifest = files.take()
        put_away(files, manifest)
        files.write(manifest)
    return Recorded(files, manifest.digest)


def _elsewhere(tmp_path: Path, made: Recorded) -> Recorded:
    """Return the same artefact of a folder that has no files, with the same history."""
    return Recorded(_artefact(tmp_path / "elsewhere"), made.digest)


def _contents(files: ArtefactFiles) -> dict[str, bytes]:
    found = [one for place in files.places for one in (place, *place.rglob("*")) if one.is_file()]
    return {str(one.relative_to(files.paths.folder)): one.read_bytes() for one in found}


def test_another_folder_gets_the_same_bytes(bucket: Path, tmp_path: Path) -> None:
    """With the digest of the history alone; the objects are SHA-256 of what they hold."""
    made = _made(tmp_path / "mine")
    other = _elsewhere(tmp_path, made)

    before = other.files.compare(made.digest)
    moved = fetch_missing([other])
    after = other.files.compare(made.digest)

    assert (before.integrity, before.is_there) == (Integrity.MISSING, True)
    assert (after.integrity, after.is_stored) == (Integrity.INTACT, False)
    assert (moved.moved, moved.size_bytes) == (1, 2 + 256 + 16)
    assert _contents(other.files) == _contents(made.files)
    assert is_strong(made.digest)
    sums = subprocess.run(
        ["/usr/bin/sha256sum", *(one for one in (bucket / "files").rglob("*") if one.is_file())],
        capture_output=True,
        text=True,
        check=True,
    )
    assert [name.endswith(digest) for digest, name in map(str.split, sums.stdout.splitlines())] == [
        True
    ] * FILES


def test_nothing_of_it_is_loaded_or_asked_without_a_bucket(tmp_path: Path) -> None:
    """The option costs nothing where it is off."""
    made = _made(tmp_path / "mine")
    program = (
        "import sys, ejmap_assets.making.inputs, ejmap_project.manifests.stored_files as one;"
        "one.fetch_missing(iter([1 / 1]));"
        "sys.exit('obstore' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=False)

    assert done.returncode == 0
    assert not is_strong(made.digest)


@pytest.mark.parametrize("sent", range(OBJECTS))
@pytest.mark.usefixtures("bucket")
def test_an_upload_that_ended_early_is_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: int
) -> None:
    """After however many objects; the next attempt sends the rest."""
    _end_after(monkeypatch, obstore, "put", sent)
    with pytest.raises(InterruptedError):
        _made(tmp_path / "mine")
    files = _artefact(tmp_path / "mine")
    taken = files.take()
    other = _elsewhere(tmp_path, Recorded(files, taken.digest))

    found = other.files.compare(taken.digest)
    monkeypatch.undo()
    monkeypatch.setenv(VARIABLE, f"file://{tmp_path}/bucket")
    put_away(files, taken)
    fetch_missing([other])

    assert (found.integrity, found.is_stored) == (Integrity.MISSING, False)
    assert other.files.compare(taken.digest).integrity is Integrity.INTACT


@pytest.mark.parametrize(
    ("owner", "method", "times"),
    [
        *((Bucket, "get_file", done) for done in range(FILES)),
        *((Path, "rename", done) for done in range(2)),
        (ArtefactFiles, "write", 0),
    ],
)
@pytest.mark.usefixtures("bucket")
def test_a_fetch_that_ended_early_leaves_nothing_that_is_taken_for_the_artefact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, times: int
) -> None:
    """Between any two files, renames or notes; the next fetch repairs it."""
    made = _made(tmp_path / "mine")
    other = _elsewhere(tmp_path, made)

    with monkeypatch.context() as patched:
        _end_after(patched, owner, method, times)
        with pytest.raises(InterruptedError):
            fetch_missing([other])
    found = other.files.compare_here(made.digest)
    fetch_missing([other])

    is_whole = _contents(other.files) == _contents(made.files) if found.is_there else None
    assert is_whole is not False
    assert other.files.compare_here(made.digest).integrity is Integrity.INTACT
    assert _contents(other.files) == _contents(made.files)


def _end_after(patch: pytest.MonkeyPatch, owner: Any, name: str, times: int) -> None:
    """Let a function end the work after some calls, as a kill does."""
    real, calls = getattr(owner, name), iter(range(times))

    def ending(*args: Any, **kwargs: Any) -> Any:
        if next(calls, None) is None:
            raise InterruptedError
        return real(*args, **kwargs)

    patch.setattr(owner, name, ending)


def _object(bucket: Path, size_bytes: int) -> Path:
    return next(
        one
        for one in (bucket / "files").rglob("*")
        if one.is_file()
        if one.stat().st_size == size_bytes
    )


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[7] ^= 1
    path.write_bytes(content)


def _list(bucket: Path, _: int) -> Path:
    return next(iter((bucket / "manifests").iterdir()))


@pytest.mark.parametrize(
    ("which", "damage", "told"),
    [
        pytest.param(_object, _flip, "holds other bytes under files/", id="a flipped bit"),
        pytest.param(_object, lambda one: os.truncate(one, 9), "another size for files/", id="cut"),
        pytest.param(_object, Path.unlink, "lacks files/", id="a missing file"),
        pytest.param(_list, _flip, "holds another list under manifests/", id="a changed list"),
        pytest.param(_list, Path.unlink, "lacks manifests/", id="a missing list"),
    ],
)
def test_what_was_not_recorded_is_refused_and_not_placed(
    bucket: Path,
    tmp_path: Path,
    which: Callable[[Path, int], Path],
    damage: Callable[[Path], None],
    told: str,
) -> None:
    """Whatever became of the objects, and whoever changed them."""
    made = _made(tmp_path / "mine")
    other = _elsewhere(tmp_path, made)
    damage(which(bucket, 256))

    with pytest.raises(ObjectStoreError, match=told):
        fetch_missing([other])

    assert other.files.compare_here(made.digest).integrity is Integrity.MISSING
    assert _contents(other.files) == {}


@pytest.mark.parametrize(
    "name",
    [
        *("../stolen", "data/../../stolen", "/stolen", "project.yaml", "dagster_home/history_id"),
        *("data", "data/", "data//one", "data/.ejmap-scratch/one", "data/manifests/x/one.json"),
        *("data/one\\..\\two", "data/one\x00", "data/./one", "data/damaged/one", ""),
    ],
)
@pytest.mark.usefixtures("bucket")
def test_a_list_names_no_file_but_those_of_artefacts(tmp_path: Path, name: str) -> None:
    """Not even one with the right digest."""
    _made(tmp_path / "mine")
    text = f'[["{name}", 16, "{"0" * 32}"]]'.replace("\\", "\\\\").replace("\x00", "\\u0000")
    _stated().put_list(text, content_version(text))
    other = Recorded(_artefact(tmp_path / "elsewhere"), content_version(text))

    with pytest.raises(ObjectStoreError, match="names what is no file of an artefact"):
        fetch_missing([other])

    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.usefixtures("bucket")
def test_a_damaged_file_is_replaced_and_kept_aside(tmp_path: Path) -> None:
    """A person may have edited it; the history is right, and the bucket holds what it says."""
    made = _made(tmp_path / "mine")
    made.files.places[1].write_bytes(b"edited by hand!!")

    found = made.files.compare(made.digest)
    fetch_missing([made])

    assert (found.integrity, found.is_there, found.is_unusable) == (Integrity.DAMAGED, True, False)
    assert made.files.places[1].read_bytes() == b"mask of crater 3"
    aside = made.files.paths.damaged / "craters" / KEY / "basemap_mask.tif"
    assert aside.read_bytes() == b"edited by hand!!"


@pytest.mark.usefixtures("bucket")
def test_an_artefact_without_files_is_a_folder_without_files(tmp_path: Path) -> None:
    """Such as the manual masks of a planet on which nobody drew any."""
    paths = ProjectPaths(tmp_path / "mine")
    mine = ArtefactFiles(
        paths=paths, asset="manual_masks", partition="", places=(paths.manual_masks,)
    )
    paths.manual_masks.mkdir(parents=True)
    taken = mine.take()
    put_away(mine, taken)
    shutil.rmtree(paths.manual_masks)

    fetch_missing([Recorded(mine, taken.digest)])

    assert mine.compare_here(taken.digest).integrity is Integrity.INTACT


@pytest.mark.usefixtures("bucket")
def test_links_are_not_sent(tmp_path: Path) -> None:
    """A project of somebody else could link any file of this machine."""
    secret = tmp_path / "secret"
    secret.write_text("of this machine alone")
    files = _artefact(tmp_path / "mine")
    _write(files)
    (files.places[0] / "c" / "1").symlink_to(secret)

    with pytest.raises(ObjectStoreError, match="c/1 is a link, and links are not sent"):
        put_away(files, files.take())


@pytest.mark.usefixtures("bucket")
def test_what_lies_behind_a_linked_folder_is_not_sent(tmp_path: Path) -> None:
    """It is a regular file, and lies elsewhere all the same."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key").write_text("of this machine alone")
    files = _artefact(tmp_path / "mine")
    _write(files)
    (files.places[0] / "c" / "more").symlink_to(tmp_path / "secrets")

    with pytest.raises(ObjectStoreError, match="c/more/key is a link, and links are not sent"):
        put_away(files, files.take())


@pytest.mark.usefixtures("bucket")
def test_a_place_that_a_person_linked_to_another_disk_is_sent(tmp_path: Path) -> None:
    """Such as tiles on a large disk."""
    files = _artefact(tmp_path / "mine")
    (tmp_path / "disk").mkdir()
    files.places[0].parent.mkdir(parents=True)
    files.places[0].symlink_to(tmp_path / "disk")

    assert _stated().holds_list(_made(tmp_path / "mine").digest)


def test_a_file_that_was_deleted_in_the_bucket_is_pushed_again(
    bucket: Path, tmp_path: Path
) -> None:
    """As the message about a damaged object asks for; its list is there all the while."""
    made = _made(tmp_path / "mine")
    other = _elsewhere(tmp_path, made)
    next(one for one in (bucket / "files").rglob("*") if one.is_file()).unlink()

    with pytest.raises(ObjectStoreError, match="lacks files/"):
        fetch_missing([other])
    first, second = (push(_stated(), [made], Silence()) for _ in range(2))
    fetch_missing([other])

    assert (first.moved, second.moved) == (1, 0)
    assert _contents(other.files) == _contents(made.files)


def test_an_interruption_ends_all_that_is_sent(
    bucket: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C, which threads do not see: files in progress end early, and no other begins."""
    made = [_recorded_without_bucket(tmp_path / f"{k}", f"mask {k}".encode()) for k in range(3)]
    monkeypatch.setenv(VARIABLE, f"file://{bucket}")
    begun, sent = threading.Semaphore(0), list[str]()
    interrupted = threading.Event()

    def put_file(
        _: Bucket, path: Path, *_sizes: object, go_on: Callable[[], None], **_more: object
    ) -> None:
        begun.release()
        assert interrupted.wait(30)
        go_on()
        sent.append(path.name)

    def ends(*_: object) -> Iterator[object]:
        begun.acquire(timeout=30)
        threading.Timer(0.2, interrupted.set).start()
        raise KeyboardInterrupt

    monkeypatch.setattr(Bucket, "put_file", put_file)
    monkeypatch.setattr(transfers, "as_completed", _first(ends, transfers.as_completed))

    with pytest.raises(KeyboardInterrupt):
        push(_stated(), made, Silence())

    assert sent == []


def _first(one: Callable[..., Any], other: Callable[..., Any]) -> Callable[..., Any]:
    """Return what is the one function in this thread, and the other in all others."""
    here = threading.get_ident()

    def chosen(*args: Any) -> Any:
        return (one if threading.get_ident() == here else other)(*args)

    return chosen


@pytest.mark.usefixtures("bucket")
def test_a_file_system_without_locks_is_fetched_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lustre, unless it is mounted with them."""

    def flock(*_: object) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr("fcntl.flock", flock)
    other = _elsewhere(tmp_path, _made(tmp_path / "mine"))

    assert fetch_missing([other]).moved == 1
    assert other.files.compare_here(other.digest).integrity is Integrity.INTACT


def test_what_was_made_without_a_bucket_is_pushed(bucket: Path, tmp_path: Path) -> None:
    """Under the digests that the history has; the second push sends nothing."""
    made = _recorded_without_bucket(tmp_path)
    os.environ[VARIABLE] = f"file://{bucket}"
    other = _elsewhere(tmp_path, made)

    before = whereabouts(_stated(), [made], Silence())
    first = push(_stated(), [made], Silence())
    second = push(_stated(), [made], Silence())
    fetch_missing([other])

    assert before == Whereabouts(both=0, bucket=0, folder=1, neither=0)
    assert (first.moved, second.moved) == (1, 0)
    assert whereabouts(_stated(), [made], Silence()) == Whereabouts(1, 0, 0, 0)
    assert _contents(other.files) == _contents(made.files)


def test_a_push_sends_no_rot(bucket: Path, tmp_path: Path) -> None:
    """Neither what differs from its manifest nor what differs in its bytes alone."""
    made = _recorded_without_bucket(tmp_path)
    os.environ[VARIABLE] = f"file://{bucket}"
    mask = made.files.places[1]
    status = mask.stat()
    _flip(mask)
    os.utime(mask, ns=(status.st_atime_ns, status.st_mtime_ns))

    with pytest.raises(ObjectStoreError, match="has other bytes than were recorded"):
        push(_stated(), [made], Silence())
    mask.write_bytes(b"shorter")
    moved = push(_stated(), [made], Silence())

    assert moved.moved == 0
    assert moved.left == [
        f"tile_store {KEY}: data/craters/{KEY}/basemap_mask.tif has 7 bytes, not 16"
    ]
    assert not _stated().holds_list(made.digest)


def _recorded_without_bucket(tmp_path: Path, mask: bytes = b"mask of crater 3") -> Recorded:
    os.environ.pop(VARIABLE, None)
    return _made(tmp_path / "mine", mask)


@pytest.mark.usefixtures("bucket")
def test_two_writers_of_one_artefact_do_not_mix(tmp_path: Path) -> None:
    """What each recorded can be fetched, whoever wrote last."""
    with ThreadPoolExecutor(2) as pool:
        masks = (b"mask of machine 1", b"mask of machine 2")
        folders = (tmp_path / "one", tmp_path / "two")
        made = list(pool.map(_made, folders, masks))

    for one, mask in zip(made, masks, strict=True):
        other = Recorded(_artefact(tmp_path / one.digest), one.digest)
        fetch_missing([other])
        assert other.files.places[1].read_bytes() == mask


@pytest.mark.usefixtures("bucket")
def test_several_that_fetch_the_same_artefact_all_have_it(tmp_path: Path) -> None:
    """Only one of them moves it to its place, so nobody's folder vanishes while it is read."""
    made = _made(tmp_path / "mine")
    other = _elsewhere(tmp_path, made)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: fetch_missing([other]), range(4)))

    assert other.files.compare_here(made.digest).integrity is Integrity.INTACT
    assert not list((tmp_path / "elsewhere" / "data").rglob(".tile_store-*"))
