"""The map page of a project and the files of its map, answered by address.

A project may come from somebody else, and a page of ours could drive the webserver. So the program
of the page is that of the package, whatever lies in the project, and a script of the project is
answered only if it does nothing but hand over JSON.
"""

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ejmap_project.map_page.bundle import INDEX, bundle_file, bundle_places
from ejmap_project.map_page.data_script import read_script
from ejmap_project.map_page.page import ADDRESS
from ejmap_project.map_page.page_facts import downloads_of
from ejmap_project.paths import ProjectPaths

PAGE = ADDRESS.removesuffix(INDEX)
SCRIPT = re.compile(r"data/(?P<name>\w+(?:/\w+)?)\.js")
TILE = re.compile(r"tiles/\d+/\d+_\d+\.webp")
MEDIA_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".txt": "text/plain",
    ".webp": "image/webp",
}
# The rules of index.html, which allow files of disk too.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'"
)
# A browser asks whether a file has changed each time: the page is made anew under its address.
HEADERS = {"Cache-Control": "private, no-cache", "Content-Security-Policy": POLICY}


def page_routes(paths: ProjectPaths) -> list[Route]:
    """Return the routes of the map page of a project, and of the files that it links to."""

    def answer_page(request: Request) -> Response:
        place = request.path_params["place"]
        if place == "":
            return RedirectResponse(ADDRESS)
        if place in bundle_places():
            return _file(bundle_file(place))
        script = SCRIPT.fullmatch(place)
        if script is not None:
            return _script(paths, place, script["name"])
        path = _inside(paths, paths.map_page / place) if TILE.fullmatch(place) else None
        return _nothing() if path is None else _file(path)

    def answer_download(request: Request) -> Response:
        listed = {path.name: path for path, _ in downloads_of(paths)}
        path = listed.get(request.path_params["name"])
        found = None if path is None else _inside(paths, path)
        if found is None:
            return _nothing()
        headers = {**HEADERS, "Content-Security-Policy": "default-src 'none'"}
        return FileResponse(found, filename=found.name, headers=headers)

    return [Route(PAGE + "{place:path}", answer_page), Route("/map/{name}", answer_download)]


def _script(paths: ProjectPaths, place: str, name: str) -> Response:
    path = _inside(paths, paths.map_page / place)
    if path is None:
        return _nothing()
    script = path.read_bytes()
    try:
        read_script(script, name)
    except ValueError as error:
        return PlainTextResponse(f"{error}\n", status_code=404)
    return Response(script, media_type=MEDIA_TYPES[".js"], headers=HEADERS)


def _inside(paths: ProjectPaths, path: Path) -> Path | None:
    # A link inside the project could lead out of it.
    is_inside = path.resolve().is_relative_to(paths.folder.resolve())
    return path if is_inside and path.is_file() else None


def _file(path: Path) -> Response:
    return FileResponse(path, media_type=MEDIA_TYPES[path.suffix], headers=HEADERS)


def _nothing() -> Response:
    return PlainTextResponse("the map page has no such file\n", status_code=404)
