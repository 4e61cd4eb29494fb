"""What is made from what: the one table that assets, recipes and the runner read.

A crater's artefact follows from the same crater's artefacts upstream; the map from those of all
craters; a promoted model from the members of the version that the project's settings name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ejmap_assets.lineage import recipe_settings
from ejmap_assets.lineage.recipe_settings import Settings
from ejmap_assets.partitions import Partitioning
from ejmap_project.models.model_version import (
    configured_version,
    imported_from,
    version_and_iteration,
)
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind, ProjectPaths

# The partition is "" for unpartitioned assets.
Output = Callable[[ProjectPaths, str], Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An asset's place in the lineage.

    Attributes:
        inputs: Names of the assets it is made from.
        partitioning: How it is partitioned.
        code_version: Raise it when the same inputs give another result.
        settings: The part of the project's settings it depends on.
        output: The file or folder that is there once it is made.
        beside: What else is there then.
        takes_all_members: Whether it is made from every trained member of its input models instead
            of those of the configured versions.
    """

    output: Output
    beside: Callable[[ProjectPaths], tuple[Path, ...]] = lambda _: ()
    inputs: tuple[str, ...] = ()
    partitioning: Partitioning = Partitioning.NONE
    code_version: str = "1"
    settings: Settings = lambda _project, _partition: None
    takes_all_members: bool = False


def _member(kind: ModelKind) -> Output:
    def bundle(paths: ProjectPaths, key: str) -> Path:
        version, iteration = version_and_iteration(key)
        return paths.model_bundle(kind, version=version, iteration=iteration)

    return bundle


LINEAGE: Mapping[str, Node] = {
    "basemap_mosaic": Node(
        output=lambda paths, _: paths.basemap_mosaic, settings=recipe_settings.of_mosaic
    ),
    # A synthetic planet is made whole with its mosaic, craters and true ejecta included.
    "crater_catalogue": Node(
        output=lambda paths, _: paths.crater_catalogue,
        inputs=("basemap_mosaic",),
        settings=recipe_settings.of_catalogue,
    ),
    "manual_masks": Node(
        output=lambda paths, _: paths.manual_masks,
        inputs=("basemap_mosaic", "crater_catalogue"),
        settings=recipe_settings.of_manual_masks,
    ),
    "crater_tiles": Node(
        output=lambda paths, _: paths.crater_tiles,
        beside=lambda paths: (paths.crater_tile_table,),
        inputs=("basemap_mosaic", "crater_catalogue"),
        settings=recipe_settings.of_crater_tiles,
    ),
    "crater_classifier": Node(
        output=ProjectPaths.crater_classifier,
        inputs=("crater_tiles",),
        partitioning=Partitioning.CLASSIFIER_VERSIONS,
        settings=recipe_settings.of_crater_classifier,
    ),
    "crater_candidates": Node(
        output=lambda paths, _: paths.crater_candidates,
        beside=lambda paths: (paths.least_sure,),
        inputs=("crater_catalogue", "crater_tiles", "crater_classifier"),
        settings=recipe_settings.of_candidates,
    ),
    "training_planets": Node(
        output=lambda paths, _: paths.training,
        inputs=("basemap_mosaic", "crater_catalogue", "manual_masks"),
        settings=recipe_settings.of_training,
    ),
    "labelled_tiles": Node(
        output=lambda paths, _: paths.labelled_tiles,
        inputs=("training_planets", "basemap_mosaic", "crater_catalogue", "manual_masks"),
        settings=recipe_settings.of_labels,
    ),
    "split_table": Node(
        output=lambda paths, _: paths.splits,
        beside=lambda paths: (paths.split_index,),
        inputs=("labelled_tiles",),
        settings=recipe_settings.of_splits,
    ),
    "ejconn_samples": Node(
        output=lambda paths, key: paths.samples_note("ejconn", key),
        inputs=("training_planets", "labelled_tiles"),
        partitioning=Partitioning.EJCONN_VERSIONS,
        settings=recipe_settings.of_look("ejconn"),
    ),
    "ejseg_samples": Node(
        output=lambda paths, key: paths.samples_note("ejseg", key),
        inputs=("training_planets", "labelled_tiles"),
        partitioning=Partitioning.EJSEG_VERSIONS,
        settings=recipe_settings.of_look("ejseg"),
    ),
    "ejconn_model": Node(
        output=_member("ejconn"),
        inputs=("ejconn_samples", "split_table"),
        partitioning=Partitioning.EJCONN_MEMBERS,
        settings=recipe_settings.of_member("ejconn"),
    ),
    "ejseg_model": Node(
        output=_member("ejseg"),
        inputs=("ejseg_samples", "split_table"),
        partitioning=Partitioning.EJSEG_MEMBERS,
        settings=recipe_settings.of_member("ejseg"),
    ),
    "promoted_ejconn": Node(
        output=lambda paths, _: paths.promotions("ejconn"),
        inputs=("ejconn_model",),
        settings=recipe_settings.of_promotion("ejconn"),
    ),
    "promoted_ejseg": Node(
        output=lambda paths, _: paths.promotions("ejseg"),
        inputs=("ejseg_model",),
        settings=recipe_settings.of_promotion("ejseg"),
    ),
    "azimuthal_mosaic": Node(
        output=ProjectPaths.azimuthal_mosaic,
        inputs=("basemap_mosaic", "crater_catalogue"),
        partitioning=Partitioning.CRATERS,
    ),
    "tile_store": Node(
        output=ProjectPaths.tile_store,
        inputs=("azimuthal_mosaic", "crater_catalogue"),
        partitioning=Partitioning.CRATERS,
        settings=recipe_settings.of_tiles,
    ),
    "connection_predictions": Node(
        output=ProjectPaths.connections,
        inputs=("tile_store", "promoted_ejconn"),
        partitioning=Partitioning.CRATERS,
        settings=recipe_settings.of_connections,
    ),
    "segmentation_mask": Node(
        output=ProjectPaths.segmentation,
        inputs=("basemap_mosaic", "tile_store", "connection_predictions", "promoted_ejseg"),
        partitioning=Partitioning.CRATERS,
        settings=recipe_settings.of_masks,
    ),
    "basemap_mask": Node(
        output=ProjectPaths.basemap_mask,
        inputs=("segmentation_mask",),
        partitioning=Partitioning.CRATERS,
        settings=recipe_settings.of_given_mask,
    ),
    "global_map": Node(
        output=lambda paths, _: paths.preview,
        beside=lambda paths: (
            paths.label_map,
            paths.overlap_count,
            paths.composite,
            paths.map_craters,
        ),
        inputs=("basemap_mask", "crater_catalogue", "basemap_mosaic"),
        settings=recipe_settings.of_map,
    ),
    "ejecta_contrast": Node(
        output=lambda paths, _: paths.contrast,
        inputs=("basemap_mask", "crater_catalogue", "basemap_mosaic"),
    ),
    "evaluation": Node(
        output=lambda paths, _: paths.scores,
        code_version="3",  # 2: claim precision; 3: reliability
        inputs=("basemap_mask", "connection_predictions", "manual_masks", "training_planets"),
    ),
    "tile_scores": Node(
        output=lambda paths, _: paths.tile_scores,
        inputs=(
            "basemap_mask",
            "connection_predictions",
            "manual_masks",
            "labelled_tiles",
            "split_table",
        ),
        settings=recipe_settings.of_used_split,
    ),
    "map_scores": Node(
        output=lambda paths, _: paths.map_scores,
        beside=lambda paths: (paths.connection_matrix,),
        inputs=("tile_scores",),
    ),
    "model_comparison": Node(
        output=lambda paths, _: paths.model_comparison,
        inputs=("ejconn_model", "ejseg_model", "map_scores"),
        settings=recipe_settings.of_comparison,
        takes_all_members=True,
    ),
}

