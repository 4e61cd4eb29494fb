"""Parts of rows: a member's folder, published artefacts, and inputs that models decide."""

from pathlib import Path

from ejmap_assets.lineage import recipe_settings
from ejmap_assets.lineage.row import Output, Published
from ejmap_project.models.mapping_models import connections_from, maps_in_polar_view
from ejmap_project.models.model_version import imported_from, version_and_iteration
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind, ProjectPaths

PUBLISHED_CONNECTIONS = Published(
    is_used=lambda project, key: recipe_settings.of_connections(project, key) is not None,
    inputs=("tile_store",),
)
PUBLISHED_MASK = Published(
    is_used=lambda project, key: recipe_settings.of_given_mask(project, key) is not None,
    inputs=("crater_catalogue", "basemap_mosaic"),
)


def member_bundle(kind: ModelKind) -> Output:
    """Return where the bundle of a member lies."""

    def bundle(paths: ProjectPaths, key: str) -> Path:
        version, iteration = version_and_iteration(key)
        return paths.model_bundle(kind, version=version, iteration=iteration)

    return bundle


def imported_member(kind: ModelKind) -> Published:
    """Return that a member may be imported instead of trained."""

    def is_used(project: OpenProject, key: str) -> bool:
        return imported_from(project.paths, kind, *version_and_iteration(key)) is not None

    return Published(is_used=is_used)


def connection_inputs(project: OpenProject) -> tuple[str, ...]:
    """Return the inputs of predicted connections: a polar prediction or EJCONN, never both."""
    follows = connections_from(project) == "polar"
    return ("tile_store", "polar_prediction" if follows else "promoted_ejconn")


def mask_inputs(project: OpenProject) -> tuple[str, ...]:
    """Return the inputs of a mask: a polar EJSEG needs connections only to filter by them."""
    if not maps_in_polar_view(project):
        return ("basemap_mosaic", "tile_store", "connection_predictions", "promoted_ejseg")
    filtered = ("connection_predictions",) if project.settings.mapping.connection_filter else ()
    return ("basemap_mosaic", "polar_prediction", *filtered, "promoted_ejseg")
