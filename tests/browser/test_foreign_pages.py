"""Pages of other origins, in a real browser: they change and learn nothing."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import dagster as dg
import pytest

from tests.browser.devtools import Page, opened_page

pytestmark = pytest.mark.browser

# Every way in which a page can send something to another origin; the last line of each says what
# came back. ADDRESS is the webserver; each attempt makes a pool of its own name.
ATTACK = """<!doctype html><title>attack</title><ul id="told"></ul>
<form id="form" method="post" enctype="text/plain" target="frame"></form>
<form id="url_form" method="post" target="frame2"></form>
<iframe name="frame"></iframe><iframe name="frame2"></iframe>
<script>
const address = "ADDRESS", told = document.getElementById("told");
const tell = (name, text) => {
  const line = document.createElement("li");
  line.textContent = name + ": " + text;
  told.append(line);
};
const mutation = (name) => `mutation { setConcurrencyLimit(concurrencyKey: "${name}", limit: 1) }`;
const byGet = (name) => address + "/graphql?query=" + encodeURIComponent(mutation(name));
const body = (name) => JSON.stringify({ query: mutation(name) });
const image = new Image();
image.onload = image.onerror = (event) => tell("image", event.type);
image.src = byGet("image");
const script = document.createElement("script");
script.src = byGet("script");
document.head.append(script);
const form = document.getElementById("form"), input = document.createElement("input");
form.action = address + "/graphql";
input.name = '{"query": ' + JSON.stringify(mutation("form")) + ', "x": "';
input.value = '"}';
form.append(input);
form.submit();
const urlForm = document.getElementById("url_form");
urlForm.action = byGet("url_form");
urlForm.submit();
const send = (name, options) =>
  fetch(address + "/graphql", { method: "POST", body: body(name), ...options })
    .then((answer) => answer.text().then((text) => tell(name, answer.type + " " + text)))
    .catch(() => tell(name, "refused"));
send("no_cors", { mode: "no-cors", headers: { "Content-Type": "text/plain" } });
send("cors", { mode: "cors", headers: { "Content-Type": "application/json" } });
send("cors_text", { mode: "cors", headers: { "Content-Type": "text/plain; application/json" } });
send("credentials", { mode: "cors", credentials: "include" });
navigator.sendBeacon(address + "/graphql", body("beacon"));
const reported = { method: "POST", mode: "no-cors" };
fetch(address + "/report_asset_materialization/global_map", reported).catch(() => {});
fetch(address + "/server_info")
  .then((answer) => answer.text()).then((text) => tell("info", text))
  .catch(() => tell("info", "refused"));
const socket = new WebSocket(address.replace("http", "ws") + "/graphql", "graphql-ws");
socket.onopen = () => tell("socket", "open");
socket.onerror = () => tell("socket", "refused");
const frame = document.createElement("iframe");
frame.src = address + "/";
document.body.append(frame);
</script>"""
READABLE = ("cors", "cors_text", "credentials", "info", "socket")
# Lines that the page writes, and requests of which Chromium tells that they leave it.
TOLD = 7
SENT = 12
SENT_EVENT = "Network.requestWillBeSent"
ANSWERS = ("Network.responseReceived", "Network.loadingFailed", "Network.loadingFinished")
ANSWERED_SECONDS = 60


@pytest.fixture
def attack(webserver: str) -> Iterator[str]:
    """Address of the attack page, on another port of this machine."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(ATTACK.replace("ADDRESS", webserver).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def _pools(home: Path) -> set[str]:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        return set(instance.event_log_storage.get_concurrency_keys())


def test_a_page_of_another_origin_changes_and_learns_nothing(
    attack: str, webserver: str, home: Path, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Image, script, forms, fetch in every mode, beacon, frame and WebSocket; a program may."""
    monkeypatch.setenv("DAGSTER_HOME", str(home))

    page.open(attack)
    page.until(f"document.querySelectorAll('#told li').length >= {TOLD}")
    sent = _answered(page, webserver)
    document = page.value("document.documentElement.outerHTML")

    assert len(sent) >= SENT
    for name in READABLE:
        assert f"<li>{name}: refused</li>" in document, name
    assert _pools(home) == set()
    mutation = {"query": 'mutation { setConcurrencyLimit(concurrencyKey: "own", limit: 1) }'}
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{webserver}/graphql", json.dumps(mutation).encode(), headers)):
        assert _pools(home) == {"own"}
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert instance.get_latest_materialization_event(dg.AssetKey("global_map")) is None


def _answered(page: Page, address: str) -> dict[str, str]:
    """Wait until each request to an address has its answer; return their ids and methods."""
    deadline = time.monotonic() + ANSWERED_SECONDS
    while True:
        told = [(one.get("method"), one.get("params", {})) for one in page.events]
        sent = {
            params["requestId"]: params["request"]["method"]
            for method, params in told
            if method == SENT_EVENT and params["request"]["url"].startswith(address)
        }
        if sent.keys() <= {params["requestId"] for method, params in told if method in ANSWERS}:
            return sent
        assert time.monotonic() < deadline, sent
        page.listen(0.1)


def test_a_name_that_leads_to_this_machine_is_not_answered(
    webserver: str, browser: str, tmp_path: Path
) -> None:
    """DNS rebinding: the browser takes the page for one of the attacker's."""
    port = urlsplit(webserver).port
    rule = "--host-resolver-rules=MAP evil.test 127.0.0.1"

    with opened_page(browser, tmp_path / "profile", rule) as page:
        page.open(f"http://evil.test:{port}/")
        document = page.value("document.documentElement.outerHTML")

    assert "this name is not one of this webserver" in document
    assert "Dagster" not in document
