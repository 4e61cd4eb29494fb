"""The login in front of the webservers: docker/nginx.conf, run by a real nginx."""

import base64
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.servers import end_group, free_port, wait_until_up

CHECKOUT = Path(__file__).parents[2]
NAME = "maps.example.org"
ORIGIN = f"https://{NAME}"
# Ada may start runs. The others may look, also one whose name differs in case only.
PASSWORDS = {"ada": "difference engine", "bo": "comet", "Ada": "other"}
REMOVE_RUN = 'mutation { deletePipelineRun(runId: "none") { __typename } }'
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running nginx, asked as the browser of somebody asks."""

    port: int
    trusted: ssl.SSLContext

    def ask(
        self,
        user: str | None,
        *,
        path: str = "/server_info",
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Send a request; return status and body of the answer."""
        connection = http.client.HTTPSConnection(NAME, context=self.trusted, timeout=60)
        connection.sock = self.trusted.wrap_socket(self._socket(), server_hostname=NAME)
        sent = {"Host": NAME, **_login(user), **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        text = None if body is None else json.dumps(body)
        with closing(connection):
            connection.request("GET" if body is None else "POST", path, text, sent)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def remove_run(self, user: str, *, origin: str = ORIGIN) -> tuple[int, str]:
        """Ask for a change, as a page does; return status and kind of the answer."""
        status, body = self.ask(
            user, path="/graphql", body={"query": REMOVE_RUN}, headers={"Origin": origin}
        )
        if status != http.HTTPStatus.OK:
            return status, body.decode()
        return status, json.loads(body)["data"]["deletePipelineRun"]["__typename"]

    def greet(self, user: str | None, *, origin: str = ORIGIN) -> str:
        """Open the WebSocket of the pages; return what kind of message greets."""
        with connect(
            f"wss://{NAME}/graphql",
            sock=self._socket(),
            ssl=self.trusted,
            server_hostname=NAME,
            origin=origin,
            subprotocols=["graphql-ws"],
            additional_headers=_login(user),
        ) as opened:
            opened.send(json.dumps({"type": "connection_init", "payload": {}}))
            return json.loads(opened.recv(timeout=60))["type"]

    def _socket(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)


def _login(user: str | None) -> dict[str, str]:
    if user is None:
        return {}
    words = base64.b64encode(f"{user}:{PASSWORDS[user]}".encode()).decode()
    return {"Authorization": f"Basic {words}"}


def _program(name: str) -> str:
    """Return the path of a program; the test is skipped without it, unless it has to be there."""
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin"]))
    if found is not None:
        return found
    reason = f"no {name} on this machine; on Debian: apt-get install nginx-light openssl"
    if os.environ.get("EJMAP_REQUIRE_NGINX"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The example in front of two webservers of an empty project."""
    nginx, openssl = _program("nginx"), _program("openssl")
    folder = tmp_path_factory.mktemp("access")
    shutil.copyfile(CHECKOUT / "dagster_home" / "dagster.yaml", folder / "dagster.yaml")
    (folder / "workspace.yaml").write_text("load_from: []\n")
    started: list[subprocess.Popen[bytes]] = []
    try:
        ports = {}
        # One after the other: both would make the tables of the history.
        for pages, mode in (("writers", []), ("viewers", ["--read-only"])):
            ports[pages] = free_port()
            started.append(_serve(folder, ports[pages], mode))
        _write_secrets(folder, openssl)
        port = free_port()
        _write_settings(folder, port=port, ports=ports)
        started.append(_start([nginx, "-p", str(folder), "-c", "nginx.conf"], folder, "nginx"))
        _wait_for(port, started[-1], folder / "nginx.log")
        yield Proxy(port, ssl.create_default_context(cafile=str(folder / "certificate.pem")))
    finally:
        for process in reversed(started):
            end_group(process)


def _start(command: list[str], folder: Path, name: str) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.log").open("w") as log:
        return subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, "DAGSTER_HOME": str(folder), "EJMAP_PROJECT": str(folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _serve(folder: Path, port: int, mode: list[str]) -> subprocess.Popen[bytes]:
    """Start a webserver as docker-compose.yml does, and wait for it."""
    command = [sys.executable, "-m", "ejmap_cli.webserver", f"--port={port}"]
    command += [f"--workspace={folder / 'workspace.yaml'}", f"--allow-host={NAME}", *mode]
    server = _start(command, folder, str(port))
    try:
        wait_until_up(f"http://127.0.0.1:{port}", server, folder / f"{port}.log")
    except BaseException:  # no server is left behind, whatever happens
        end_group(server)
        raise
    return server


def _write_secrets(folder: Path, openssl: str) -> None:
    """Write certificate and passwords with the commands of docs/howto/access.md."""
    words = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME}".split()
    files = ["-addext", f"subjectAltName=DNS:{NAME}", "-keyout", "key.pem", "-out"]
    subprocess.run(
        [openssl, *words, *files, "certificate.pem"], cwd=folder, check=True, capture_output=True
    )
    lines = []
    for user, password in PASSWORDS.items():
        made = subprocess.run(
            [openssl, "passwd", "-6", "-stdin"],
            input=password,
            capture_output=True,
            text=True,
            check=True,
        )
        lines.append(f"{user}:{made.stdout}")
    (folder / "users").write_text("".join(lines))


def _write_settings(folder: Path, *, port: int, ports: Mapping[str, int]) -> None:
    """Write the example with the ports and files of the test, inside the frame that Debian has."""
    text = (CHECKOUT / "docker" / "nginx.conf").read_text()
    for there, here in {
        "/etc/nginx/ejmap": str(folder),
        "listen 443 ": f"listen 127.0.0.1:{port} ",
        "127.0.0.1:3000": f"127.0.0.1:{ports['writers']}",
        "127.0.0.1:3001": f"127.0.0.1:{ports['viewers']}",
    }.items():
        assert there in text
        text = text.replace(there, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    scratch = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    # A master that is root gives its workers another user, who cannot read the test's folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\npid {folder / 'nginx.pid'};\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{scratch}{text}\n}}\n"
    )


def _wait_for(port: int, nginx: subprocess.Popen[bytes], log_path: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if nginx.poll() is not None:
            break
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"nginx does not listen:\n{log_path.read_text()[-4000:]}")


@pytest.mark.parametrize("path", ["/", "/server_info", "/graphql", "/map/label_map.tif"])
def test_nobody_sees_anything_without_a_login(proxy: Proxy, path: str) -> None:
    """No route is open, and a wrong password is as good as none."""
    wrong = base64.b64encode(b"ada:wrong").decode()

    assert proxy.ask(None, path=path)[0] == http.HTTPStatus.UNAUTHORIZED
    refused = proxy.ask(None, path=path, headers={"Authorization": f"Basic {wrong}"})
    assert refused[0] == http.HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("user", sorted(PASSWORDS))
def test_everybody_with_a_login_sees_the_pages(proxy: Proxy, user: str) -> None:
    """The guard of the webservers takes the name of the proxy."""
    status, body = proxy.ask(user)

    assert status == http.HTTPStatus.OK
    assert "dagster_version" in json.loads(body)


@pytest.mark.parametrize(
    ("user", "kind"),
    [
        pytest.param("ada", "RunNotFoundError", id="a-writer-reaches-the-history"),
        pytest.param("bo", "UnauthorizedError", id="a-viewer-is-refused"),
        pytest.param(
            "Ada", "UnauthorizedError", id="a-viewer-with-the-name-of-a-writer-in-capitals"
        ),
    ],
)
def test_only_writers_reach_the_webserver_that_changes_things(
    proxy: Proxy, user: str, kind: str
) -> None:
    """Who is asked follows from the name of the login."""
    assert proxy.remove_run(user) == (http.HTTPStatus.OK, kind)


@pytest.mark.parametrize("user", ["ada", "bo"])
def test_websockets_pass(proxy: Proxy, user: str) -> None:
    """Pages hear of runs by a WebSocket."""
    assert proxy.greet(user) == "connection_ack"


@pytest.mark.parametrize(
    ("user", "origin", "status"),
    [
        pytest.param(None, ORIGIN, http.HTTPStatus.UNAUTHORIZED, id="without-a-login"),
        pytest.param("ada", "https://evil.example", http.HTTPStatus.FORBIDDEN, id="foreign-page"),
    ],
)
def test_other_websockets_are_refused(
    proxy: Proxy, user: str | None, origin: str, status: int
) -> None:
    """A browser sends the password of a login with whatever another page opens."""
    with pytest.raises(InvalidStatus) as refused:
        proxy.greet(user, origin=origin)

    assert refused.value.response.status_code == status


def test_a_foreign_page_cannot_use_the_login_of_a_writer(proxy: Proxy) -> None:
    """The guard compares the origin with the name that the proxy hands on."""
    status, text = proxy.remove_run("ada", origin="https://evil.example")

    assert status == http.HTTPStatus.FORBIDDEN
    assert "another origin" in text


def test_other_names_are_refused(proxy: Proxy) -> None:
    """A foreign name that leads to the address of the proxy finds no page (DNS rebinding)."""
    status, _ = proxy.ask("ada", headers={"Host": "evil.example"})

    assert status == http.HTTPStatus.MISDIRECTED_REQUEST
