"""Dagster's webserver, guarded, for one project."""

import json
from collections.abc import Collection
from typing import Any

from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster_webserver.webserver import DagsterWebserver
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from ejmap_cli.webserver.guard import Guard
from ejmap_cli.webserver.page_files import page_routes
from ejmap_cli.webserver.picture_files import picture_route
from ejmap_cli.webserver.report_files import report_route
from ejmap_project.paths import ProjectPaths

PROJECT_KEY = "ejmap_project"
REPORTS = "/report_asset_"
# Dagster's tables of metadata cut off what is wider than they are, and a wide cell makes them wider
# than the window. What stands beside them is narrower than 840 px.
STYLE = (
    '<style>img[src^="/pictures/"] '
    "{ max-width: min(100%, max(480px, 100vw - 840px)); height: auto; }</style>"
)


class ProjectWebserver(DagsterWebserver[WorkspaceProcessContext, WorkspaceRequestContext]):
    """The pages of one project: Dagster's, its map page, reports, and pictures of its artefacts."""

    def __init__(
        self, context: WorkspaceProcessContext, *, paths: ProjectPaths, names: Collection[str] = ()
    ) -> None:
        """Serve a project.

        Args:
            context: Instance and code location of the project.
            paths: Where its files lie.
            names: Host names by which the pages are reached besides those of this machine.
        """
        self._paths = paths
        self._names = names
        super().__init__(context, live_data_poll_rate=2000)

    def build_middleware(self) -> list[Middleware]:
        """Put the guard before everything else."""
        return [Middleware(Guard, names=self._names), *super().build_middleware()]

    def build_routes(self) -> list[Any]:
        """Add pictures, reports and the map page, and leave out reports of materialisations.

        The history says what each file was made from; a report from outside would be a record of a
        file that nobody made.
        """
        kept = [
            route
            for route in super().build_routes()
            if not (isinstance(route, Route) and route.path.startswith(REPORTS))
        ]
        ours = [picture_route(self._paths), report_route(self._paths), *page_routes(self._paths)]
        return [*ours, *kept]

    def index_html_endpoint(self, request: Request) -> HTMLResponse:
        """Make pictures fit into the pages; a click opens them in full size."""
        page: HTMLResponse = super().index_html_endpoint(request)
        text = bytes(page.body).decode().replace("</head>", f"{STYLE}</head>", 1)
        headers = {k: v for k, v in page.headers.items() if k != "content-length"}
        return HTMLResponse(text, headers=headers)

    async def webserver_info_endpoint(self, _request: Request) -> JSONResponse:
        """Name the project, so that ``ejmap ui`` finds out who answers at a port."""
        info = await super().webserver_info_endpoint(_request)
        versions = json.loads(bytes(info.body))
        return JSONResponse({**versions, PROJECT_KEY: str(self._paths.folder)})
