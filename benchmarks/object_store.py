"""Putting artefacts into a bucket and fetching them, against copying and hashing those files.

``EJMAP_OBJECT_STORE=... python benchmarks/object_store.py`` uses that bucket. Without the
variable a folder is the bucket, which shows what is ours: hashing, counting, renaming.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ejmap_project.manifests.manifest_store import ArtefactFiles
from ejmap_project.manifests.stored_files import Recorded, fetch_missing, put_away
from ejmap_project.object_store.address import VARIABLE
from ejmap_project.paths import ProjectPaths

Result = TypeVar("Result")
# As of craters at full resolution: a few large files each, and many small ones.
CRATERS = 16
LARGE_BYTES, SMALL_BYTES, SMALL_FILES = 12 * 2**20, 2**17, 8


def main() -> None:
    """Print a row for each way."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ.setdefault(VARIABLE, f"file://{scratch}/bucket")
        mine, other = Path(scratch) / "mine", Path(scratch) / "other"
        artefacts = [_artefact(mine, f"{number:04d}") for number in range(CRATERS)]
        size_mb = CRATERS * (LARGE_BYTES + SMALL_FILES * SMALL_BYTES) / 1e6
        print(f"{size_mb:.0f} MB in {CRATERS} artefacts of {1 + SMALL_FILES} files")
        taken = _timed("hash", size_mb, lambda: [one.take() for one in artefacts])
        _timed("copy", size_mb, lambda: shutil.copytree(mine, Path(scratch) / "copy"))
        pairs = list(zip(artefacts, taken, strict=True))
        _timed("put", size_mb, lambda: [put_away(*pair) for pair in pairs])
        _timed("put again", size_mb, lambda: [put_away(*pair) for pair in pairs])
        wanted = [
            Recorded(_files(other, one.partition), manifest.digest) for one, manifest in pairs
        ]
        _timed("fetch", size_mb, lambda: fetch_missing(wanted))


def _timed(name: str, size_mb: float, work: Callable[[], Result]) -> Result:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:<10} {size_mb / wall:>6.0f} MB/s {cpu:>6.2f} CPU s")
    return found


def _files(folder: Path, key: str) -> ArtefactFiles:
    paths = ProjectPaths(folder)
    places = (paths.polar_prediction(key), paths.crater_pattern(key))
    return ArtefactFiles(paths=paths, asset="polar_prediction", partition=key, places=places)


def _artefact(folder: Path, key: str) -> ArtefactFiles:
    files = _files(folder, key)
    large, small = files.places
    small.mkdir(parents=True)
    large.write_bytes(os.urandom(LARGE_BYTES))
    for number in range(SMALL_FILES):
        (small / f"{number}").write_bytes(os.urandom(SMALL_BYTES))
    return files


if __name__ == "__main__":
    main()
