"""Which models a project's settings name. No torch: the lineage reads this."""

from pathlib import Path

from ejmap_assets.project_paths import ModelKind
from ejmap_assets.resources import OpenProject
from ejmap_ml.config import ModelConfig, load_preset


def configured_model(
    project: OpenProject, kind: ModelKind, *, bands: int | None = None
) -> ModelConfig:
    """Return the configuration that the settings name.

    Args:
        project: The project; a file that describes a model is looked for from its folder.
        kind: Which of the two models.
        bands: Bands of the mosaics it will see; None leaves the configuration's own.

    Raises:
        ConfigError: If there is no such preset, or its file is not valid.
    """
    name = _stated(project, kind)
    is_file = name.endswith((".yaml", ".yml"))
    preset = load_preset(str(project.paths.user_file(Path(name))) if is_file else name)
    return preset if bands is None else preset.with_bands(bands)


def configured_version(project: OpenProject, kind: ModelKind) -> str:
    """Return the version of a model: the name of its preset, or of the file that describes it."""
    return Path(_stated(project, kind)).stem


def _stated(project: OpenProject, kind: ModelKind) -> str:
    models = project.settings.models
    return models.ejconn if kind == "ejconn" else models.ejseg
