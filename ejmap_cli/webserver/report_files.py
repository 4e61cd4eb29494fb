"""The reports of a project's releases, answered by the folder of a release.

A release may come from somebody else, and a page of ours could drive the webserver. So a report is
shown as a page of no origin, which runs nothing and asks nobody.
"""

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from ejmap_project.paths import ProjectPaths
from ejmap_project.release.release_folder import FOLDER_NAME, REPORT, REPORT_ROUTE

HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    ),
}


def report_route(paths: ProjectPaths) -> Route:
    """Return the route that answers the reports of a project's releases, and no other file."""

    def answer(request: Request) -> Response:
        folder = request.path_params["folder"]
        path = paths.releases / folder / REPORT
        # A link inside the project could lead out of it.
        is_inside = path.resolve().is_relative_to(paths.folder.resolve())
        if FOLDER_NAME.fullmatch(folder) and is_inside and path.is_file():
            return FileResponse(path, media_type="text/html", headers=HEADERS)
        return PlainTextResponse("there is no such report\n", status_code=404)

    return Route(REPORT_ROUTE, answer)
