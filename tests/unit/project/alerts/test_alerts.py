"""Alerts go where a private file says, and no message shows what is secret in it."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ejmap_project.alerts.alert_settings import (
    VARIABLE,
    AlertSettings,
    alert_settings,
    read_alert_settings,
)
from ejmap_project.alerts.delivery import AlertError, send_alert
from ejmap_project.errors import SettingsError
from tests.servers import free_port

SECRET = "comet-hale-bopp"  # noqa: S105 (it opens nothing)
EMAIL = "email: {server: mail.example, sender: a@b.example, recipients: [c@d.example]"


class _Mail(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as a client needs, and keeps the messages."""

    def handle(self) -> None:
        kept: list[bytes] = self.server.kept  # type: ignore[attr-defined]
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line.split(b":")[0].split()[0].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                kept.append(b"".join(lines))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 fine\r\n")
            if word == b"QUIT":
                return


class _Hook(BaseHTTPRequestHandler):
    """Keeps what is posted; ``/moved`` redirects to ``/``."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kept = self.server.kept  # type: ignore[attr-defined]
        kept.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def _server(kind: type, handler: type) -> Iterator[tuple[int, list]]:
    with kind(("127.0.0.1", 0), handler) as server:
        server.kept = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1], server.kept
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def mail() -> Iterator[tuple[int, list]]:
    """A mail server of this machine: its port, and its messages."""
    with _server(socketserver.TCPServer, _Mail) as found:
        yield found


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, list]]:
    """A webhook of this machine: its port, and what was posted."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with _server(HTTPServer, _Hook) as found:
        yield found


def _to(*, mail_port: int | None = None, hook: str | None = None) -> AlertSettings:
    email = {
        "server": "127.0.0.1",
        "port": mail_port,
        "security": "none",
        "sender": "ejmap@here.example",
        "recipients": ["ada@there.example", "bo@there.example"],
    }
    webhook = {"url": hook, "token": SECRET}
    return AlertSettings.model_validate(
        {"email": email if mail_port else None, "webhook": webhook if hook else None}
    )


def _file(folder: Path, text: str, *, mode: int = 0o600) -> Path:
    path = folder / "alerts.yaml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_an_alert_reaches_everybody_by_both_ways(
    mail: tuple[int, list], hook: tuple[int, list]
) -> None:
    """Each way gets the whole message."""
    settings = _to(mail_port=mail[0], hook=f"http://127.0.0.1:{hook[0]}/ejmap")

    send_alert(settings, subject="run 1 failed", text="no mosaic\nat line 2")

    ((path, headers, posted),) = hook[1]
    received = message_from_bytes(mail[1][0])
    assert received["Subject"] == "run 1 failed"
    assert received["To"] == "ada@there.example, bo@there.example"
    assert received.get_payload().splitlines() == ["no mosaic", "at line 2"]
    assert (path, posted) == ("/ejmap", {"text": "run 1 failed\nno mosaic\nat line 2"})
    assert headers["Authorization"] == f"Bearer {SECRET}"


def test_the_text_of_a_failure_adds_no_header(mail: tuple[int, list]) -> None:
    """A crater's name or a file of a stranger can be part of it."""
    send_alert(_to(mail_port=mail[0]), subject="run\r\nBcc: evil@e.example", text="\x1b[31mred\x00")

    received = message_from_bytes(mail[1][0])
    assert received["Bcc"] is None
    assert received.get_payload().strip() == "red"


def test_a_way_that_fails_does_not_keep_back_the_other(mail: tuple[int, list]) -> None:
    """What failed is named, and the secrets of its address are not."""
    settings = _to(mail_port=mail[0], hook=f"http://127.0.0.1:{free_port()}/{SECRET}")

    with pytest.raises(AlertError, match=f"sent by webhook .*{VARIABLE}") as caught:
        send_alert(settings, subject="run 1 failed", text="no mosaic")

    assert len(mail[1]) == 1
    assert SECRET not in str(caught.value)


def test_a_token_follows_no_redirect(hook: tuple[int, list]) -> None:
    """It is for the address that was stated."""
    with pytest.raises(AlertError, match="302"):
        send_alert(_to(hook=f"http://127.0.0.1:{hook[0]}/moved"), subject="a", text="b")

    assert [path for path, *_ in hook[1]] == ["/moved"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """The message says how to close it."""
    path = _file(tmp_path, f"{EMAIL}}}", mode=mode)

    with pytest.raises(SettingsError, match=f"mode {mode:o}.*chmod 600"):
        read_alert_settings(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(f"{EMAIL}, user: a, password: [{SECRET}]}}", "email.password", id="list"),
        pytest.param(f"{EMAIL}, password: {SECRET}}}", "user and password", id="no-user"),
        pytest.param(
            f"{EMAIL}, user: a, password: {SECRET}, security: none}}", "in the clear", id="clear"
        ),
        pytest.param(f"{EMAIL}, pasword: {SECRET}}}", "email.pasword: Extra", id="unknown-key"),
        pytest.param(f"webhook: {{url: 'file:///{SECRET}'}}", "must begin with https", id="scheme"),
        pytest.param(f"webhook: {{url: '{SECRET}", "not valid YAML in line 1", id="no-yaml"),
        pytest.param("{}", "neither email nor webhook", id="nothing"),
        pytest.param("", "alert", id="empty"),
    ],
)
def test_mistakes_are_named_without_secrets(tmp_path: Path, text: str, message: str) -> None:
    """Messages end in logs and in pages that everybody sees."""
    with pytest.raises(SettingsError, match=message) as caught:
        read_alert_settings(_file(tmp_path, text))

    assert SECRET not in str(caught.value)


def test_settings_that_are_printed_show_no_secrets(tmp_path: Path) -> None:
    """Also where they stand in a message of somebody else."""
    text = f"{EMAIL}, user: a, password: {SECRET}}}\nwebhook: {{url: 'https://{SECRET}'}}"

    assert SECRET not in repr(read_alert_settings(_file(tmp_path, text)))


def test_alerts_are_off_unless_the_environment_names_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is named has to be there."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert alert_settings() is None

    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.yaml"))
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        alert_settings()
