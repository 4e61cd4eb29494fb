"""The code location by the names under which Dagster's servers and the history know it."""

from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.workspace.load_target import ModuleTarget

# Also in workspace.yaml, docker/workspace.yaml and under [tool.dg.project] in pyproject.toml.
LOCATION = "ejmap"
MODULE = "ejmap_assets.definitions"
# Dagster's name of the repository of a location that is one `Definitions`.
REPOSITORY = "__repository__"


def module_target() -> ModuleTarget:
    """Return what a server loads: the definitions of this package."""
    return ModuleTarget(
        module_name=MODULE, attribute=None, working_directory=None, location_name=LOCATION
    )


def job_origin(job: str) -> RemoteJobOrigin:
    """Return where a job is defined; the pages list a run under the job of its origin."""
    location = RegisteredCodeLocationOrigin(LOCATION)
    return RemoteJobOrigin(RemoteRepositoryOrigin(location, REPOSITORY), job)
