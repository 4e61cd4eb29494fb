"""A clock that goes backwards between runs: only processes of the suite see it (libfaketime)."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.chain import Chain
from tests.faults.history import require_at_rest
from tests.faults.record import Tried, note

pytestmark = [pytest.mark.faults, pytest.mark.timeout(0)]
LIBRARIES = ("x86_64-linux-gnu", "aarch64-linux-gnu")


def _library() -> Path:
    for name in LIBRARIES:
        path = Path("/usr/lib") / name / "faketime" / "libfaketime.so.1"
        if path.is_file():
            return path
    pytest.skip("there is no libfaketime; on Debian: apt-get install faketime")


@pytest.mark.parametrize("back", ["-1h", "-400d"])
def test_a_clock_that_was_set_back_changes_nothing(
    undisturbed: Chain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back: str
) -> None:
    """What was made in the past is the newest; with the right clock nothing is made again."""
    chain = undisturbed.copy(tmp_path / "project")
    crater = chain.folder / "data" / "craters" / "0001"
    (crater / "basemap_mask.tif").unlink()
    variables = {
        "LD_PRELOAD": str(_library()),
        "FAKETIME": back,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    command = [sys.executable, "-W", "ignore", "-m", "ejmap_cli.main", "run", str(chain.folder)]
    environment = {"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", **variables}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    again = chain.run()
    stages = [line for line in again.text.splitlines() if line.startswith("[")]
    assert [line for line in stages if "there and up to date" not in line] == [], again.text
    chain.require_same(undisturbed)
    require_at_rest(chain, {}, monkeypatch)
    note(
        Tried("clock set back", {"-1h": 1, "-400d": 2}[back], "", "nothing made again, same files")
    )
