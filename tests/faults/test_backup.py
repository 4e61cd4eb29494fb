"""A backup that is restored elsewhere."""

from pathlib import Path

import pytest

from tests.faults.chain import Chain
from tests.faults.record import Tried, note
from tests.faults.warm import ejmap

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]


def test_a_restored_backup_has_nothing_to_make(undisturbed: Chain, tmp_path: Path) -> None:
    """Every stage is there and up to date, and the files are the same."""
    file, there = tmp_path / "backup.tar", Chain(tmp_path / "there")
    assert undisturbed.run("backup", str(file)).code == 0
    restored = ejmap("restore", str(file), str(there.folder))
    assert restored.code == 0, restored.text

    done = there.run()

    stages = [line for line in done.text.splitlines() if line.startswith("[")]
    assert done.code == 0, done.text
    assert [line for line in stages if "there and up to date" not in line] == []
    there.require_same(undisturbed)
    note(Tried("backup, restored elsewhere", 1, "", "nothing made again, same files"))
