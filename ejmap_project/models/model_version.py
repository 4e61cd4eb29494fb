"""Which models a project's settings name. No torch: the lineage reads this."""

import json
from dataclasses import dataclass
from pathlib import Path

from ejmap_ml.bundles.bundle_files import PROVENANCE
from ejmap_ml.config.model_config import ModelConfig, load_preset, preset_names
from ejmap_project.errors import SettingsError
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind, ProjectPaths

SPLIT_MARK = "@"


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A configuration, and the split whose test tiles it never sees.

    Attributes:
        name: Name of the configuration.
        split: Number of the split; None for a model that is trained on all labelled tiles.
    """

    name: str
    split: int | None = None

    @property
    def key(self) -> str:
        """How partitions and folders call it: ``name`` or ``name@split``."""
        return self.name if self.split is None else f"{self.name}{SPLIT_MARK}{self.split}"

    @classmethod
    def parse(cls, key: str) -> "ModelVersion":
        """Return what a key says.

        Raises:
            SettingsError: If what follows the mark is no number of a split.
        """
        name, mark, split = key.partition(SPLIT_MARK)
        if not mark:
            return cls(name)
        if not (name and split.isascii() and split.isdigit()):
            raise SettingsError(
                f"{key!r} is no model version; write NAME, or NAME{SPLIT_MARK}SPLIT with the "
                "number of a split"
            )
        return cls(name, int(split))


def configured_version(project: OpenProject, kind: ModelKind) -> ModelVersion:
    """Return the version that the settings name: a preset, or the file that describes it."""
    return ModelVersion(Path(_stated(project, kind)).stem, project.settings.splits.used)


def configured_model(
    project: OpenProject, kind: ModelKind, *, bands: int | None = None
) -> ModelConfig:
    """Return the configuration that the settings name.

    Args:
        project: The project.
        kind: Which of the two models.
        bands: Bands of the mosaics it will see; None leaves the configuration's own.

    Raises:
        ConfigError: If there is no such preset, or its file is not valid.
        SettingsError: If the settings name nothing that is known.
    """
    return model_of(project, kind, configured_version(project, kind), bands=bands)


def model_of(
    project: OpenProject, kind: ModelKind, version: ModelVersion, *, bands: int | None = None
) -> ModelConfig:
    """Return the configuration of a version.

    Looked for in this order: the file that the settings name, ``models/NAME.yaml`` of the project,
    the packaged presets.

    Raises:
        ConfigError: If its file is not valid.
        SettingsError: If there is no configuration of that name.
    """
    stated = _stated(project, kind)
    own = project.paths.preset(version.name)
    if _is_file(stated) and Path(stated).stem == version.name:
        config = load_preset(str(project.paths.user_file(Path(stated))))
    elif own.is_file():
        config = load_preset(str(own))
    elif version.name in preset_names():
        config = load_preset(version.name)
    else:
        raise SettingsError(
            f"there is no model configuration {version.name!r}; take one of "
            f"{', '.join(preset_names())}, or write {own}"
        )
    return config if bands is None else config.with_bands(bands)


def imported_from(paths: ProjectPaths, kind: ModelKind, key: str, iteration: int) -> str | None:
    """Return where a member was imported from; None for one that is trained here.

    An imported member is never trained again: it is what its authors published.
    """
    note = paths.model_bundle(kind, version=key, iteration=iteration) / PROVENANCE
    if not note.is_file():
        return None
    try:
        stated = json.loads(note.read_bytes())["provenance"].get("source")
    except (ValueError, KeyError, AttributeError, TypeError):
        # Whoever reads the bundle will be told in full.
        return None
    return stated if isinstance(stated, str) else None


def _is_file(stated: str) -> bool:
    return stated.endswith((".yaml", ".yml"))


def _stated(project: OpenProject, kind: ModelKind) -> str:
    models = project.settings.models
    return models.ejconn if kind == "ejconn" else models.ejseg


def version_and_iteration(key: str) -> tuple[str, int]:
    """Return what a member's partition key says.

    Args:
        key: Dagster joins the dimensions in alphabetical order: ``iteration|version``.
    """
    iteration, version = key.split("|", maxsplit=1)
    return version, int(iteration)
