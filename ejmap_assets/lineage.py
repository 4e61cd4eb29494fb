"""What is made from what: the one table that assets, recipes and the runner read.

A crater's artefact follows from the same crater's artefacts upstream; the map from those of all
craters; a promoted model from the members of the version that the project's settings name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import dagster as dg

from ejmap_assets import partitions
from ejmap_assets.model_choice import configured_model, configured_version
from ejmap_assets.project import FilesSource
from ejmap_assets.project_paths import ModelKind, ProjectPaths
from ejmap_assets.resources import OpenProject

Settings = Callable[[OpenProject], object]
# The partition is "" for undivided assets.
Output = Callable[[ProjectPaths, str], Path]


class Division(Enum):
    """How an asset is divided into partitions."""

    WHOLE = "whole"
    CRATERS = "craters"
    EJCONN_MEMBERS = "ejconn members"
    EJSEG_MEMBERS = "ejseg members"

    @property
    def partitions_def(self) -> dg.PartitionsDefinition[str] | None:
        """The partitions as Dagster knows them."""
        match self:
            case Division.WHOLE:
                return None
            case Division.CRATERS:
                return partitions.craters
            case Division.EJCONN_MEMBERS:
                return partitions.ejconn_members
            case Division.EJSEG_MEMBERS:
                return partitions.ejseg_members


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An asset's place in the lineage.

    Attributes:
        inputs: Names of the assets it is made from.
        division: How it is divided.
        code_version: Raise it when the same inputs give another result.
        settings: The part of the project's settings it depends on.
        output: The file or folder that is there once it is made.
        beside: What else is there then.
    """

    output: Output
    beside: Callable[[ProjectPaths], tuple[Path, ...]] = lambda _: ()
    inputs: tuple[str, ...] = ()
    division: Division = Division.WHOLE
    code_version: str = "1"
    settings: Settings = lambda _: None


def _sources(project: OpenProject) -> object:
    stated = project.settings.source.model_dump(mode="json")
    return [project.settings.body, stated, _stamps_of_files(project)]


def _stamps_of_files(project: OpenProject) -> list[tuple[str, int, int]]:
    """Return name, size and time of change of every file that the user brings.

    A file that was only touched is read again, but then its content has the same data version, and
    nothing that is made from it follows.
    """
    source = project.settings.source
    if not isinstance(source, FilesSource):
        return []
    craters = project.paths.user_file(source.craters)
    # A Shapefile is several files of one name.
    files = [project.paths.user_file(source.mosaic), *craters.parent.glob(f"{craters.stem}.*")]
    if source.masks is not None:
        files += project.paths.user_file(source.masks).glob("*.tif")
    found = ((file, file.stat()) for file in sorted(files) if file.is_file())
    return [(file.name, stat.st_size, stat.st_mtime_ns) for file, stat in found]


def _training(project: OpenProject) -> object:
    return project.settings.training.model_dump(mode="json")


def _tiles(project: OpenProject) -> object:
    looks = [configured_model(project, kind).architecture for kind in ("ejconn", "ejseg")]
    return [project.settings.mapping.tile_side_px, [one.model_dump(mode="json") for one in looks]]


def _samples(project: OpenProject) -> object:
    return [_tiles(project), project.settings.models.seed]


def _trained(kind: ModelKind) -> Settings:
    def settings(project: OpenProject) -> object:
        config = configured_model(project, kind)
        return [config.model_dump(mode="json"), project.settings.models.seed]

    return settings


def _promoted(kind: ModelKind) -> Settings:
    return lambda project: [
        configured_version(project, kind),
        project.settings.models.iterations,
    ]


def _masks(project: OpenProject) -> object:
    mapping = project.settings.mapping
    return [mapping.connection_filter, mapping.denoise_px]


def _member(kind: ModelKind) -> Output:
    def bundle(paths: ProjectPaths, key: str) -> Path:
        version, iteration = partitions.version_and_iteration(key)
        return paths.model_bundle(kind, version=version, iteration=iteration)

    return bundle


LINEAGE: Mapping[str, Node] = {
    "basemap_mosaic": Node(output=lambda paths, _: paths.basemap_mosaic, settings=_sources),
    # A synthetic planet is made whole with its mosaic, craters and true ejecta included.
    "crater_catalogue": Node(
        output=lambda paths, _: paths.crater_catalogue,
        inputs=("basemap_mosaic",),
        settings=_sources,
    ),
    "manual_masks": Node(
        output=lambda paths, _: paths.manual_masks,
        inputs=("basemap_mosaic", "crater_catalogue"),
        settings=_sources,
    ),
    "training_planets": Node(
        output=lambda paths, _: paths.training,
        inputs=("basemap_mosaic", "crater_catalogue", "manual_masks"),
        settings=_training,
    ),
    "training_set": Node(
        output=lambda paths, _: paths.training_set,
        inputs=("training_planets",),
        settings=_samples,
    ),
    "ejconn_model": Node(
        output=_member("ejconn"),
        inputs=("training_set",),
        division=Division.EJCONN_MEMBERS,
        settings=_trained("ejconn"),
    ),
    "ejseg_model": Node(
        output=_member("ejseg"),
        inputs=("training_set",),
        division=Division.EJSEG_MEMBERS,
        settings=_trained("ejseg"),
    ),
    "promoted_ejconn": Node(
        output=lambda paths, _: paths.promoted_model("ejconn"),
        inputs=("ejconn_model",),
        settings=_promoted("ejconn"),
    ),
    "promoted_ejseg": Node(
        output=lambda paths, _: paths.promoted_model("ejseg"),
        inputs=("ejseg_model",),
        settings=_promoted("ejseg"),
    ),
    "azimuthal_mosaic": Node(
        output=ProjectPaths.azimuthal_mosaic,
        inputs=("basemap_mosaic", "crater_catalogue"),
        division=Division.CRATERS,
    ),
    "tile_store": Node(
        output=ProjectPaths.tile_store,
        inputs=("azimuthal_mosaic", "crater_catalogue"),
        division=Division.CRATERS,
        settings=_tiles,
    ),
    "connection_predictions": Node(
        output=ProjectPaths.connections,
        inputs=("tile_store", "promoted_ejconn"),
        division=Division.CRATERS,
    ),
    "segmentation_mask": Node(
        output=ProjectPaths.segmentation,
        inputs=("basemap_mosaic", "tile_store", "connection_predictions", "promoted_ejseg"),
        division=Division.CRATERS,
        settings=_masks,
    ),
    "basemap_mask": Node(
        output=ProjectPaths.basemap_mask,
        inputs=("segmentation_mask",),
        division=Division.CRATERS,
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
    ),
    "ejecta_contrast": Node(
        output=lambda paths, _: paths.contrast,
        inputs=("basemap_mask", "crater_catalogue", "basemap_mosaic"),
    ),
    "evaluation": Node(
        output=lambda paths, _: paths.scores,
        code_version="2",  # 2: claim precision
        inputs=("basemap_mask", "connection_predictions", "manual_masks", "training_planets"),
    ),
}


def names_divided_by(division: Division) -> tuple[str, ...]:
    """Return the assets of a division, upstream first."""
    return tuple(name for name, node in LINEAGE.items() if node.division is division)
