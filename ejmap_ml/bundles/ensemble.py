"""Ensembles: several networks as one, by mean probability and by votes."""

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ejmap_geo.masks.mosaic import EnsembleLayers, combine_members
from ejmap_ml.bundles.bundle import ModelBundle
from ejmap_ml.bundles.inference import InferenceNetwork, InferencePrecision, inference_device
from ejmap_ml.bundles.network import NormalizedNetwork
from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.errors import ConfigError


class Ensemble:
    """Members of one configuration, ready to predict.

    Attributes:
        config: What all members are.
        device: Where they run.
        members: The networks as they predict.
    """

    def __init__(
        self,
        config: ModelConfig,
        members: Sequence[NormalizedNetwork],
        *,
        device: torch.device | str | None = None,
        precision: InferencePrecision = "float32",
    ) -> None:
        """Put the members on a device.

        Args:
            config: What all members are.
            members: Trained networks; they are not changed.
            device: Where they run; None takes a GPU when there is one.
            precision: "bfloat16" is twice as fast where the processor knows it (see
                ``inference.fastest_precision``) and moves masks by about 0.2 %.
        """
        self.config = config
        self.device = inference_device() if device is None else torch.device(device)
        self.members = tuple(
            InferenceNetwork(member, device=self.device, precision=precision) for member in members
        )

    @property
    def member_count(self) -> int:
        """Number of members."""
        return len(self.members)

    @property
    def border(self) -> NDArray[np.float32]:
        """Probability at which ejecta begin, by row of the image or one for all."""
        return self.members[0].network.border

    @classmethod
    def of(
        cls,
        bundles: Sequence[ModelBundle],
        *,
        device: torch.device | str | None = None,
        precision: InferencePrecision = "float32",
    ) -> Self:
        """Build the ensemble of ``bundles``.

        Raises:
            ConfigError: There is no bundle, or their architectures differ.
        """
        if len({(b.config.architecture, b.config.bands) for b in bundles}) > 1:
            names = ", ".join(sorted({b.config.name for b in bundles}))
            raise ConfigError(f"members of an ensemble must have one architecture, got {names}")
        if not bundles:
            raise ConfigError("an ensemble needs at least one member; train a model first")
        members = [bundle.build() for bundle in bundles]
        return cls(bundles[0].config, members, device=device, precision=precision)

    def one_by_one(self) -> Iterator[Self]:
        """Yield each member as an ensemble of its own, on the same device."""
        for member in self.members:
            alone = copy(self)
            alone.members = (member,)
            yield alone

    def predict(self, inputs: tuple[Tensor, ...]) -> EnsembleLayers:
        """Return mean probability and vote fraction ``(B, ...)`` for what networks take."""
        with torch.inference_mode():
            return combine_members(
                member(*inputs).sigmoid()[:, 0].cpu().numpy() for member in self.members
            )


def is_connected(layers: EnsembleLayers, *, threshold: float) -> NDArray[np.bool_]:
    """Return where at least the share ``threshold`` of the members votes for it; a tie connects."""
    # Back to whole votes: the float32 of 3/10 is not the float64 of 0.3.
    votes = np.rint(layers.vote_fraction.astype(np.float64) * layers.member_count)
    return votes / layers.member_count >= threshold
