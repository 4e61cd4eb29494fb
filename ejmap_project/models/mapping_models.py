"""What the models look at that map the craters now, and where connections come from. No torch."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from ejmap_ml.bundles.bundle_files import CONFIG, CONFORMAL
from ejmap_ml.calibration.conformal import Conformal
from ejmap_ml.config.model_config import ModelConfig
from ejmap_project.errors import StepError
from ejmap_project.models.model_version import (
    ModelVersion,
    configured_model,
    configured_version,
    ready_made,
)
from ejmap_project.models.promotion_record import mapping_ensemble
from ejmap_project.models.stored_ensemble import member_folder
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.settings.training import OwnMasks

# What connects the tiles of a crater to it.
ConnectionsFrom = Literal["published", "polar", "ejconn"]


def mapping_model(project: OpenProject, kind: ModelKind) -> ModelConfig:
    """Return the configuration of the promoted ensemble; before the first, that of the settings.

    A configuration that is only trained yet, or that a roll-back left behind, cuts no tiles.

    Raises:
        StepError: If the promoted ensemble cannot be read.
        ConfigError: If nothing is promoted and the settings name no valid configuration.
    """
    note = None if project.maps_by_settings else mapping_ensemble(project, kind)
    if note is None:
        return configured_model(project, kind)
    folder = project.paths.stored_ensemble(kind, note.digest)
    return _stored_config(member_folder(folder, 0) / CONFIG)


def maps_in_polar_view(project: OpenProject) -> bool:
    """Return whether the EJSEG that maps the craters looks at polar views.

    Raises:
        StepError: As :func:`mapping_model`.
        ConfigError: As :func:`mapping_model`.
    """
    return mapping_model(project, "ejseg").is_polar


def connections_from(project: OpenProject) -> ConnectionsFrom:
    """Return what connects the tiles of a crater to it (ADR 15).

    Published connections come first. A tile EJSEG makes no polar prediction that connections could
    follow, so EJCONN connects for it whatever the settings say.

    Raises:
        StepError: As :func:`mapping_model`.
        ConfigError: As :func:`mapping_model`.
    """
    if project.settings.source.traits.connections is not None:
        return "published"
    if project.settings.connections == "polar" and maps_in_polar_view(project):
        return "polar"
    return "ejconn"


def mapping_version(project: OpenProject) -> ModelVersion:
    """Return the version of EJSEG that maps the craters; before a promotion the configured one.

    Raises:
        StepError: If the promoted ensemble cannot be read.
    """
    note = mapping_ensemble(project, "ejseg")
    if note is None:
        return configured_version(project, "ejseg")
    return ModelVersion.parse(note.version)


def saw_own_masks(project: OpenProject) -> bool:
    """Return whether the EJSEG that maps the craters learned from the masks of this planet.

    Raises:
        StepError: As :func:`mapping_model`.
        ConfigError: As :func:`mapping_model`.
    """
    is_ready = ready_made(project, "ejseg", mapping_version(project)) is not None
    return isinstance(project.settings.training, OwnMasks) and not is_ready


def conformal_file(project: OpenProject) -> Path | None:
    """Return where it says what the EJSEG that maps the craters may promise; None if nothing.

    Before the first promotion that is what the ready-made ensemble of the settings may promise; one
    that is trained here promises nothing.

    Raises:
        StepError: If the promoted ensemble cannot be read.
        SettingsError: If nothing is promoted and the settings name an ensemble of EJCONN.
    """
    note = None if project.maps_by_settings else mapping_ensemble(project, "ejseg")
    if note is not None:
        folder = member_folder(project.paths.stored_ensemble("ejseg", note.digest), 0)
    else:
        ready = ready_made(project, "ejseg", configured_version(project, "ejseg"))
        if ready is None:
            return None
        folder = ready.member(0)
    path = folder / CONFORMAL
    return path if path.is_file() else None


def promises_recall(project: OpenProject) -> bool:
    """Return whether craters get a mask at a promised recall.

    They do where an ensemble maps them that can promise it, and not where masks are published.

    Raises:
        StepError: As :func:`conformal_file`.
        SettingsError: As :func:`conformal_file`.
    """
    is_published = project.settings.source.traits.masks_run is not None
    return not is_published and conformal_file(project) is not None


def mapping_conformal(project: OpenProject) -> Conformal:
    """Return what the EJSEG that maps the craters may promise.

    Raises:
        StepError: If it may promise nothing, or the file cannot be read.
        SettingsError: As :func:`conformal_file`.
    """
    path = conformal_file(project)
    if path is None:
        raise StepError(
            "the EJSEG that maps the craters was not measured on planets with known ejecta, or was "
            "tuned since, so it promises no recall; promote a ready-made ensemble that does"
        )
    try:
        return Conformal.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StepError(
            f"{path} cannot be read; restore it from a backup, or promote a model again"
        ) from error


@cache
def _stored_config(path: Path) -> ModelConfig:
    """Read a configuration; what is stored under a digest never changes."""
    try:
        return ModelConfig.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StepError(
            f"{path} cannot be read; restore it from a backup, or promote a model again"
        ) from error
