"""The project's settings that each artefact depends on, as JSON values.

Every function takes the project and a partition key ("" for unpartitioned assets).
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from ejmap_ml.bundles.bundle_files import PROVENANCE
from ejmap_ml.config.model_config import SmpConfig, TimmClassifierConfig
from ejmap_ml.config.polar_config import PolarUnetConfig
from ejmap_project.digest import content_version
from ejmap_project.errors import SettingsError
from ejmap_project.models.mapping_models import connections_from, mapping_model
from ejmap_project.models.model_version import (
    ModelVersion,
    configured_version,
    imported_from,
    member_count,
    model_of,
    ready_made,
    version_and_iteration,
)
from ejmap_project.models.seen_bands import seen_bands
from ejmap_project.models.starting_member import starting_member
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import MODEL_KINDS, ModelKind
from ejmap_project.settings.method import OURS
from ejmap_project.sources.corrected_masks import corrected_mask
from ejmap_project.sources.kinds import source_of
from ejmap_project.vetting.vetting_choice import (
    classifier_config,
    classifier_version,
    required_vetting,
)

SettingsOf = Callable[[OpenProject, str], object]


def of_mosaic(project: OpenProject, _: str) -> object:
    """The mapped planet, the file of its mosaic and what its bands mean."""
    stamps = stamps_of(source_of(project).files().mosaic)
    return [_stated_source(project), stamps, project.settings.mosaic_bands]


def of_catalogue(project: OpenProject, _: str) -> object:
    """The mapped planet and the files of its crater table."""
    stamps = stamps_of(source_of(project).files().catalogue)
    columns = dict(project.settings.source.traits.columns)
    # Projects that state none keep the recipe that they had before columns could be stated.
    return [_stated_source(project), stamps, *([columns] if columns else [])]


def of_manual_masks(project: OpenProject, _: str) -> object:
    """The mapped planet and the files of its manual masks."""
    return [_stated_source(project), stamps_of(source_of(project).files().masks)]


def _stated_source(project: OpenProject) -> object:
    # Published predictions replace ours only downstream of the mosaic and the catalogue.
    stated = project.settings.source.model_dump(
        mode="json", exclude={"tiles", "columns", "tables", "connections", "masks_run"}
    )
    return [project.settings.body, stated]


def stamps_of(files: Iterable[Path]) -> list[tuple[str, int, int]]:
    """Return name, size and modification time of files.

    A touched file is read again. Its data version does not change, so nothing downstream becomes
    stale.
    """
    found = ((file, file.stat()) for file in sorted(files) if file.is_file())
    return [(file.name, stat.st_size, stat.st_mtime_ns) for file, stat in found]


def of_training(project: OpenProject, _: str) -> object:
    """The body and the settings of the training planets; None if the project states none.

    The body, because synthetic planets are made without the mosaic, which depends on it.
    """
    training = project.settings.training
    return None if training is None else [project.settings.body, training.model_dump(mode="json")]


def of_labels(project: OpenProject, _: str) -> object:
    """Settings of the layout of labelled tiles."""
    path = source_of(project).files().tiles
    tiles = path and [str(path), path.stat().st_mtime_ns if path.is_file() else None]
    return [training_kind(project), project.settings.mapping.tile_side_px, tiles]


def training_kind(project: OpenProject) -> str | None:
    """Return the kind of training planets; None if the project has none."""
    training = project.settings.training
    return None if training is None else training.kind


def of_splits(project: OpenProject, _: str) -> object:
    """Settings of the splits; the table does not depend on which split is used."""
    return project.settings.splits.model_dump(mode="json", exclude={"used"})


def of_tiles(project: OpenProject, _: str) -> object:
    """Size of the tiles, and architectures and grey of the models that look at them."""
    has_crops = connections_from(project) != "polar"
    kinds: tuple[ModelKind, ...] = MODEL_KINDS if has_crops else ("ejseg",)
    taken = [mapping_model(project, kind).architecture for kind in kinds]
    seen = [one.model_dump(mode="json") for one in taken]
    is_told = any(isinstance(one, SmpConfig) and one.injection is not None for one in taken)
    annulus = _as_published(project, "annulus") if is_told else []
    return [project.settings.mapping.tile_side_px, seen, _grey_seen(project), *annulus]


def _grey_seen(project: OpenProject) -> object:
    """Weights of the grey that models see instead of the mosaic's bands; None if they see these."""
    try:
        return seen_bands(project).weights
    except SettingsError:
        # Such a project is refused before anything is made.
        return None


