"""In which bands the models of a project see its mosaic: its own, or grey that is made of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.rasters.grey import weighted_grey
from ejmap_ml.config.bands import GREY, Bands, Reads, count_of, grey_weights, seen_as, words_of
from ejmap_ml.config.model_config import ModelConfig
from ejmap_project.errors import SettingsError
from ejmap_project.models.mapping_models import connections_from, mapping_model
from ejmap_project.models.model_version import model_of, wanted_versions
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind
from ejmap_project.settings.training import SyntheticTraining


class SeenBands(NamedTuple):
    """What the bands of a mosaic mean, and in which bands models see it."""

    mosaic: Bands
    seen: Bands

    @property
    def weights(self) -> tuple[float, ...] | None:
        """Weights of the mosaic's bands in the grey that models see; None if they see the bands."""
        return None if count_of(self.mosaic) == count_of(self.seen) else grey_weights(self.mosaic)

    def of(self, raster: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return what models see of a raster of the mosaic, ``(band, rows, cols)``."""
        return raster if self.weights is None else weighted_grey(raster, self.weights)


def seen_bands(project: OpenProject) -> SeenBands:
    """Return in which bands the models see the mosaic that map the craters; all see the same.

    Raises:
        SettingsError: A model cannot read the mosaic, or models read different bands of it.
        StepError: If a promoted ensemble cannot be read.
        ConfigError: If nothing is promoted and the settings name no valid configuration.
    """
    mapping = {kind: mapping_model(project, kind) for kind in _used_kinds(project)}
    return _common(project, {f"models.{kind} {one.name}": one for kind, one in mapping.items()})


def require_readable(project: OpenProject) -> SeenBands:
    """Check that all models that the settings name can read the mosaic, before anything is made.

    Raises:
        BundleError: If one is ready-made and not complete.
        ConfigError: If the file of a configuration is not valid.
        SettingsError: As :func:`seen_bands`, or if there is no such model.
    """
    asked = replace(project, maps_by_settings=True)
    wanted = {
        f"models.{kind} {version.name}": model_of(asked, kind, version)
        for kind in _used_kinds(asked)
        for version in wanted_versions(asked, kind)
    }
    return _common(asked, wanted)


def learned_bands(project: OpenProject) -> SeenBands:
    """Return in which bands the mosaic is like what is learned from: training planets, or itself.

    Raises:
        SettingsError: As :func:`require_readable`.
    """
    if isinstance(project.settings.training, SyntheticTraining):
        return SeenBands(project.settings.mosaic_bands, project.settings.trained_bands)
    return require_readable(project)


def _used_kinds(project: OpenProject) -> tuple[ModelKind, ...]:
    return ("ejseg", "ejconn") if connections_from(project) == "ejconn" else ("ejseg",)


def _common(project: OpenProject, models: Mapping[str, ModelConfig]) -> SeenBands:
    mosaic = project.settings.mosaic_bands
    found: dict[str, Bands] = {name: seen_by(name, one, mosaic) for name, one in models.items()}
    first, *others = found.values()
    if any(one != first for one in others):
        named = " and ".join(f"{name} sees {words_of(one)}" for name, one in found.items())
        raise SettingsError(f"{named}; name models that read the same bands, or set training.grey")
    return SeenBands(mosaic, first)


def seen_by(name: str, model: ModelConfig, mosaic: Bands) -> Bands:
    """Return in which bands a model sees a mosaic: its own, or grey that is made of them.

    Args:
        name: The model in words, for messages.
        model: The model.
        mosaic: What the bands of the mosaic mean.

    Raises:
        SettingsError: If the model cannot read the mosaic.
    """
    reads = _reads(model, mosaic)
    seen = None if reads is None else seen_as(mosaic, reads)
    if seen is None:
        raise SettingsError(
            f"{name} reads {model.reads_words}, but the bands of the mosaic are "
            f"{words_of(mosaic)}; name a model that reads these, or one that reads grey, which is "
            "made of any bands (`ejmap models list`), or correct `bands` in project.yaml"
        )
    return seen


def _reads(model: ModelConfig, mosaic: Bands) -> Reads | None:
    """Return what a model reads; None if it does not say so and has another number of bands."""
    if model.reads is not None:
        return model.reads
    if model.bands == 1:
        return GREY
    return mosaic if model.bands == count_of(mosaic) else None
