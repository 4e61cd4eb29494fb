"""Model bundles: weights, configuration, normalization and provenance in one folder.

Bundles may come from anybody. Weights are read as safetensors only, sizes are checked before
anything is read, and names, shapes and types must be those of the network that the configuration
builds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter, ValidationError
from torch import Tensor

from ejmap_geo.grids.polar import log_ranges
from ejmap_geo.whole_file import whole_folder
from ejmap_ml.bundles.bundle_files import (
    CALIBRATION,
    CONFIG,
    CONFORMAL,
    NORMALIZATION,
    PROVENANCE,
    VIEW_RANGES,
    WEIGHTS,
    read_json,
    read_view_ranges,
)
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.bundles.training_record import TrainingRecord
from ejmap_ml.bundles.weights import (
    check_weights,
    content_digest,
    read_weights,
    rounded_to_half,
    write_weights,
)
from ejmap_ml.calibration.band_reliability import BandReliability
from ejmap_ml.calibration.by_distance import DistanceCalibration
from ejmap_ml.calibration.conformal import Conformal
from ejmap_ml.config.frozen import Frozen
from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.config.polar_config import PolarUnetConfig
from ejmap_ml.ejseg.view_ranges import ViewRanges
from ejmap_ml.errors import BundleError

_NORMALIZATION = TypeAdapter(Normalization | None)
_Part = TypeVar("_Part", bound=Frozen)


class HeldOutScore(Frozen):
    """How well a tuned member and the one it started from map a crater that neither learned from.

    Attributes:
        planet: Name of the planet.
        crater_id: Id of the crater.
        f1: F1 of the tuned member, 0 to 1.
        start_f1: F1 of the member that it started from.
    """

    planet: str
    crater_id: int
    f1: float
    start_f1: float


class Provenance(Frozen):
    """Where the weights come from.

    Attributes:
        created_utc: When training ended, ISO 8601.
        seed: Seed of weights, order and augmentation.
        inputs: Name and data version of what was trained on.
        scores: Scores of the best epoch.
        reliability: How well the probabilities of its ensemble come true, by distance, on planets
            that neither trained nor calibrated it.
        samples: Number of training samples.
        steps: Optimizer steps.
        packages: Versions of the packages that trained.
        record: How the training went; None for one that was not trained here.
        started_from: Data version of the member whose weights the training started from; None for
            a training from random weights.
        held_out: Scores on craters that were held back from a tuning.
        source: Where the weights were published, such as a DOI; None when they were trained here.
        file_name: Name of the published file.
        file_sha256: Digest of the published file.
    """

    created_utc: str
    seed: int | None = None
    inputs: dict[str, str] = Field(default_factory=dict)
    scores: dict[str, float] = Field(default_factory=dict)
    reliability: tuple[BandReliability, ...] = Field(default=(), max_length=100)
    samples: int | None = None
    steps: int | None = None
    packages: dict[str, str] = Field(default_factory=dict)
    record: TrainingRecord | None = None
    started_from: str | None = None
    held_out: tuple[HeldOutScore, ...] = ()
    source: str | None = None
    file_name: str | None = None
    file_sha256: str | None = None


class Stamp(Frozen):
    """What ``provenance.json`` holds."""

    data_version: str
    provenance: Provenance

    def check(self, found: str, *, what: str, remedy: str) -> None:
        """Compare the data version of what was read with that of what was saved.

        Raises:
            BundleError: They differ.
        """
        if found != self.data_version:
            raise BundleError(
                f"{what} was altered after it was saved: its contents hash to {found[:12]}, not "
                f"{self.data_version[:12]}; {remedy}"
            )


def save_folder(path: Path, weights: Mapping[str, Tensor], texts: Mapping[str, str]) -> None:
    """Write weights and texts by name of file into a folder, whole or not at all."""
    with whole_folder(path) as folder:
        write_weights(weights, folder / WEIGHTS)
        for name, text in texts.items():
            (folder / name).write_text(text + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelBundle:
    """A trained model.

    Attributes:
        config: What it is.
        weights: State of the normalised network, ``model.*``.
        normalization: Offset and scale of its channels; None when samples arrive normalised.
        provenance: Where the weights come from.
        calibration: What makes the probabilities of its ensemble come true, polar models only; None
            leaves them as they were trained.
        conformal: What its ensemble may promise of masks and areas; None if nothing.
        view_ranges: What the views were like that it learned from, polar models only; it changes
            nothing that the model predicts.
    """

    config: ModelConfig
    weights: Mapping[str, Tensor]
    normalization: Normalization | None
    provenance: Provenance
    calibration: DistanceCalibration | None = None
    conformal: Conformal | None = None
    view_ranges: ViewRanges | None = None

    @property
    def data_version(self) -> str:
        """SHA-256 of all but the provenance: what it predicts by, and what it may promise."""
        texts = [self.config.model_dump_json(), _normalization_json(self.normalization)]
        texts += [part.model_dump_json() for part in self._optional_parts.values()]
        return content_digest(texts, self.weights)

    @property
    def _optional_parts(self) -> dict[str, Frozen]:
        """The parts that it has, by the names of their files."""
        parts = {CALIBRATION: self.calibration, CONFORMAL: self.conformal}
        return {name: part for name, part in parts.items() if part is not None}

    def rounded_to_half(self) -> Self:
        """Return the model with weights rounded to float16 values: its folder is half as large.

        It is another model, with another data version; its scores are to be measured anew.

        Raises:
            BundleError: A weight is not finite, or beyond the largest float16 value.
        """
        return replace(self, weights=rounded_to_half(self.weights))

    def build(self) -> NormalizedNetwork:
        """Return the network in evaluation mode; it takes raw channels and normalises them itself.

        Raises:
            BundleError: The weights are not those of the configured network.
        """
        network = NormalizedNetwork(build_network(self.config), self.normalization)
        check_weights(self.weights, wanted=network.state_dict())
        network.load_state_dict(dict(self.weights))
        if self.calibration is not None:
            ranges = _row_ranges(self.config)
            slopes, offset = self.calibration.of_rows(ranges)
            border = self.calibration.border_of_rows(ranges)
            network.calibrate(slopes, offset, self.calibration.knots, border=border)
        return network.eval()

    def save(self, path: Path) -> None:
        """Write the folder ``path``, whole or not at all; an older bundle is replaced."""
        stamp = Stamp(data_version=self.data_version, provenance=self.provenance)
        texts = {
            CONFIG: self.config.model_dump_json(indent=2),
            NORMALIZATION: _normalization_json(self.normalization),
            PROVENANCE: stamp.model_dump_json(indent=2),
        }
        for name, part in self._optional_parts.items():
            texts[name] = part.model_dump_json(indent=2)
        if self.view_ranges is not None:
            texts[VIEW_RANGES] = self.view_ranges.model_dump_json(indent=2)
        save_folder(path, self.weights, texts)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the bundle in the folder ``path``.

        Raises:
            BundleError: A file is missing, too large, altered or not what it should be, or weights
                do not fit the configuration.
        """
        try:
            config = ModelConfig.model_validate_json(read_json(path / CONFIG))
            normalization = _NORMALIZATION.validate_json(read_json(path / NORMALIZATION))
            stamp = Stamp.model_validate_json(read_json(path / PROVENANCE))
            calibration = _read_optional(path / CALIBRATION, DistanceCalibration)
            conformal = _read_optional(path / CONFORMAL, Conformal)
        except ValidationError as error:
            raise BundleError(f"bundle {path} does not hold what it should: {error}") from error
        bundle = cls(
            config=config,
            weights=read_weights(path / WEIGHTS, wanted=expected_weights(config)),
            normalization=normalization,
            provenance=stamp.provenance,
            calibration=calibration,
            conformal=conformal,
            view_ranges=read_view_ranges(path),
        )
        stamp.check(bundle.data_version, what=f"bundle {path}", remedy="train or copy it again")
        return bundle


def expected_weights(config: ModelConfig) -> dict[str, Tensor]:
    """Return what the weights of a model are called, with their shapes and types but no values.

    Raises:
        ConfigError: timm or smp know no such network.
    """
    # On the meta device: a configuration from anywhere must not decide how much memory is taken.
    with torch.device("meta"):
        return NormalizedNetwork(build_network(config), None).state_dict()


def _normalization_json(normalization: Normalization | None) -> str:
    return "null" if normalization is None else normalization.model_dump_json()


def _read_optional(path: Path, part: type[_Part]) -> _Part | None:
    return part.model_validate_json(read_json(path)) if path.exists() else None


def _row_ranges(config: ModelConfig) -> NDArray[np.float64]:
    if not isinstance(config.architecture, PolarUnetConfig):
        raise BundleError(
            f"{config.name} is a {config.architecture.kind} with a calibration by distance, which "
            "only polar models can have; export it again"
        )
    view = config.architecture.view
    return log_ranges(view.rows, view.inner_radii, view.outer_radii, view.offset_radii)
