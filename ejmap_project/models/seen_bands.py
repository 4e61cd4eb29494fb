"""In which bands the models of a project see its mosaic: its own, or grey that is made of them."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ejmap_geo.rasters.grey import weighted_grey
from ejmap_ml.config.bands import Bands, Reads, count_of, grey_weights, seen_as, words_of
from ejmap_ml.config.model_config import ModelConfig
from ejmap_project.errors import SettingsError
from ejmap_project.models.mapping_models import connections_from, mapping_model
from ejmap_project.open_project import OpenProject
from ejmap_project.paths import ModelKind


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
    kinds: tuple[ModelKind, ...] = ("ejseg",)
    if connections_from(project) == "ejconn":
        kinds = ("ejseg", "ejconn")
    found: dict[ModelKind, Bands] = {kind: _seen_by(project, kind) for kind in kinds}
    if len({*found.values()}) > 1:
        named = " and ".join(f"models.{kind} sees {words_of(one)}" for kind, one in found.items())
        raise SettingsError(f"{named}; name models that read the same bands, or set training.grey")
    return SeenBands(project.settings.mosaic_bands, found["ejseg"])


def require_readable(project: OpenProject) -> SeenBands:
    """Check that the models that the settings name can read the mosaic, before anything is made.

    Raises:
        SettingsError: As :func:`seen_bands`.
    """
    return seen_bands(replace(project, maps_by_settings=True))


def _seen_by(project: OpenProject, kind: ModelKind) -> Bands:
    mosaic, model = project.settings.mosaic_bands, mapping_model(project, kind)
    reads = _reads(model, mosaic)
    seen = None if reads is None else seen_as(mosaic, reads)
    if seen is None:
        raise SettingsError(
            f"models.{kind} {model.name} reads {model.reads_words}, but the bands of the mosaic "
            f"are {words_of(mosaic)}; name a model that reads these, or one that reads grey, which "
            "is made of any bands (`ejmap models list`), or correct `bands` in project.yaml"
        )
    return seen


def _reads(model: ModelConfig, mosaic: Bands) -> Reads | None:
    """Return what a model reads; None if it does not say so and has another number of bands."""
    if model.reads is not None:
        return model.reads
    if model.bands == 1:
        return "grey"
    return mosaic if model.bands == count_of(mosaic) else None
