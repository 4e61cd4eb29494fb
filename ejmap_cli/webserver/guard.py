"""Which requests the webserver answers: those of its own pages, and of programs on this machine.

The webserver has no login, so any page that a person opens elsewhere could otherwise drive it
through the person's browser: by an image, a form, a script, a WebSocket, or by giving a foreign
name the address of this machine (DNS rebinding).
"""

import re
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = re.compile(r"(?P<name>\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?")
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
GRAPHQL = "/graphql"
READING = frozenset({"GET", "HEAD"})
# Code of a WebSocket that was refused by a rule.
POLICY_VIOLATION = 1008
# A page of another origin may neither frame ours, hold a handle to its window nor embed its parts.
SAFE_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """Middleware that refuses what a page of another origin sent, on every route and WebSocket."""

    def __init__(self, app: ASGIApp, *, names: Collection[str] = ()) -> None:
        """Guard an application.

        Args:
            app: The application.
            names: Host names by which it is reached besides those of this machine, in lower case.
        """
        self._app = app
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say in one sentence why not."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        reason = self._reason(scope)
        if reason is None:
            await self._app(scope, receive, _with_safe_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": reason})
        else:
            refusal = PlainTextResponse(f"{reason}\n", status_code=403, headers=SAFE_HEADERS)
            await refusal(scope, receive, send)

    def _reason(self, scope: Scope) -> str | None:
        """Return why a request is refused; None if it is not."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _host_name(hosts[0]) not in LOOPBACK_NAMES | self._names:
            return "this name is not one of this webserver's; state it with --allow-host"
        for origin in headers.getlist("origin"):
            if not self._is_own(origin, host=hosts[0]):
                return "refused: sent by a page of another origin"
        if _is_foreign(scope, headers):
            return "refused: sent by a page of another site"
        return None if scope["type"] == "websocket" else _wrong_form(scope, headers)

    def _is_own(self, origin: str, *, host: str) -> bool:
        is_same = origin.lower() in {f"{scheme}://{host.lower()}" for scheme in ("http", "https")}
        # A proxy may ask by another name than the browser asked the proxy.
        return is_same or _host_name(origin.partition("://")[2]) in self._names


def _host_name(host: str) -> str:
    """Return the name in a Host header, in lower case; empty if it has another form."""
    found = HOST.fullmatch(host.lower())
    return found["name"].strip("[]") if found else ""


def _is_foreign(scope: Scope, headers: Headers) -> bool:
    """Return whether the browser says that another page sent a request.

    Somebody may follow a link from elsewhere to a page of ours, in a tab of its own.
    """
    if headers.get("sec-fetch-site", "none") in {"same-origin", "none"}:
        return False
    is_link = (
        scope["type"] == "http"
        and scope["method"] in READING
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
    return not is_link


def _wrong_form(scope: Scope, headers: Headers) -> str | None:
    """Return what is wrong with the form of a request; None if nothing is.

    A browser sends ``application/json`` to another origin only after it has asked for permission,
    which nobody gives. Everything else it sends unasked.
    """
    if scope["method"] not in READING:
        if headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
            return None
        return "refused: the body must be application/json"
    if scope["path"].rstrip("/") == GRAPHQL and "text/html" not in headers.get("accept", ""):
        return "refused: GraphQL is answered by POST only"
    return None


def _with_safe_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SAFE_HEADERS.items():
                if name in headers and name == "Content-Security-Policy":
                    headers[name] = f"{headers[name].strip().rstrip(';')}; {value}"
                else:
                    headers[name] = value
        await send(message)

    return sent
