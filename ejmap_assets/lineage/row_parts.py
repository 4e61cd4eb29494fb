"""Parts of rows: kinds of row, published artefacts, and inputs that models decide."""

from functools import partial

from ejmap_assets.lineage import stages
from ejmap_assets.lineage.row import Published, Row, Rule
from ejmap_assets.partitions import Partitioning
from ejmap_project import recipe_settings
from ejmap_project.models.mapping_models import (
    connections_from,
    maps_in_polar_view,
    promises_recall,
)
from ejmap_project.open_project import OpenProject
from ejmap_project.training.split_choice import trains_on_synthetic

CraterRow = partial(
    Row, stage=stages.CRATERS, partitioning=Partitioning.CRATERS, rule=Rule.WITH_UPSTREAM
)
LabelRow = partial(Row, is_of_labels=True)

PUBLISHED_CONNECTIONS = Published(
    is_used=lambda project, key: recipe_settings.of_connections(project, key) is not None,
    inputs=("tile_store",),
)
PUBLISHED_MASK = Published(
    is_used=lambda project, key: recipe_settings.of_given_mask(project, key) is not None,
    inputs=("crater_catalogue", "basemap_mosaic"),
)


def has_probabilities(project: OpenProject) -> bool:
    """Return whether masks are the project's own; published ones have no probabilities."""
    return project.settings.source.traits.masks_run is None


def training_inputs(project: OpenProject) -> tuple[str, ...]:
    """Return the inputs of training planets: none of synthetic ones, else the mapped planet."""
    if trains_on_synthetic(project):
        return ()
    return ("basemap_mosaic", "crater_catalogue", "manual_masks")


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


def pattern_inputs(project: OpenProject) -> tuple[str, ...]:
    """Return the inputs of a pattern: a published mask, or our own with what its members say."""
    shared = ("basemap_mask", "basemap_mosaic", "crater_catalogue")
    if not has_probabilities(project):
        return shared
    members = ("polar_prediction",) if maps_in_polar_view(project) else ()
    expected = ("promised_recall_mask",) if promises_recall(project) else ()
    return ("segmentation_mask", *members, *expected, *shared)


def comparison_inputs(project: OpenProject) -> tuple[str, ...]:
    """Return the inputs of a comparison with manual maps: published masks replace our own."""
    own = ("segmentation_mask",) if has_probabilities(project) else ()
    return (*own, "basemap_mask", "manual_masks", "crater_catalogue", "basemap_mosaic")


def overlap_inputs(project: OpenProject) -> tuple[str, ...]:
    """Return the inputs of overlaps: published masks have no probabilities."""
    shared = ("basemap_mask", "global_map", "crater_catalogue", "basemap_mosaic")
    return ("segmentation_mask", *shared) if has_probabilities(project) else shared


def clean_inputs(project: OpenProject) -> tuple[str, ...]:
    """Return the inputs of the patterns of all craters: those of overlaps, and what they rank."""
    return (*overlap_inputs(project), "crater_pattern", "overlaps")


def tile_inputs(project: OpenProject) -> tuple[str, ...]:
    """Return the inputs of tiles to label: a person's labels take their craters out."""
    labels = ("manual_masks",) if project.settings.source.traits.holds_masks else ()
    return (*overlap_inputs(project), *labels)


def page_inputs(project: OpenProject) -> tuple[str, ...]:
    """Return the inputs of the map page: those of overlaps, profiles, and files to download."""
    told = ("uncertainty",) if has_probabilities(project) else ()
    return (*overlap_inputs(project), "crater_profile", *told)
