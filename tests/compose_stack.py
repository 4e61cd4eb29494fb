"""docker-compose.yml as data, and its services as plain processes of this machine."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import yaml

from tests.postgres_server import PASSWORD, PostgresServer
from tests.servers import end_group, free_port

CHECKOUT = Path(__file__).parents[1]
VARIABLES = {"EJMAP_POSTGRES_PASSWORD": PASSWORD}
PATIENCE_SECONDS = 180
PROJECT = """
source: {kind: synthetic, seed: 5, width_px: 256, craters: 3}
training: {kind: synthetic, seeds: [1], width_px: 256, craters: 3}
mapping: {tile_side_px: 32}
"""
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<rule>:[-?])?(?P<rest>[^}]*)\}")


def read_services(variables: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the services with variables put in, as Compose does.

    Raises:
        KeyError: If a variable is not given and has no default.
    """

    def value_of(match: re.Match[str]) -> str:
        default = match["rest"] if match["rule"] == ":-" else None
        found = variables.get(match["name"]) or default
        if found is None:
            raise KeyError(match["name"])
        return found

    text = (CHECKOUT / "docker-compose.yml").read_text()
    return yaml.safe_load(VARIABLE.sub(value_of, text))["services"]


@dataclass(frozen=True, slots=True)
class Host:
    """This machine in the place of the image: its programs, and other places and ports.

    Attributes:
        folder: What is ``/ejmap`` in the image.
        replaced: Text of the compose file and what stands for it here, in this order.
    """

    folder: Path
    replaced: Mapping[str, str]

    def environment(self, service: Mapping[str, Any]) -> dict[str, str]:
        """Return all that a process sees: nothing of the test's own environment."""
        programs = [str(Path(sys.executable).parent), "/usr/bin", "/bin"]
        return {
            "HOME": str(self.folder / "cache"),
            "PATH": os.pathsep.join(programs),
            "PYTHONUNBUFFERED": "1",
            "USER": "ejmap",
            **{name: self._here(text) for name, text in service["environment"].items()},
        }

    def start(self, service: Mapping[str, Any], *, log_path: Path) -> subprocess.Popen[bytes]:
        """Start a service in a process group of its own."""
        with log_path.open("w") as log:
            return subprocess.Popen(
                [self._here(word) for word in service["command"]],
                cwd=self.folder,
                env=self.environment(service),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def check_health(self, service: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        """Run the health check of a service once."""
        kind, *words = service["healthcheck"]["test"]
        assert kind == "CMD"
        return subprocess.run(
            [self._here(word) for word in words],
            cwd=self.folder,
            env=self.environment(service),
            capture_output=True,
            text=True,
            check=False,
        )

    def _here(self, text: str) -> str:
        for there, here in self.replaced.items():
            text = text.replace(there, here)
        return text


class Stack:
    """The services of docker-compose.yml as processes, on other ports."""

    def __init__(self, folder: Path, postgres: PostgresServer) -> None:
        self.services = read_services(VARIABLES)
        self.folder = folder
        self.code_port, self.web_port, self.viewer_port = free_port(), free_port(), free_port()
        projects = folder / "projects"
        self.host = Host(
            folder=folder,
            replaced={
                "/ejmap/projects": str(projects),
                "@postgres:5432": f"@127.0.0.1:{postgres.port}",
                "0.0.0.0": "127.0.0.1",  # noqa: S104 (replaced, not bound)
                "4000": str(self.code_port),
                "3000": str(self.web_port),
                "3001": str(self.viewer_port),
            },
        )
        self.started: dict[str, subprocess.Popen[bytes]] = {}
        (folder / "docker").mkdir()
        (folder / "cache").mkdir()
        (projects / "demo").mkdir(parents=True)
        (projects / "demo" / "project.yaml").write_text(PROJECT)
        workspace = (CHECKOUT / "docker" / "workspace.yaml").read_text()
        here = workspace.replace("host: code", "host: 127.0.0.1")
        here = here.replace("4000", str(self.code_port))
        (folder / "docker" / "workspace.yaml").write_text(here)

    @property
    def home(self) -> Path:
        """Folder of the instance."""
        return self.folder / "projects" / "demo" / "dagster_home"

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start a service."""
        process = self.host.start(self.services[name], log_path=self._log(name))
        self.started[name] = process
        return process

    def start_healthy(self, *names: str) -> None:
        """Start services and wait for their health checks to pass, as Compose does."""
        for name in names:
            self.start(name)
        for name in names:
            assert wait_until(lambda name=name: self._is_healthy(name), every_seconds=2), self._log(
                name
            ).read_text()[-4000:]

    def environment(self, name: str) -> dict[str, str]:
        """Return the variables that Compose sets for a service."""
        given = self.services[name]["environment"]
        return {
            key: value
            for key, value in self.host.environment(self.services[name]).items()
            if key in given
        }

    def ask(self, query: str, *, port: int | None = None, **variables: object) -> dict[str, Any]:
        """Ask the webserver, or the one at another port, as its pages do."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = Request(f"http://127.0.0.1:{port or self.web_port}/graphql", body)
        request.add_header("Content-Type", "application/json")
        with urlopen(request, timeout=60) as answer:
            found = json.load(answer)
        assert "errors" not in found, found
        return found["data"]

    def end(self) -> None:
        """End everything that was started, the last first."""
        for process in reversed(self.started.values()):
            end_group(process)

    def _is_healthy(self, name: str) -> bool:
        assert self.started[name].poll() is None, self._log(name).read_text()[-4000:]
        # A health check costs a second of a core, a look at the port nothing.
        ports = {
            "code": self.code_port,
            "webserver": self.web_port,
            "viewer": self.viewer_port,
        }
        port = ports.get(name)
        if port is not None and not _listens(port):
            return False
        return self.host.check_health(self.services[name]).returncode == 0

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def wait_until(is_so: Callable[[], bool], *, every_seconds: float) -> bool:
    """Ask again and again for a while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(every_seconds)
    return False
