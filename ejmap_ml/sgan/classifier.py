"""A trained crater classifier: what it is, what it says of tiles, and its folder.

Like model bundles, folders may come from anybody: weights are read as safetensors only, sizes are
checked before anything is read, and names, shapes and types must be those of the configuration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, ValidationError, model_validator
from torch import Tensor

from ejmap_geo.craters.local_tiles import LocalTiles
from ejmap_ml.bundles.bundle import Provenance, Stamp, save_folder
from ejmap_ml.bundles.bundle_files import CONFIG, PROVENANCE, WEIGHTS, read_json
from ejmap_ml.bundles.weights import check_weights, content_digest, read_weights
from ejmap_ml.config.frozen import Frozen
from ejmap_ml.errors import BundleError, SampleError
from ejmap_ml.sgan.calibration import Calibration
from ejmap_ml.sgan.config import CraterClassifierConfig
from ejmap_ml.sgan.data import require_light, stretched
from ejmap_ml.sgan.networks import Discriminator

CLASSIFIER = "classifier.json"
BATCH = 512


class ClassifierMeaning(Frozen):
    """What the outputs mean and which tiles they hold for.

    Attributes:
        classes: Names of the classes, in the order of the logits.
        crater_class: The one of them that is a crater.
        light_from_deg: Where the light comes from in the tiles, clockwise from their upper edge;
            None if it was not known.
        calibration: From log-odds to probabilities; None before it was found.
    """

    classes: tuple[str, ...] = Field(min_length=2, max_length=1000)
    crater_class: str
    light_from_deg: float | None = Field(default=None, ge=0, lt=360)
    calibration: Calibration | None = None

    @model_validator(mode="after")
    def _has_craters(self) -> Self:
        if len(set(self.classes)) < len(self.classes) or self.crater_class not in self.classes:
            raise ValueError(
                f"classes must differ and hold {self.crater_class!r}, got {self.classes}"
            )
        return self


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CraterClassifier:
    """A trained classifier.

    Attributes:
        config: Network, stretch of tiles and how it was trained.
        meaning: Classes, light and calibration.
        weights: State of the discriminator, averaged over the last steps of training.
        provenance: Where the weights come from.
    """

    config: CraterClassifierConfig
    meaning: ClassifierMeaning
    weights: Mapping[str, Tensor]
    provenance: Provenance

    @property
    def data_version(self) -> str:
        """SHA-256 of weights, configuration and meaning; equal for equal classifiers."""
        texts = (self.config.model_dump_json(), self.meaning.model_dump_json())
        return content_digest(texts, self.weights)

    def build(self) -> Discriminator:
        """Return the network in evaluation mode; it takes stretched tiles.

        Raises:
            BundleError: The weights are not those of the configured network.
        """
        network = _network(self.config, self.meaning)
        check_weights(self.weights, wanted=network.state_dict())
        network.load_state_dict(dict(self.weights))
        return network.eval()

    def class_logits(self, tiles: LocalTiles, *, any_light: bool = False) -> NDArray[np.float32]:
        """Return ``(tile, class)`` logits.

        Args:
            tiles: Tiles as they were cut, of the side that the configuration names.
            any_light: Score tiles under another light too; the answers will be poor.

        Raises:
            SampleError: The tiles have another size or another light.
        """
        side_px = self.config.side_px
        if tiles.values.shape[1:] != (side_px, side_px):
            raise SampleError(
                f"tiles are {tiles.values.shape[1:]} px, but the classifier takes {side_px} x "
                f"{side_px}; cut or resize them to that"
            )
        require_light(tiles, light_from_deg=self.meaning.light_from_deg, any_light=any_light)
        network, values = self.build(), stretched(tiles.values, self.config.stretch)
        logits = [np.zeros((0, len(self.meaning.classes)), np.float32)]
        with torch.inference_mode():
            logits += [network(part).numpy() for part in values.split(BATCH) if len(part)]
        return np.concatenate(logits)

    def log_odds(self, tiles: LocalTiles, *, any_light: bool = False) -> NDArray[np.float64]:
        """Return ``(tile,)`` log-odds of a crater against all other classes together.

        Raises:
            SampleError: As :meth:`class_logits`.
        """
        logits = self.class_logits(tiles, any_light=any_light).astype(np.float64)
        crater = self.meaning.classes.index(self.meaning.crater_class)
        others = np.delete(logits, crater, axis=1)
        return logits[:, crater] - np.logaddexp.reduce(others, axis=1)

    def scores(self, tiles: LocalTiles, *, any_light: bool = False) -> NDArray[np.float64]:
        """Return ``(tile,)`` calibrated probabilities of a crater.

        Raises:
            SampleError: As :meth:`class_logits`, or the classifier was never calibrated.
        """
        calibration = self.meaning.calibration
        if calibration is None:
            raise SampleError(
                "the classifier was never calibrated, so its scores are no probabilities; "
                "calibrate it on labelled tiles that it did not learn from, or use log_odds"
            )
        return calibration.probability(self.log_odds(tiles, any_light=any_light))

    def calibrated(self, calibration: Calibration) -> Self:
        """Return the same classifier with another calibration."""
        meaning = self.meaning.model_copy(update={"calibration": calibration})
        return replace(self, meaning=meaning)

    def save(self, path: Path) -> None:
        """Write the folder ``path``, whole or not at all; an older classifier is replaced."""
        stamp = Stamp(data_version=self.data_version, provenance=self.provenance)
        parts = {CONFIG: self.config, CLASSIFIER: self.meaning, PROVENANCE: stamp}
        texts = {name: part.model_dump_json(indent=2) for name, part in parts.items()}
        save_folder(path, self.weights, texts)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the classifier in the folder ``path``.

        Raises:
            BundleError: A file is missing, too large, altered or not what it should be, or weights
                do not fit the configuration.
        """
        try:
            config = CraterClassifierConfig.model_validate_json(read_json(path / CONFIG))
            meaning = ClassifierMeaning.model_validate_json(read_json(path / CLASSIFIER))
            stamp = Stamp.model_validate_json(read_json(path / PROVENANCE))
        except ValidationError as error:
            raise BundleError(f"classifier {path} does not hold what it should: {error}") from error
        weights = read_weights(path / WEIGHTS, wanted=_expected_weights(config, meaning))
        classifier = cls(
            config=config, meaning=meaning, weights=weights, provenance=stamp.provenance
        )
        stamp.check(classifier.data_version, what=f"classifier {path}", remedy="train it again")
        return classifier


def _network(config: CraterClassifierConfig, meaning: ClassifierMeaning) -> Discriminator:
    return Discriminator(config.discriminator, side_px=config.side_px, classes=len(meaning.classes))


def _expected_weights(
    config: CraterClassifierConfig, meaning: ClassifierMeaning
) -> dict[str, Tensor]:
    # On the meta device: a configuration from anywhere must not decide how much memory is taken.
    with torch.device("meta"):
        return _network(config, meaning).state_dict()
