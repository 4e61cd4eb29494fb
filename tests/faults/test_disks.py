"""Disks that are full at 20 levels, and folders that nobody may write to."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.chain import Chain
from tests.faults.history import require_at_rest
from tests.faults.record import Tried, note
from tests.faults.sameness import makers

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]
LEVELS = 20
FIRST_KB, LAST_KB = 512, 17_000
SENTENCE = re.compile(r"^ejmap: .*(disk is full|No space left on device).*$", re.MULTILINE)


class Disk:
    """A file system in memory of a size that is changed.

    Args:
        folder: Where it is mounted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resize(self, size_kb: int) -> None:
        """Set the size."""
        options = f"remount,size={size_kb}k"
        subprocess.run(["mount", "-o", options, str(self.folder)], check=True)  # noqa: S607 - of the system


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Mount a file system; the test is skipped where this user may mount none."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={FIRST_KB}k", "ejmap_faults", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this user may mount no file system: {done.stderr.strip()}")
    yield Disk(tmp_path)
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)  # noqa: S607 - of the system


def test_a_full_disk_ends_a_run_with_a_sentence(
    undisturbed: Chain, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each level the run says so and loses nothing; with room it goes on to the same files."""
    chain, stopped = Chain.new(disk.folder / "project"), list[Tried]()
    step = (LAST_KB - FIRST_KB) // (LEVELS - 1)
    for level in range(LEVELS):
        disk.resize(FIRST_KB + level * step)
        command = chain.start()
        done = command.end()
        where = makers(chain.folder).get(command.process_id, "")
        assert "Traceback" not in done.text, done.text
        if done.code == 0:
            break
        assert SENTENCE.search(done.text), done.text
        stopped.append(Tried("full disk", level + 1, where, "a sentence, then the same files"))

    disk.resize(8 * LAST_KB)
    chain.require_same(undisturbed)
    require_at_rest(chain, {}, monkeypatch)
    note(*stopped)


@pytest.mark.parametrize("name", ["", "data", "data/craters/0001"])
def test_a_read_only_folder_ends_a_run_with_a_sentence(
    undisturbed: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Mounted read-only, since root may write to every folder."""
    chain = undisturbed.copy(tmp_path / "project")
    for file in ("basemap_mask.tif", "segmentation.tif"):
        (chain.folder / "data" / "craters" / "0001" / file).unlink()
    folder = str(chain.folder / name)
    done = subprocess.run(["mount", "--bind", folder, folder], capture_output=True, check=False)  # noqa: S607 - of the system
    if done.returncode:
        pytest.skip("this user may mount no file system")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)  # noqa: S607 - of the system
        done = chain.run()
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607 - of the system

    assert done.code == 1, done.text
    assert "Traceback" not in done.text, done.text
    assert re.search(r"read-only|Read-only|cannot be made", done.text), done.text
    chain.require_same(undisturbed)
    require_at_rest(chain, {}, monkeypatch)
    note(Tried(f"read-only: {name or 'the project'}", 1, "", "a sentence, then the same files"))
