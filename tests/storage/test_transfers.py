"""Artefacts pass through S3 whole or not at all, whichever object their sender was killed at."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ejmap_project.errors import ObjectStoreError
from ejmap_project.manifests.manifest_store import ArtefactFiles, Integrity
from ejmap_project.manifests.stored_files import Recorded, fetch_missing, put_away
from ejmap_project.object_store.address import VARIABLE
from ejmap_project.object_store.bucket import stated_bucket
from ejmap_project.paths import ProjectPaths

pytestmark = pytest.mark.storage
KEY = "0003"
# Of several parts, so that it can be half sent.
LARGE_BYTES = 20 * 2**20
SENDER = """
import os, signal, sys
from pathlib import Path
import obstore
from tests.storage.test_transfers import artefact, put_away
real, left = obstore.put, [int(sys.argv[2])]
def put(store, name, content, **options):
    if left[0] == 0 and isinstance(content, bytes):
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    return real(store, name, halved(content) if left[0] < 0 else content, **options)
def halved(blocks):
    for number, block in enumerate(blocks):
        if number == 12:
            os.kill(os.getpid(), signal.SIGKILL)
        yield block
obstore.put = put
files = artefact(Path(sys.argv[1]))
put_away(files, files.take())
"""


def artefact(folder: Path) -> ArtefactFiles:
    """Return where a large file and a folder of small ones lie in a project."""
    paths = ProjectPaths(folder)
    places = (paths.polar_prediction(KEY), paths.crater_pattern(KEY))
    return ArtefactFiles(paths=paths, asset="polar_prediction", partition=KEY, places=places)


def _written(folder: Path) -> ArtefactFiles:
    files = artefact(folder)
    large, small = files.places
    small.mkdir(parents=True)
    large.write_bytes(os.urandom(LARGE_BYTES))
    for name in ("rays.parquet", "quantities.parquet"):
        (small / name).write_bytes(os.urandom(1000))
    return files


@pytest.fixture
def variables(s3: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """The bucket of S3 as the one that the environment names."""
    for name, value in s3.items():
        monkeypatch.setenv(name, value)
    return s3


@pytest.mark.parametrize("sent", range(4))
def test_a_killed_sender_leaves_nothing_to_be_seen(
    tmp_path: Path, variables: Mapping[str, str], sent: int
) -> None:
    """Before any of the four objects, or in the middle of one; the next sender finishes it."""
    files = _written(tmp_path / "mine")
    taken = files.take()
    other = Recorded(artefact(tmp_path / "other"), taken.digest)

    killed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SENDER, tmp_path / "mine", str(sent)],
        env={**os.environ, **variables},
        check=False,
    )
    before = other.files.compare(taken.digest)
    bucket = stated_bucket()
    assert bucket is not None
    bucket._absent.clear()  # pyright: ignore[reportPrivateUsage] - what it saw before the kill
    put_away(files, taken)
    moved = fetch_missing([other])

    assert killed.returncode == -signal.SIGKILL
    assert (before.integrity, before.is_stored) == (Integrity.MISSING, False)
    assert moved.size_bytes == LARGE_BYTES + 2000
    assert other.files.compare_here(taken.digest).integrity is Integrity.INTACT
    for mine, theirs in zip(files.places, other.files.places, strict=True):
        for one in (mine, *mine.rglob("*")):
            if one.is_file():
                assert one.read_bytes() == (theirs / one.relative_to(mine)).read_bytes()


def test_a_bucket_that_is_not_there_is_told(
    variables: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the answer of the server, and without the key."""
    monkeypatch.setenv(VARIABLE, "s3://nobody/mercury")
    bucket = stated_bucket()
    assert bucket is not None

    with pytest.raises(ObjectStoreError, match=r"404 Not Found NoSuchBucket$") as told:
        bucket.holds_list("0" * 60)

    assert variables["AWS_SECRET_ACCESS_KEY"] not in str(told.value)
