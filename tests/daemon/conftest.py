"""A project under a real daemon: its own instance, code server and sensors, in a process group."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.request import Request, urlopen

import dagster as dg
import pytest
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES

from ejmap_assets.lineage.selection import partitioned_by
from ejmap_assets.partitions import Partitioning
from ejmap_assets.runs.instance import environment_of
from ejmap_project.open_project import OpenProject
from tests.daemon import small_location
from tests.servers import end_group, free_port, wait_until_up

CHECKOUT = Path(__file__).parents[2]
# Longer than a few looks of the sensors and the time from a request to its run.
QUIET_SECONDS = 15
PATIENCE_SECONDS = 300
BACKFILL = """mutation($backfill: LaunchBackfillParams!) { launchPartitionBackfill(
  backfillParams: $backfill) { __typename ... on LaunchBackfillSuccess { backfillId }
  ... on PythonError { message } } }"""
SENSOR_STATE = """query($place: SensorSelector!) { sensorOrError(sensorSelector: $place) {
  ... on Sensor { sensorState { id ticks(limit: 1) { status } } } } }"""


@dataclass
class Observatory:
    """A project and the servers that keep it up to date.

    Attributes:
        project: The project.
        instance: Its instance, which the servers share.
        address: Address of the webserver.
        session: Session of all server processes and of the runs that they start.
    """

    project: OpenProject
    instance: dg.DagsterInstance
    address: str
    session: int
    _seen: set[str] = field(default_factory=set)

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """Ask the webserver, as its pages do."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json"}
        with urlopen(Request(f"{self.address}/graphql", body, headers), timeout=60) as answer:
            found = json.load(answer)
        assert "errors" not in found, found
        return found["data"]

    def switch_on(self, *sensors: str) -> None:
        """Start sensors, as somebody does in the UI."""
        for name in sensors:
            self._set_sensor(name, "startSensor(sensorSelector: $place)", "Sensor")

    @contextmanager
    def paused(self, *sensors: str) -> Generator[None]:
        """Stop sensors meanwhile, so that several events are one change to them."""
        for name in sensors:
            state = json.dumps(self._state_of(name)["id"])
            self._set_sensor(name, f"stopSensor(id: {state})", "StopSensorMutationResult")
            # A tick that is under way goes on, and may see the first of the events.
            while any(one["status"] == "STARTED" for one in self._state_of(name)["ticks"]):
                time.sleep(0.2)
        yield
        self.switch_on(*sensors)

    def _state_of(self, sensor: str) -> dict[str, Any]:
        return self.ask(SENSOR_STATE, place=_place(sensor))["sensorOrError"]["sensorState"]

    def _set_sensor(self, name: str, change: str, expected: str) -> None:
        place = "($place: SensorSelector!)" if "$place" in change else ""
        told = "{ __typename ... on PythonError { message } }"
        answer = self.ask(
            f"mutation{place} {{ change: {change} {told} }}",
            **({"place": _place(name)} if place else {}),
        )
        assert answer["change"]["__typename"] == expected, answer

    def settle(self, *, maps: int) -> Counter[str]:
        """Wait until the map was refreshed so often and nothing happens any more.

        Returns:
            How many runs there were since the last call: of "craters", "map", and others by the
            name of their job, or of their assets.
        """
        runs: dict[str, str] = {}
        deadline = time.monotonic() + PATIENCE_SECONDS
        quiet_since = time.monotonic()
        while time.monotonic() < deadline:
            new = [run for run in self.instance.get_runs() if run.run_id not in self._seen]
            self._seen |= {run.run_id for run in new}
            runs |= {run.run_id: _what(run) for run in new}
            busy = dg.RunsFilter(statuses=IN_PROGRESS_RUN_STATUSES)
            if new or self.instance.get_runs_count(busy):
                quiet_since = time.monotonic()
            is_quiet = time.monotonic() - quiet_since > QUIET_SECONDS
            if is_quiet and Counter(runs.values())["map"] >= maps:
                break
            time.sleep(0.5)
        return Counter(runs.values())

    def map_all(self, steps: Sequence[str] | None = None) -> str:
        """Request assets of all craters by a backfill, all of them by default; return its id."""
        answer = self.ask(
            BACKFILL,
            backfill={
                "assetSelection": [
                    {"path": [one]} for one in steps or partitioned_by(Partitioning.CRATERS)
                ],
                "partitionNames": sorted(self.project.craters()),
                "fromFailure": False,
            },
        )
        found = answer["launchPartitionBackfill"]
        assert found["__typename"] == "LaunchBackfillSuccess", answer
        return found["backfillId"]

    def forget(self) -> None:
        """Leave the runs so far out of what comes."""
        self._seen |= {run.run_id for run in self.instance.get_runs()}

    def cpu_seconds(self) -> float:
        """Return the CPU time of all servers and runs so far, of those that ended too."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except (OSError, IndexError):
                continue
            if int(fields[3]) == self.session:
                # utime, stime, and those of children that were waited for.
                ticks += sum(int(one) for one in fields[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def made(self, asset: str) -> Counter[str | None]:
        """Return how often each partition of an asset was made."""
        records = self.instance.fetch_materializations(dg.AssetKey(asset), limit=1000).records
        return Counter(record.partition_key for record in records)


def _place(sensor: str) -> dict[str, str]:
    return {
        "repositoryLocationName": "ejmap",
        "repositoryName": "__repository__",
        "sensorName": sensor,
    }


def _what(run: dg.DagsterRun) -> str:
    keys = {key.to_user_string() for key in run.asset_selection or ()}
    if "basemap_mask" in keys:
        return "craters"
    if "global_map" in keys:
        return "map"
    is_of_rules = run.job_name == "__ASSET_JOB"
    return ", ".join(sorted(keys)) if is_of_rules else run.job_name


Serve: TypeAlias = Callable[[Path, dg.DagsterInstance], Observatory]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Return what starts servers for a project; they end with the module."""
    home = tmp_path_factory.mktemp("servers")
    location = f"{{module_name: {small_location.__name__}, location_name: ejmap}}"
    (home / "workspace.yaml").write_text(f"load_from:\n  - python_module: {location}\n")
    servers: list[subprocess.Popen[bytes]] = []

    def start(folder: Path, instance: dg.DagsterInstance) -> Observatory:
        # Those of another history would only take time from these.
        while servers:
            end_group(servers.pop())
        port, log_path = free_port(), home / "servers.log"
        command = [sys.executable, "-W", "ignore", "-m", "dagster", "dev", "--host", "127.0.0.1"]
        command += ["--port", str(port), "--workspace", "workspace.yaml"]
        environment = {
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(CHECKOUT),
            **environment_of(folder),
        }
        with log_path.open("w") as log:
            server = subprocess.Popen(
                command,
                cwd=home,
                env={**os.environ, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        servers.append(server)
        address = f"http://127.0.0.1:{port}"
        wait_until_up(address, server, log_path)
        project = OpenProject.at(folder)
        found = Observatory(project, instance, address, server.pid)
        found.forget()
        return found

    yield start
    for server in servers:
        end_group(server)
