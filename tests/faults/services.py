"""The servers of `ejmap ui` and the processes that they consist of."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from ejmap_assets.jobs import REPAIR
from ejmap_geo.process_identity import PROC
from tests.faults.chain import Chain
from tests.faults.warm import PATIENCE_SECONDS
from tests.servers import end_group, free_port, wait_until_up

# Words in the command line of each process.
SERVICES = "ejmap_cli.webserver.services"
WEBSERVER = "ejmap_cli.webserver\0--port"
DAEMON = "dagster._daemon\0run"
# What has loaded the code, and what stands before it.
CODE_SERVER = "dagster\0api\0grpc"
PROXY = "dagster\0code-server\0start"
PLAN = """query ($job: String!) {
  plan: executionPlanOrError(
    pipeline: {
      pipelineName: $job, repositoryName: "__repository__", repositoryLocationName: "ejmap"
    },
    mode: "default",
    runConfigData: {}
  ) { __typename }
}"""


class Servers:
    """`ejmap ui` of a project and the processes that it started.

    Args:
        chain: The project.
        folder: Where its log goes.
    """

    def __init__(self, chain: Chain, folder: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = folder / "ui.log"
        words = ["ui", str(chain.folder), "--port", str(self.port)]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "ejmap_cli.main", *words],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_until_up(self.address, self.process, self._log)
        except BaseException:  # a test that was interrupted, too, leaves none behind
            self.process.terminate()
            self.process.wait(PATIENCE_SECONDS)
            raise
        self.session = int(_fields(self._only(SERVICES))[3])

    def kill(self, words: str) -> None:
        """Kill the server whose command line has these words."""
        os.kill(self._only(words), signal.SIGKILL)

    @property
    def told(self) -> str:
        """What they printed."""
        return self._log.read_text()

    def left(self, words: str = "") -> list[int]:
        """Return the processes of the servers that live, or those whose command line has words."""
        return [one for one in _processes(words) if int(_fields(one)[3]) == self.session]

    def answers(self) -> bool:
        """Whether the webserver answers."""
        try:
            with urlopen(f"{self.address}/server_info", timeout=5):
                return True
        except (URLError, TimeoutError, ConnectionError):
            return False

    def asks_code(self) -> bool:
        """Whether the pages get an answer that only the code server can give: a plan of a run."""
        body = json.dumps({"query": PLAN, "variables": {"job": REPAIR}}).encode()
        asked = Request(
            f"{self.address}/graphql", body, headers={"Content-Type": "application/json"}
        )
        try:
            with urlopen(asked, timeout=60) as answer:
                return json.load(answer)["data"]["plan"]["__typename"] == "ExecutionPlan"
        except (URLError, TimeoutError, ConnectionError):
            return False

    def end(self) -> None:
        """End all that is left."""
        end_group(self.process)
        for one in self.left():
            os.kill(one, signal.SIGKILL)

    def _only(self, words: str) -> int:
        found = [one for one in _processes(words) if str(self.port) in _command(one)]
        return (found or self.left(words))[0]


def _processes(words: str) -> Iterator[int]:
    for folder in PROC.glob("[0-9]*"):
        if words in _command(int(folder.name)) and _fields(int(folder.name))[0] not in "ZX":
            yield int(folder.name)


def _command(process_id: int) -> str:
    try:
        return (PROC / str(process_id) / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _fields(process_id: int) -> list[str]:
    """Return state, parent, group, session and what follows in /proc/PID/stat."""
    try:
        return (PROC / str(process_id) / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return ["X", "0", "0", "0"]


def wait(is_so: Callable[[], bool]) -> bool:
    """Wait until it is so; return False if it never is."""
    until = time.monotonic() + PATIENCE_SECONDS / 3
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.2)
    return False
