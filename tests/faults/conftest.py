"""A planet that was mapped without a fault: what every other has to equal."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.chain import Chain

# Memory, where there is some: a history on a disk waits for it at every event.
MEMORY = Path("/dev/shm")  # noqa: S108 - only its own folder there is used


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """Return a folder for projects, which goes with the session."""
    folder = Path(tempfile.mkdtemp(prefix="ejmap_faults_", dir=MEMORY if MEMORY.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def undisturbed(place: Path) -> Chain:
    """Map a planet without a fault."""
    chain = Chain.new(place / "undisturbed")
    done = chain.run()
    assert done.code == 0, done.text
    return chain
