"""Health of runs whose process ended; tests with code servers are in tests/integration."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher import WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG

from ejmap_assets.run_launcher import WatchedRunLauncher
from ejmap_assets.run_process import HOST_TAG

SETTINGS = "run_launcher: {module: ejmap_assets.run_launcher, class: WatchedRunLauncher}\n"
RUN = """
import dagster as dg

@dg.asset
def rim() -> None: ...

with dg.DagsterInstance.get() as instance:
    print(dg.materialize([rim], instance=instance).run_id)
"""


@dg.asset
def rim() -> None:
    """An asset of a run in this process."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an instance with our launcher."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "dagster.yaml").write_text(SETTINGS)
    return folder


@pytest.fixture(scope="module")
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    """The instance in the folder ``home``."""
    with dg.DagsterInstance.from_config(str(home)) as found:
        yield found


@pytest.fixture(scope="module")
def gone(home: Path) -> str:
    """Id of a run whose process ended."""
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        env={"DAGSTER_HOME": str(home)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def _status(instance: dg.DagsterInstance, run_id: str, **tags: str) -> WorkerStatus:
    instance.add_run_tags(run_id, tags)
    run = instance.get_run_by_id(run_id)
    assert run is not None
    assert isinstance(instance.run_launcher, WatchedRunLauncher)
    assert instance.run_launcher.supports_check_run_worker_health
    return instance.run_launcher.check_run_worker_health(run).status


def _tags(*, host: str) -> dict[str, str]:
    place = {"host": "localhost", "socket": "a_socket_that_is_gone"}
    return {GRPC_INFO_TAG: json.dumps(place), HOST_TAG: host}


def test_a_run_that_nobody_launched_is_left_alone(instance: dg.DagsterInstance, gone: str) -> None:
    """A run that `ejmap run` executes in its own process counts as running."""
    assert _status(instance, gone) == WorkerStatus.RUNNING


def test_a_run_of_another_machine_is_left_alone(instance: dg.DagsterInstance, gone: str) -> None:
    """A run of another machine counts as running: its process id means nothing here."""
    tags = _tags(host=f"not-{socket.gethostname()}")

    assert _status(instance, gone, **tags) == WorkerStatus.RUNNING


def test_a_run_whose_process_is_gone_is_not_found(instance: dg.DagsterInstance, gone: str) -> None:
    """A run whose process ended is not found, even if its code server was replaced."""
    tags = _tags(host=socket.gethostname())

    assert _status(instance, gone, **tags) == WorkerStatus.NOT_FOUND


def test_a_run_whose_process_is_there_is_running(instance: dg.DagsterInstance) -> None:
    """A run whose process is alive, here the process of the test, counts as running."""
    run_id = dg.materialize([rim], instance=instance).run_id

    status = _status(instance, run_id, **_tags(host=socket.gethostname()))

    assert status == WorkerStatus.RUNNING
