"""A server of S3 with a bucket, on this machine."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from ejmap_project.object_store.address import VARIABLE
from tests.servers import end_group, free_port

START_SECONDS = 240
# Memory, where there is some: a history on a disk waits for it at every event.
MEMORY = Path("/dev/shm")  # noqa: S108 - only its own folder there is used


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """Return a folder for projects, which goes with the session."""
    folder = Path(
        tempfile.mkdtemp(prefix="ejmap_storage_", dir=MEMORY if MEMORY.is_dir() else None)
    )
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def s3(place: Path) -> Iterator[Mapping[str, str]]:
    """Return the variables by which a bucket of a local server is used; it starts empty."""
    if importlib.util.find_spec("moto") is None:
        pytest.skip("no server of S3 is installed; make test-storage installs one")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with (place / "moto.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
    try:
        _make_bucket(f"{address}/maps", server)
        yield {
            VARIABLE: "s3://maps/mercury",
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": address,
            "AWS_ALLOW_HTTP": "true",
        }
    finally:
        end_group(server)


def _make_bucket(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urlopen(Request(address, method="PUT"), timeout=10).close()
        except (URLError, ConnectionError, TimeoutError):
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return
