"""The pictures of a project, answered by asset, partition and name."""

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from ejmap_project.paths import ProjectPaths
from ejmap_project.pictures.picture_store import FILE_NAME, MEDIA_TYPES, ROUTE

# No dots: neither leads out of the folder that it is in.
FOLDER = re.compile(r"[A-Za-z0-9_~=-]+")
# The name of a file holds a digest of its content, so what it answers never changes.
HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'",
}


def picture_route(paths: ProjectPaths) -> Route:
    """Return the route that answers the pictures of a project, and no other file."""

    def answer(request: Request) -> Response:
        found = _found(paths, **request.path_params)
        if found is None:
            return PlainTextResponse("there is no such picture\n", status_code=404)
        return FileResponse(found, media_type=MEDIA_TYPES[found.suffix], headers=HEADERS)

    return Route(ROUTE, answer)


def _found(paths: ProjectPaths, *, asset: str, folder: str, name: str) -> Path | None:
    if not (FOLDER.fullmatch(asset) and FOLDER.fullmatch(folder) and FILE_NAME.fullmatch(name)):
        return None
    path = paths.all_pictures / asset / folder / name
    # A link inside the project could lead out of it.
    is_inside = path.resolve().is_relative_to(paths.folder.resolve())
    return path if is_inside and path.is_file() else None
