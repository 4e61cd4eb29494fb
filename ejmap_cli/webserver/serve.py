"""Serving the pages of one project until a signal ends it: the webserver without the daemon."""

from collections.abc import Collection
from pathlib import Path

import dagster as dg
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget

from ejmap_assets.code_location import module_target
from ejmap_cli.webserver.app import ProjectWebserver
from ejmap_project.open_project import project_folder
from ejmap_project.paths import ProjectPaths

LOOPBACK = "127.0.0.1"
LOG_LEVEL = "warning"


def serve_pages(
    *,
    port: int,
    host: str = LOOPBACK,
    names: Collection[str] = (),
    workspace: Path | None = None,
    read_only: bool = False,
) -> None:
    """Serve the project and the instance that the environment names.

    Args:
        port: Port to listen to.
        host: Address to listen to; the webserver has no login, so other machines should not reach
            it.
        names: Host names by which the pages are reached besides those of this machine.
        workspace: File that says where the code server is; None starts one.
        read_only: Refuse whatever starts or changes something.
    """
    target = module_target() if workspace is None else WorkspaceFileTarget([str(workspace)])
    with (
        dg.DagsterInstance.get() as instance,
        WorkspaceProcessContext(
            instance, target, read_only=read_only, code_server_log_level=LOG_LEVEL
        ) as context,
    ):
        instance.optimize_for_webserver(
            statement_timeout=15_000, pool_recycle=3600, max_overflow=20
        )
        paths = ProjectPaths(project_folder())
        webserver = ProjectWebserver(context, paths=paths, names=names)
        uvicorn.run(webserver.create_asgi_app(), host=host, port=port, log_level=LOG_LEVEL)
