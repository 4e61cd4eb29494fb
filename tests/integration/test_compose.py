"""The containers: what their files promise, and their commands as processes of this machine."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._core.launcher import WorkerStatus

from tests.compose_stack import (
    CHECKOUT,
    PATIENCE_SECONDS,
    VARIABLES,
    Stack,
    read_services,
    wait_until,
)
from tests.postgres_server import PostgresServer

FILES = ("-f", "docker-compose.yml", "-f", "docker/gpu.yml")
LAUNCH = """
mutation($run: ExecutionParams!) {
  launchRun(executionParams: $run) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""


@pytest.fixture
def services() -> dict[str, dict[str, Any]]:
    """The services with nothing set but the password."""
    return read_services(VARIABLES)


def _compose() -> list[str]:
    """Return the command that reads compose files; the test is skipped without one."""
    plugin = ["docker", "compose"]
    if shutil.which("docker"):
        asked = subprocess.run([*plugin, "version"], capture_output=True, check=False)
        if asked.returncode == 0:
            return plugin
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    reason = (
        "neither `docker compose` nor docker-compose; on Debian: apt-get install docker-compose"
    )
    if os.environ.get("EJMAP_REQUIRE_COMPOSE"):
        pytest.fail(reason)
    pytest.skip(reason)


def test_compose_accepts_the_files_and_sees_what_we_see(
    services: dict[str, dict[str, Any]],
) -> None:
    """Its own reading of them, with the GPU and variables put in, names the same commands."""
    command = [*_compose(), *FILES, "config"]
    done = subprocess.run(
        command,
        cwd=CHECKOUT,
        env={**os.environ, **VARIABLES},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = yaml.safe_load(done.stdout)["services"]
    assert set(found) == set(services)
    for name, service in services.items():
        assert found[name].get("command") == service.get("command"), name
        assert found[name]["environment"] == service["environment"], name


def test_compose_asks_for_a_password() -> None:
    """There is none that everybody knows."""
    with pytest.raises(KeyError, match="EJMAP_POSTGRES_PASSWORD"):
        read_services({})


def test_only_the_webservers_can_be_reached_and_from_this_machine_only(
    services: dict[str, dict[str, Any]],
) -> None:
    """They have no login, and the code server runs what it is told."""
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert published == {
        "webserver": ["127.0.0.1:3000:3000"],
        "viewer": ["127.0.0.1:3001:3001"],
    }
    assert not any("network_mode" in service for service in services.values())


def test_containers_have_no_rights_that_they_do_not_need(
    services: dict[str, dict[str, Any]],
) -> None:
    """A user without capabilities, who writes to volumes and to memory only."""
    for name, service in services.items():
        assert service["user"].split(":")[0] not in {"root", "0"}, name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"cap_add", "privileged", "devices", "pid", "ipc", "userns_mode"} & set(service)
        mounted = [volume.split(":")[0] for volume in service["volumes"]]
        assert set(mounted) <= {"./projects", "cache", "history"}, name


def test_what_containers_print_is_bounded(services: dict[str, dict[str, Any]]) -> None:
    """Docker itself keeps all of it, until the disk is full."""
    for name, service in services.items():
        options = service["logging"]["options"]
        assert (options["max-size"], options["max-file"]) == ("10m", "5"), name


def test_the_image_does_not_run_as_root() -> None:
    """Whoever starts it without Compose gets the same user."""
    instructions = (CHECKOUT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in instructions if line.startswith("USER ")]

    assert users[-1:] == ["1000:1000"]


def test_viewers_get_the_pages_of_the_webserver_and_change_nothing(
    services: dict[str, dict[str, Any]],
) -> None:
    """The two differ in nothing but the port and the word that refuses every change."""
    work, view = services["webserver"]["command"], services["viewer"]["command"]

    assert view == [*(word.replace("3000", "3001") for word in work), "--read-only"]


def test_everything_that_stays_up_has_a_health_check(services: dict[str, dict[str, Any]]) -> None:
    """And is started again when it ends."""
    staying = {name: one for name, one in services.items() if one["restart"] != "no"}

    assert set(services) - set(staying) == {"instance"}
    assert all("healthcheck" in service for service in staying.values())


def test_services_wait_only_for_services_that_there_are(
    services: dict[str, dict[str, Any]],
) -> None:
    """Healthy ones, or the one that ends when it is done."""
    for service in services.values():
        for name, needed in service.get("depends_on", {}).items():
            ends = services[name]["restart"] == "no"
            expected = "service_completed_successfully" if ends else "service_healthy"
            assert needed["condition"] == expected


def test_the_workspace_of_the_containers_names_the_code_server(
    services: dict[str, dict[str, Any]],
) -> None:
    """Its host is the service, its port the one that it listens to, its name the location's."""
    (entry,) = yaml.safe_load((CHECKOUT / "docker/workspace.yaml").read_text())["load_from"]
    (local,) = yaml.safe_load((CHECKOUT / "workspace.yaml").read_text())["load_from"]
    server, module = entry["grpc_server"], local["python_module"]

    command = services[server["host"]]["command"]

    assert f"--port={server['port']}" in command
    assert f"--location-name={module['location_name']}" in command
    assert f"--module-name={module['module_name']}" in command
    assert server["location_name"] == module["location_name"]


def test_the_image_is_made_of_files_that_docker_is_sent() -> None:
    """Each source of a COPY is there and is let through by .dockerignore."""
    instructions = (CHECKOUT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    copied = [line.split()[1:-1] for line in instructions if line.startswith("COPY ")]
    ignored = (CHECKOUT / ".dockerignore").read_text().splitlines()
    sent = {line.removeprefix("!") for line in ignored if line.startswith("!")}

    sources = [source for sources in copied for source in sources]

    assert len(sources) >= 8
    assert [source for source in sources if not (CHECKOUT / source).exists()] == []
    assert [one for one in sources if one not in sent and one.split("/")[0] not in sent] == []


@pytest.fixture(scope="module")
def stack(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The containers' commands on an empty database, all of them healthy."""
    postgres.create_database("ejmap")
    found = Stack(tmp_path_factory.mktemp("ejmap"), postgres)
    try:
        assert found.start("instance").wait(PATIENCE_SECONDS) == 0
        found.start_healthy("code")
        found.start_healthy("webserver", "viewer", "daemon")
        yield found
    finally:
        found.end()


def test_a_run_goes_through_all_containers_into_the_database(
    stack: Stack, postgres: PostgresServer
) -> None:
    """Asked of the webserver, queued, taken up by the daemon, run by the code server."""
    run_id = _launch(stack, "basemap_mosaic", "crater_catalogue")

    assert _reaches(postgres, run_id, "SUCCESS", "FAILURE") == "SUCCESS"
    made = "SELECT asset_key FROM event_logs WHERE run_id = %s AND dagster_event_type = %s"
    craters = "SELECT partition FROM dynamic_partitions WHERE partitions_def_name = 'craters'"
    assert set(postgres.rows("ejmap", made, run_id, "ASSET_MATERIALIZATION")) == {
        ('["basemap_mosaic"]',),
        ('["crater_catalogue"]',),
    }
    assert len(postgres.rows("ejmap", craters)) == 3
    assert (stack.folder / "projects" / "demo" / "data" / "catalogue.parquet").is_file()
    assert not list(stack.home.rglob("*.db"))


def test_viewers_start_no_run(stack: Stack) -> None:
    """The same request that the webserver takes is refused."""
    selector = {
        "repositoryLocationName": "ejmap",
        "repositoryName": "__repository__",
        "jobName": "prepare",
    }

    asked = {"run": {"selector": selector, "mode": "default"}, "port": stack.viewer_port}

    assert stack.ask(LAUNCH, **asked)["launchRun"]["__typename"] == "UnauthorizedError"


def test_a_run_that_died_with_its_server_is_found_out(
    stack: Stack, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a power cut: the daemon, asking so, fails it and starts it once more."""
    for name, value in stack.environment("daemon").items():
        monkeypatch.setenv(name, value)
    # A planet of a minute, so that the run is there when its server goes.
    settings = stack.home.parent / "project.yaml"
    settings.write_text(settings.read_text().replace("width_px: 256", "width_px: 8192"))
    run_id = _launch(stack, "basemap_mosaic")
    assert _reaches(postgres, run_id, "STARTED") == "STARTED"

    with dg.DagsterInstance.get() as instance:

        def health() -> WorkerStatus:
            run = instance.get_run_by_id(run_id)
            assert run is not None
            return instance.run_launcher.check_run_worker_health(run).status

        alive = health()
        os.killpg(stack.started["code"].pid, signal.SIGKILL)
        stack.started["code"].wait()
        without_server = health()
        stack.start_healthy("code")
        with_another_server = health()

    # Without a server nobody knows: a network that fails for a minute must not fail a run.
    assert (alive, without_server) == (WorkerStatus.RUNNING, WorkerStatus.RUNNING)
    assert with_another_server == WorkerStatus.NOT_FOUND


def _launch(stack: Stack, *assets: str) -> str:
    selector = {
        "repositoryLocationName": "ejmap",
        "repositoryName": "__repository__",
        "jobName": "prepare",
        "assetSelection": [{"path": [name]} for name in assets],
    }
    answer = stack.ask(LAUNCH, run={"selector": selector, "mode": "default"})["launchRun"]
    assert answer["__typename"] == "LaunchRunSuccess", answer
    return answer["run"]["runId"]


def _reaches(postgres: PostgresServer, run_id: str, *statuses: str) -> object:
    """Wait for a run to be in one of some states, and return in which it is."""

    def status() -> object:
        ((found,),) = postgres.rows("ejmap", "SELECT status FROM runs WHERE run_id = %s", run_id)
        return found

    wait_until(lambda: status() in statuses, every_seconds=0.1)
    return status()
