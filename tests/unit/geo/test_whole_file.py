"""Files and folders appear when they are whole; a failure leaves what was there before."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ejmap_geo.whole_file import (
    SCRATCH,
    link_or_copy,
    prepare_scratch,
    whole_file,
    whole_folder,
    write_text,
)


def _everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("name", ["mask.tif", "weights", "a.b.tar.gz", ".hidden", "split 3.csv"])
def test_the_hidden_path_has_the_name_of_the_file(name: str, tmp_path: Path) -> None:
    """Writers that choose a format by the suffix choose the right one."""
    path = tmp_path / "made" / "on the way" / name

    with whole_file(path) as unfinished:
        unfinished.write_bytes(b"new")
        seen = path.exists(), unfinished.name

    assert seen == (False, name)
    assert path.read_bytes() == b"new"
    assert _everything(path.parent) == [name]


def test_a_failure_leaves_the_former_file_and_no_hidden_one(tmp_path: Path) -> None:
    """The new file may be written to any part by then."""
    path = tmp_path / "table.csv"
    path.write_text("former")

    def fail() -> None:
        with whole_file(path) as unfinished:
            unfinished.write_text("half of the new")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()

    assert path.read_text() == "former"
    assert _everything(tmp_path) == ["table.csv"]


def test_leftovers_of_a_killed_process_are_no_results_and_block_no_write(tmp_path: Path) -> None:
    """Nothing beside the place has its suffix, and a later write succeeds."""
    path = tmp_path / "mask.tif"
    killed = (
        "import os, sys; from pathlib import Path; from ejmap_geo.whole_file import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as unfinished:\n"
        "    unfinished.write_text('half'); os.kill(os.getpid(), 9)\n"
    )

    done = subprocess.run([sys.executable, "-c", killed, str(path)], check=False)
    left = list(tmp_path.iterdir())
    write_text(path, "whole")

    assert done.returncode == -9
    assert len(left) == 1
    assert left[0].name.startswith(".mask.tif-")
    assert list(tmp_path.glob("*.tif")) == [path]
    assert path.read_text() == "whole"


def test_writers_at_the_same_time_do_not_mix(tmp_path: Path) -> None:
    """A reader sees the text of one of them, whole, at any moment."""
    path = tmp_path / "note.txt"
    texts = [str(digit) * 100_000 for digit in range(8)]
    write_text(path, texts[0])

    with ThreadPoolExecutor(max_workers=8) as threads:
        writes = [threads.submit(write_text, path, text) for text in texts * 20]
        while not all(write.done() for write in writes):
            assert path.read_text() in texts

    assert [write.exception() for write in writes] == [None] * 160
    assert _everything(tmp_path) == ["note.txt"]


def test_text_is_written_as_utf_8_whatever_the_machine_prefers(tmp_path: Path) -> None:
    """Names of craters have accents."""
    write_text(tmp_path / "name", "Cervantes, Hörby\n")

    assert (tmp_path / "name").read_bytes() == b"Cervantes, H\xc3\xb6rby\n"


@pytest.mark.parametrize("has_links", [True, False])
def test_a_linked_file_has_the_content_and_replaces_an_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_links: bool
) -> None:
    """One file under two names, or a copy where the file system has no hard links."""
    source, target = tmp_path / "source", tmp_path / "kept" / "target"
    source.write_text("new")
    write_text(target, "old")
    if not has_links:
        monkeypatch.setattr(Path, "hardlink_to", _no_links)

    link_or_copy(source, target)

    assert target.read_text() == "new"
    assert target.samefile(source) == has_links
    assert _everything(tmp_path) == ["kept", "kept/target", "source"]


def test_a_file_may_be_linked_to_a_name_that_it_has(tmp_path: Path) -> None:
    """Renaming a file onto another name of itself does nothing; no second name may stay."""
    write_text(tmp_path / "source", "content")

    for _ in range(2):
        link_or_copy(tmp_path / "source", tmp_path / "target")

    assert _everything(tmp_path) == ["source", "target"]


def _no_links(path: Path, target: Path) -> None:
    raise OSError(f"{path} cannot be a link to {target}")


def test_a_folder_replaces_all_that_the_former_one_held(tmp_path: Path) -> None:
    """And its parents are made."""
    path = tmp_path / "models" / "bundle"
    write_text(path / "old" / "weights", "old")

    with whole_folder(path) as unfinished:
        write_text(unfinished / "config", "new")
        seen = _everything(path)

    assert seen == ["old", "old/weights"]
    assert _everything(path.parent) == ["bundle", "bundle/config"]


def test_a_failure_leaves_the_former_folder(tmp_path: Path) -> None:
    """Whatever the new one holds by then."""
    write_text(tmp_path / "bundle" / "weights", "former")

    def fail() -> None:
        with whole_folder(tmp_path / "bundle") as unfinished:
            write_text(unfinished / "config", "new")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()

    assert _everything(tmp_path) == ["bundle", "bundle/weights"]


def test_a_folder_that_cannot_take_its_place_gives_it_back(tmp_path: Path) -> None:
    """The former folder was moved away by then."""
    write_text(tmp_path / "bundle" / "weights", "former")

    with pytest.raises(FileNotFoundError), whole_folder(tmp_path / "bundle") as unfinished:
        unfinished.rmdir()

    assert _everything(tmp_path) == ["bundle", "bundle/weights"]


KILLED = (
    "import os, sys; from pathlib import Path; from ejmap_geo.whole_file import whole_folder\n"
    "with whole_folder(Path(sys.argv[1])) as unfinished:\n"
    "    (unfinished / 'half').write_text('half'); os.kill(os.getpid(), 9)\n"
)


def test_leftovers_lie_in_the_scratch_place_and_the_next_run_removes_them(tmp_path: Path) -> None:
    """Those of a process that lives, or of another machine, stay."""
    prepare_scratch(tmp_path)
    folder = tmp_path / "craters" / "0001" / "tiles.zarr"
    subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    left = list((tmp_path / SCRATCH).iterdir())
    elsewhere = tmp_path / SCRATCH / "observatory+pid%3A%5B1%5D+1+1"
    elsewhere.mkdir()

    with whole_file(tmp_path / "mask.tif") as unfinished:
        unfinished.write_text("whole")
        own = unfinished.parents[1]
        prepare_scratch(tmp_path)

    assert len(left) == 1
    assert not left[0].exists()
    assert own.parent == tmp_path / SCRATCH
    assert own.exists()
    assert elsewhere.exists()
    assert _everything(folder.parent) == []
    assert (tmp_path / "mask.tif").read_text() == "whole"


def test_a_scratch_place_that_is_a_link_is_not_taken(tmp_path: Path) -> None:
    """It may lead to another file system, or to somebody else's folder."""
    (tmp_path / "other").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / SCRATCH).symlink_to(tmp_path / "other")

    with whole_file(tmp_path / "data" / "mask.tif") as unfinished:
        unfinished.write_text("whole")
        assert unfinished.parents[1] == tmp_path / "data"
