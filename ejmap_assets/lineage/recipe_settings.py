"""The part of a project's settings that each artefact depends on, as JSON values.

Every function takes the project and a partition ("" for unpartitioned assets).
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from ejmap_ml.bundles.bundle_files import PROVENANCE
from ejmap_ml.config.model_config import SmpConfig, TimmClassifierConfig
from ejmap_ml.config.polar_config import PolarUnetConfig
from ejmap_project.digest import content_version
from ejmap_project.models.mapping_models import mapping_model
from ejmap_project.models.model_version import (
    ModelVersion,
    configured_version,
    imported_from,
    model_of,
    version_and_iteration,
)
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.sources.kinds import source_of
from ejmap_project.vetting.vetting_choice import (
    classifier_config,
    classifier_version,
    held_back,
    required_vetting,
)

SettingsOf = Callable[[OpenProject, str], object]


def of_mosaic(project: OpenProject, _: str) -> object:
    """Which planet is mapped, and the file of its mosaic."""
    return [_stated_source(project), _stamps(source_of(project).files().mosaic)]


def of_catalogue(project: OpenProject, _: str) -> object:
    """The planet and the files of its crater table."""
    return [_stated_source(project), _stamps(source_of(project).files().catalogue)]


def of_manual_masks(project: OpenProject, _: str) -> object:
    """The planet and the files of its masks."""
    return [_stated_source(project), _stamps(source_of(project).files().masks)]


def _stated_source(project: OpenProject) -> object:
    # Published predictions replace ours only downstream of the mosaic and the catalogue.
    stated = project.settings.source.model_dump(
        mode="json", exclude={"tiles", "tables", "connections", "masks_run"}
    )
    return [project.settings.body, stated]


def _stamps(files: Iterable[Path]) -> list[tuple[str, int, int]]:
    """Return name, size and time of change of files.

    A file that was only touched is read again, but then its content has the same data version, and
    nothing that is made from it follows.
    """
    found = ((file, file.stat()) for file in sorted(files) if file.is_file())
    return [(file.name, stat.st_size, stat.st_mtime_ns) for file, stat in found]


def of_training(project: OpenProject, _: str) -> object:
    """What models learn from."""
    return project.settings.training.model_dump(mode="json")


def of_labels(project: OpenProject, _: str) -> object:
    """How labelled tiles are laid out."""
    path = source_of(project).files().tiles
    tiles = None
    if path is not None:
        tiles = [str(path), path.stat().st_mtime_ns if path.is_file() else None]
    return [project.settings.training.kind, project.settings.mapping.tile_side_px, tiles]


def of_splits(project: OpenProject, _: str) -> object:
    """How labelled tiles are split; which of the splits is used is no part of the table."""
    return project.settings.splits.model_dump(mode="json", exclude={"used"})


def of_tiles(project: OpenProject, _: str) -> object:
    """What both models look at that map the craters."""
    taken = [mapping_model(project, kind).architecture for kind in ("ejconn", "ejseg")]
    return [project.settings.mapping.tile_side_px, [one.model_dump(mode="json") for one in taken]]


def sample_set_of(project: OpenProject, kind: ModelKind, version: ModelVersion) -> str:
    """Return a short text that is equal for versions that look at the same samples."""
    config = model_of(project, kind, version)
    match config.architecture:
        case TimmClassifierConfig(crop=crop):
            taken: object = crop.model_dump(mode="json")
        case SmpConfig(tile=tile, injection=injection):
            told = None if injection is None else injection.model_dump(mode="json")
            taken = [tile.side_px, told]
        case PolarUnetConfig(view=view):
            taken = view.model_dump(mode="json")
    return f"{kind}_{content_version(json.dumps(taken, sort_keys=True))}"


def of_sample_set(kind: ModelKind) -> SettingsOf:
    """What versions of a model look at."""
    return lambda project, key: sample_set_of(project, kind, ModelVersion.parse(key))


def of_member(kind: ModelKind) -> SettingsOf:
    """What a member is trained as."""

    def settings(project: OpenProject, key: str) -> object:
        version, iteration = version_and_iteration(key)
        source = imported_from(project.paths, kind, version, iteration)
        if source is not None:
            bundle = project.paths.model_bundle(kind, version=version, iteration=iteration)
            return [source, (bundle / PROVENANCE).read_text(encoding="utf-8")]
        config = model_of(project, kind, ModelVersion.parse(version))
        return [config.model_dump(mode="json"), project.settings.models.seed]

    return settings


def of_promotion(kind: ModelKind) -> SettingsOf:
    """Which version maps the craters."""
    return lambda project, _: [
        configured_version(project, kind).key,
        project.settings.models.members(kind),
    ]


def uses_connections(project: OpenProject, _: str) -> bool:
    """Return whether the project uses published connections instead of predictions."""
    return project.settings.source.traits.connections is not None


def uses_masks(project: OpenProject, _: str) -> bool:
    """Return whether the project shows published masks instead of its own."""
    return project.settings.source.traits.masks_run is not None


def of_connections(project: OpenProject, _: str) -> object:
    """The published connections that replace predictions."""
    return project.settings.source.traits.connections


def of_masks(project: OpenProject, _: str) -> object:
    """How masks are cleaned."""
    mapping = project.settings.mapping
    return [mapping.connection_filter, mapping.denoise_px]


def of_given_mask(project: OpenProject, _: str) -> object:
    """The run of published masks that replace the project's own."""
    return project.settings.source.traits.masks_run


def of_used_split(project: OpenProject, _: str) -> object:
    """The split whose test tiles are held back, and whether models saw other planets alone."""
    return [project.settings.splits.used, project.settings.training.kind]


def of_comparison(project: OpenProject, _: str) -> object:
    """The files of published scores; None if nothing was published, empty if they are missing."""
    scores = source_of(project).files().scores
    return None if scores is None else _stamps(scores)


def of_crater_tiles(project: OpenProject, _: str) -> object:
    """Which places of the mosaic become tiles, under which light, and the files they come from."""
    vetting = required_vetting(project)
    stated = vetting.model_dump(
        mode="json", exclude={"preset", "doubtful_below", "hold_back", "accepted"}
    )
    files: list[Path] = []
    if vetting.craters is not None:
        craters = project.paths.user_file(vetting.craters)
        files += craters.parent.glob(f"{craters.stem}.*")
    if vetting.pictures is not None:
        files += project.paths.user_file(vetting.pictures).glob("*/*")
    side_px = classifier_config(project, classifier_version(project)).side_px
    return [project.settings.body, stated, side_px, _stamps(files)]


def of_crater_classifier(project: OpenProject, version: str) -> object:
    """What a version of the crater classifier is trained as."""
    config = classifier_config(project, version)
    return [config.model_dump(mode="json"), required_vetting(project).seed]


def of_candidates(project: OpenProject, _: str) -> object:
    """Which classifier judges, which scores are doubtful, and who is accepted."""
    vetting = required_vetting(project)
    return [
        classifier_version(project),
        vetting.doubtful_below,
        vetting.hold_back,
        sorted(str(one) for one in vetting.accepted),
    ]


def of_map(project: OpenProject, _: str) -> object:
    """The craters that are kept off the map; nothing where none is."""
    return sorted(held_back(project)) or None
