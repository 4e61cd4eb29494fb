"""The UI and the variables by which Dagster's own commands find a project."""

import inspect
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from ejmap_assets.runs.instance import environment_of, home_of
from ejmap_cli.main import main
from ejmap_cli.service.ui import services_command
from ejmap_cli.webserver import port as ports
from ejmap_cli.webserver.serve import serve_pages
from ejmap_project.open_project import DEFAULT_PROJECT, project_folder


def test_each_project_has_an_instance_of_its_own(tmp_path: Path) -> None:
    """Craters are partitions of an instance; the demo has that of the checkout."""
    assert home_of(DEFAULT_PROJECT) == (Path.cwd() / "dagster_home")
    assert home_of(tmp_path) == tmp_path / "dagster_home"
    assert environment_of(tmp_path) == {
        "DAGSTER_HOME": str(tmp_path / "dagster_home"),
        "EJMAP_PROJECT": str(tmp_path),
    }


def test_the_project_is_that_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read when it is asked for, with the demo as the last resort."""
    monkeypatch.setenv("EJMAP_PROJECT", str(tmp_path))
    assert project_folder() == tmp_path
    assert project_folder("other") == Path.cwd() / "other"

    monkeypatch.delenv("EJMAP_PROJECT")
    assert project_folder() == Path.cwd() / DEFAULT_PROJECT


def test_the_webserver_listens_to_this_machine_alone() -> None:
    """It has no login; other addresses are for whoever starts the webserver by itself."""
    words = services_command(port=3123, names=["maps.example.org"], read_only=True)

    assert words[-5:] == ["--port", "3123", "--allow-host", "maps.example.org", "--read-only"]
    assert inspect.signature(serve_pages).parameters["host"].default == "127.0.0.1"


@contextmanager
def _answering(body: bytes) -> Iterator[int]:
    """Answer every request at a free port of this machine, and yield the port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _project(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "project.yaml").write_text("source: {kind: synthetic, seed: 5}\n")
    return folder


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        pytest.param(b"hello", f"process {os.getpid()}", id="a-program"),
        pytest.param(
            b'{"dagster_version": "1.13"}', "another webserver of Dagster", id="dagster-dev"
        ),
        pytest.param(
            b'{"dagster_version": "1.13", "ejmap_project": "/other"}',
            "the pages of the project /other",
            id="another-project",
        ),
    ],
)
def test_a_taken_port_is_refused_with_the_name_of_who_holds_it(
    answer: bytes, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence at once, with a command that works, instead of an address that others answer."""
    with _answering(answer) as port:
        code = main(["ui", str(_project(tmp_path)), "--port", str(port)])

    told = capsys.readouterr()
    assert code == 1
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert named in told.err
    free = int(told.err.split("--port ")[1])
    assert free > port
    assert ports.is_free(free)


def test_pages_that_run_already_are_named_and_not_started_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """At another port than the one that was asked for, too: two daemons would do all work twice."""
    folder = _project(tmp_path)
    info = {"dagster_version": "1.13", "ejmap_project": str(folder)}
    with _answering(json.dumps(info).encode()) as port:
        (folder / "dagster_home").mkdir()
        ports.note_port(folder / "dagster_home", port)
        codes = [main(["ui", str(folder), *more]) for more in ((), ("--port", str(port)))]

    assert codes == [0, 0]
    assert capsys.readouterr().out.count(f"http://127.0.0.1:{port}  (its pages run already)") == 2


def test_the_variables_as_json_are_those_for_the_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The project is that of the environment; its instance is there afterwards."""
    monkeypatch.setenv("EJMAP_PROJECT", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", "")
    assert main(["env"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert main(["env", "--json"]) == 0

    variables = json.loads(capsys.readouterr().out)
    assert variables == {
        "DAGSTER_HOME": str(tmp_path / "dagster_home"),
        "EJMAP_PROJECT": str(tmp_path),
    }
    assert lines == [f"export {name}={value}" for name, value in variables.items()]
    assert (tmp_path / "dagster_home" / "dagster.yaml").is_file()


def test_the_variables_of_a_folder_without_a_project_are_refused(tmp_path: Path, capsys) -> None:
    """Nothing is made there: Dagster would open an empty instance and show an empty project."""
    code = main(["env", str(tmp_path / "typo")])

    assert code == 1
    assert "is no project" in capsys.readouterr().err
    assert not (tmp_path / "typo").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_servers_start_is_one_sentence(
    number: signal.Signals, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a traceback, and with the code that a shell expects."""
    monkeypatch.setattr(
        "ejmap_assets.runs.instance.open_instance", lambda _: os.kill(os.getpid(), number)
    )

    code = main(["ui", str(_project(tmp_path))])

    told = capsys.readouterr()
    assert code == 128 + number
    assert (told.out, told.err) == ("", "ejmap: told to end; nothing of it runs on\n")


@pytest.mark.parametrize("port", ["0", "99999", "-1"])
def test_a_port_that_cannot_be_is_wrong_usage(port: str, capsys) -> None:
    """It is told before a server is started that nobody can reach."""
    assert main(["ui", "--port", port]) == 2
    assert "1<=x<=65535" in capsys.readouterr().err