def sample_set_of(project: OpenProject, kind: ModelKind, version: ModelVersion) -> str:
    """Return the name of a version's sample set; versions with the same samples share it."""
    config = model_of(project, kind, version)
    match config.architecture:
        case TimmClassifierConfig(crop=crop):
            taken: object = crop.model_dump(mode="json")
        case SmpConfig(tile=tile, injection=injection):
            injected = None if injection is None else injection.model_dump(mode="json")
            annulus = [] if injection is None else _as_published(project, "annulus")
            taken = [tile.side_px, injected, *annulus]
        case PolarUnetConfig(view=view):
            taken = view.model_dump(mode="json")
    return f"{kind}_{content_version(json.dumps(taken, sort_keys=True))}"


def of_sample_set(kind: ModelKind) -> SettingsOf:
    """The sample set of a version."""
    return lambda project, key: sample_set_of(project, kind, ModelVersion.parse(key))


def of_member(kind: ModelKind) -> SettingsOf:
    """Configuration, seed and start of a member; or what it is copied or was imported from."""

    def settings(project: OpenProject, key: str) -> object:
        version, iteration = version_and_iteration(key)
        ready = ready_made(project, kind, ModelVersion.parse(version))
        if ready is not None:
            # It changes when the package brings another ensemble of this name.
            return ["ready-made", ready.stamp(iteration), ready.card]
        source = imported_from(project.paths, kind, version, iteration)
        if source is not None:
            bundle = project.paths.model_bundle(kind, version=version, iteration=iteration)
            return [source, (bundle / PROVENANCE).read_text(encoding="utf-8")]
        config = model_of(project, kind, ModelVersion.parse(version))
        start = starting_member(project, kind, version, iteration)
        return [
            config.model_dump(mode="json"),
            project.settings.models.seed,
            *_as_published(project, "normalization", "validation"),
            # Other weights to start from make other weights.
            *(() if start is None else (start.stamp,)),
        ]

    return settings


def of_promotion(kind: ModelKind) -> SettingsOf:
    """The configured version and the number of its members."""
    return lambda project, _: [
        configured_version(project, kind).key,
        member_count(project, kind),
    ]


def of_connections(project: OpenProject, _: str) -> object:
    """The published connections that replace predictions; None if the project predicts them."""
    return project.settings.source.traits.connections


def of_masks(project: OpenProject, _: str) -> object:
    """The rule by which members make a mask, and settings of its cleaning."""
    mapping = project.settings.mapping
    # Without denoising it makes no difference what hangs together.
    steps = ("ensemble", "denoising") if mapping.denoise_px else ("ensemble",)
    return [mapping.connection_filter, mapping.denoise_px, *_as_published(project, *steps)]


def _as_published(project: OpenProject, *steps: str) -> list[str]:
    """Return those of some steps that are done as published; recipes of ours need not name them."""
    method = project.settings.used_method
    return [step for step in steps if getattr(method, step) != getattr(OURS, step)]


def of_promised_recall(project: OpenProject, _: str) -> object:
    """The recall that masks promise."""
    return project.settings.mapping.promised_recall


def of_given_mask(project: OpenProject, key: str) -> object:
    """The run of published masks, or the file that a person corrected; None of a model's mask."""
    corrected = corrected_mask(project, key)
    if corrected is not None:
        return ["corrected", *stamps_of([corrected.path]), corrected.words]
    return project.settings.source.traits.masks_run


def of_used_split(project: OpenProject, _: str) -> object:
    """The used split, and the kind of training planets."""
    return [project.settings.splits.used, training_kind(project)]


def of_crater_tiles(project: OpenProject, _: str) -> object:
    """Settings of the vetting tiles: places, light, tile size, and files of the user."""
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
    return [project.settings.body, stated, side_px, stamps_of(files)]


def of_crater_classifier(project: OpenProject, version: str) -> object:
    """Configuration and seed of a version of the crater classifier."""
    config = classifier_config(project, version)
    return [config.model_dump(mode="json"), required_vetting(project).seed]


def of_candidates(project: OpenProject, _: str) -> object:
    """The classifier, the limit of doubtful scores, and the accepted entries."""
    vetting = required_vetting(project)
    return [
        classifier_version(project),
        vetting.doubtful_below,
        vetting.hold_back,
        sorted(str(one) for one in vetting.accepted),
    ]
