"""Servers of a map page: a plain one of its folder, and our routes under the guard."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from ejmap_cli.webserver.guard import Guard
from ejmap_cli.webserver.page_files import page_routes
from ejmap_project.paths import ProjectPaths
from tests.servers import free_port


@contextmanager
def plain_server(folder: Path) -> Generator[str]:
    """Serve a folder and yield the address of its ``index.html``."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/index.html"
        server.shutdown()


@contextmanager
def our_server(paths: ProjectPaths) -> Generator[str]:
    """Serve the map page of a project as our webserver does, and yield its address."""
    app = Starlette(routes=page_routes(paths), middleware=[Middleware(Guard)])
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield f"http://127.0.0.1:{port}/map/page/"
    server.should_exit = True
    thread.join()