# Made where the settings say how the catalogue is vetted, and nowhere else.
VETTING = ("crater_tiles", "crater_classifier", "crater_candidates")
# What is made anew of a crater whose published mask is used.
GIVEN_MASK_STEPS = ("basemap_mask",)


def inputs_of(project: OpenProject, asset: str, partition: str = "") -> tuple[str, ...]:
    """Return what an artefact is made from in this project.

    Less than the lineage says where somebody published the artefact itself: a model's member is
    imported, or a crater's mask.
    """
    node = LINEAGE[asset]
    match node.partitioning:
        case Partitioning.EJCONN_MEMBERS | Partitioning.EJSEG_MEMBERS:
            version, iteration = version_and_iteration(partition)
            kind = node.partitioning.model_kind
            is_given = imported_from(project.paths, kind, version, iteration) is not None
            return () if is_given else node.inputs
        case Partitioning.CRATERS if uses_given_masks(project):
            return ("crater_catalogue", "basemap_mosaic")
        case Partitioning.CRATERS if asset == "connection_predictions" and _given_connections(
            project
        ):
            return ("tile_store",)
        case _:
            return node.inputs


def crater_steps_of(project: OpenProject) -> tuple[str, ...]:
    """Return the steps from the mosaic to a crater's mask in this project, upstream first."""
    if uses_given_masks(project):
        return GIVEN_MASK_STEPS
    return names_partitioned_by(Partitioning.CRATERS)


def models_to_make(project: OpenProject) -> tuple[ModelKind, ...]:
    """Return the models of this project: those that map craters, and those that were imported.

    Nobody waits for the training of a model whose part somebody published.
    """
    kinds: tuple[ModelKind, ...] = ("ejconn", "ejseg")
    return tuple(kind for kind in kinds if _maps(project, kind) or _is_imported(project, kind))


def _maps(project: OpenProject, kind: ModelKind) -> bool:
    if uses_given_masks(project):
        return False
    return kind == "ejseg" or not _given_connections(project)


def _is_imported(project: OpenProject, kind: ModelKind) -> bool:
    key = configured_version(project, kind).key
    members = range(project.settings.models.members(kind))
    return all(imported_from(project.paths, kind, key, one) is not None for one in members)


def _given_connections(project: OpenProject) -> bool:
    return project.settings.source.traits.connections is not None


def uses_given_masks(project: OpenProject) -> bool:
    """Return whether the project shows published masks instead of its own."""
    return project.settings.source.traits.masks_run is not None


def names_partitioned_by(partitioning: Partitioning) -> tuple[str, ...]:
    """Return the assets of a partitioning, upstream first."""
    return tuple(name for name, node in LINEAGE.items() if node.partitioning is partitioning)
