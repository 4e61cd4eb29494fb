"""What the guard refuses, asked as a browser asks: headers that no page can forge."""

from collections.abc import Mapping

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from ejmap_cli.webserver.guard import SAFE_HEADERS, Guard

OWN = "http://127.0.0.1:3000"
JSON = {"content-type": "application/json"}
# A page on another port of this machine is of another origin, and of the same site.
OTHER_PORT = {"origin": "http://127.0.0.1:8888", "sec-fetch-site": "same-site"}
FOREIGN_IMAGE = {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "no-cors",
    "sec-fetch-dest": "image",
}
LINK = {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "accept": "text/html",
}


async def _answer(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("answered")


async def _page(_request: Request) -> HTMLResponse:
    return HTMLResponse("page", headers={"Content-Security-Policy": "object-src 'none';"})


async def _socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


ROUTES = [
    Route("/graphql", _answer, methods=["GET", "POST"]),
    WebSocketRoute("/graphql", _socket),
    Route("/{path:path}", _page, methods=["GET"]),
]


def _client(*names: str) -> TestClient:
    app = Starlette(routes=ROUTES, middleware=[Middleware(Guard, names=names)])
    return TestClient(app, base_url=OWN)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        pytest.param("POST", "/graphql", {**JSON, "origin": OWN}, id="our-page-asks"),
        pytest.param("POST", "/graphql", JSON, id="a-program-asks"),
        pytest.param(
            "POST",
            "/graphql",
            {"content-type": "application/json; charset=utf-8", "sec-fetch-site": "same-origin"},
            id="with-a-charset",
        ),
        pytest.param("GET", "/graphql", {"accept": "text/html"}, id="the-playground"),
        pytest.param("GET", "/assets", {"sec-fetch-site": "none"}, id="typed-address"),
        pytest.param("GET", "/assets", LINK, id="a-link-elsewhere"),
        pytest.param("GET", "/assets", {"host": "localhost:4567"}, id="through-a-tunnel"),
        pytest.param("GET", "/assets", {"host": "[::1]:3000"}, id="ipv6"),
    ],
)
def test_own_pages_programs_and_links_are_answered(
    method: str, path: str, headers: Mapping[str, str]
) -> None:
    """The pages work as before, by every name of this machine."""
    assert _client().request(method, path, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        pytest.param("GET", "/graphql?query=mutation", FOREIGN_IMAGE, id="image"),
        pytest.param("GET", "/pictures/a/b/c.png", FOREIGN_IMAGE, id="picture-embedded"),
        pytest.param("GET", "/graphql?query=mutation", {}, id="image-of-an-old-browser"),
        pytest.param("GET", "/graphql?query=mutation", LINK | {"accept": "*/*"}, id="get-by-link"),
        pytest.param("POST", "/graphql", {**JSON, **OTHER_PORT}, id="script-on-another-port"),
        pytest.param("POST", "/graphql", {**JSON, "origin": "null"}, id="sandboxed-frame"),
        pytest.param("POST", "/graphql", {**JSON, "origin": "http://[evil"}, id="no-origin-at-all"),
        pytest.param("POST", "/graphql", {"content-type": "text/plain"}, id="form"),
        pytest.param(
            "POST", "/graphql", {"content-type": "text/plain; application/json"}, id="disguised"
        ),
        pytest.param("POST", "/graphql", {"content-type": "application/graphql"}, id="graphql"),
        pytest.param(
            "GET", "/", {**LINK, "sec-fetch-dest": "iframe", "origin": OWN}, id="framed-by-a-page"
        ),
        pytest.param("POST", "/graphql", {**JSON, "host": "evil.example:3000"}, id="rebinding"),
        pytest.param("GET", "/", {"host": "127.0.0.1.evil.example"}, id="rebinding-look-alike"),
        pytest.param("GET", "/", {"host": "evil.example@127.0.0.1"}, id="rebinding-with-user"),
        pytest.param("GET", "/", {"host": ""}, id="no-name"),
    ],
)
def test_whatever_a_foreign_page_can_send_is_refused(
    method: str, path: str, headers: Mapping[str, str]
) -> None:
    """It is told why, and sees nothing of the project."""
    answer = _client().request(method, path, headers=headers)

    assert answer.status_code == 403
    assert answer.text not in {"answered", "page"}


@pytest.mark.parametrize(
    "headers",
    [OTHER_PORT, {"origin": "https://evil.example"}, {"host": "evil.example:3000"}],
    ids=["another-port", "another-site", "rebinding"],
)
def test_a_foreign_page_opens_no_websocket(headers: Mapping[str, str]) -> None:
    """WebSockets know no same-origin rule, so the server must."""
    with (
        pytest.raises(WebSocketDisconnect),
        _client().websocket_connect("/graphql", headers=dict(headers)),
    ):
        pass


def test_our_page_opens_a_websocket() -> None:
    """Live updates come by it."""
    with _client().websocket_connect("ws://127.0.0.1:3000/graphql", headers={"origin": OWN}):
        pass


def test_a_proxy_is_answered_by_the_name_that_was_allowed() -> None:
    """Whether it passes the name on or asks by that of this machine."""
    client = _client("maps.example.org")
    outside = {"origin": "https://maps.example.org", **JSON}

    for host in ("maps.example.org", "127.0.0.1:3000"):
        assert client.post("/graphql", headers={**outside, "host": host}).status_code == 200
    other = {**outside, "origin": "https://evil.example.org"}
    assert client.post("/graphql", headers=other).status_code == 403


def test_every_answer_forbids_frames_and_other_origins() -> None:
    """A refusal too; a policy that the page states itself stays."""
    client = _client()
    for answer in (client.get("/"), client.get("/", headers={"host": "evil.example"})):
        for name, value in SAFE_HEADERS.items():
            assert answer.headers[name].endswith(value), name
    assert client.get("/").headers["Content-Security-Policy"].startswith("object-src 'none'; ")
