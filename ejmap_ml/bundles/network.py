"""Networks from configurations, and the normalization in front of them."""

from collections.abc import Sequence
from typing import assert_never

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ejmap_geo.masks.mosaic import HALF
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.calibration.by_distance import intervals
from ejmap_ml.config.model_config import ModelConfig, SmpConfig, TimmClassifierConfig
from ejmap_ml.config.polar_config import PolarUnetConfig
from ejmap_ml.ejconn.model import EjconnNetwork
from ejmap_ml.ejseg.model import EjsegNetwork
from ejmap_ml.ejseg.polar_model import PolarUnet
from ejmap_ml.errors import SampleError


class NormalizedNetwork(nn.Module):
    """A network that takes raw channels and metadata and normalises them itself.

    The network is the attribute ``model``, which gives its weights the published names
    (``model.encoder...``); offset and scale are no weights and stay out of the state.
    """

    offset: Tensor
    scale: Tensor
    row_slope: Tensor
    row_offset: Tensor

    def __init__(self, model: nn.Module, normalization: Normalization | None) -> None:
        super().__init__()
        self.model = model
        self.is_normalizing = normalization is not None
        # How the network gets the pixels in memory; those that only predict want channels last.
        self.memory_format = torch.preserve_format
        values = normalization or Normalization(offset=(0.0,), scale=(1.0,))
        self.register_buffer("offset", torch.tensor(values.offset), persistent=False)
        self.register_buffer("scale", torch.tensor(values.scale), persistent=False)
        # Empty where logits are left as they were trained.
        self.logit_intervals: list[tuple[float, float]] = []
        # Probability at which ejecta begin, by row of the image or one for all.
        self.border = HALF
        for name in ("row_slope", "row_offset"):
            self.register_buffer(name, torch.zeros(1), persistent=False)

    def calibrate(
        self,
        slopes: NDArray[np.float64],
        offset: NDArray[np.float64],
        knots: Sequence[float],
        *,
        border: NDArray[np.float64],
    ) -> None:
        """From now on return calibrated logits.

        Args:
            slopes: Slope in each interval of logits, for every row of the image,
                ``(rows, knots + 1)``.
            offset: What becomes of logit 0, ``(rows,)``.
            knots: Logits between the intervals.
            border: Calibrated probability at which ejecta begin, ``(rows,)``.
        """
        self.border = border.astype(np.float32)
        self.logit_intervals = intervals(knots)
        of_zero = np.array([np.clip(0, *ends) for ends in self.logit_intervals])
        self.row_slope = torch.from_numpy(slopes.T.copy()).float()[:, :, None]
        self.row_offset = torch.from_numpy(offset - slopes @ of_zero).float()[:, None]

    def forward(self, image: Tensor, metadata: Tensor | None = None) -> Tensor:
        """Return logits.

        Args:
            image: ``(B, C, H, W)`` raw channels, bands first.
            metadata: ``(B, D)``: mean bands of the annulus, normalised like the bands, and then
                the radius if it is told, normalised like the distance channel: both are lengths.
                None when the network takes none.
        """
        if self.is_normalizing:
            image = self._normalized_image(image)
            metadata = None if metadata is None else self._normalized_metadata(metadata)
        image = image.to(memory_format=self.memory_format)
        logits = self.model(image) if metadata is None else self.model(image, metadata)
        return self._calibrated(logits) if self.logit_intervals else logits

    def _calibrated(self, logits: Tensor) -> Tensor:
        total = self.row_offset
        for slope, (low, high) in zip(self.row_slope, self.logit_intervals, strict=True):
            total = total + slope * logits.clamp(low, high)
        return total

    def _normalized_image(self, image: Tensor) -> Tensor:
        if image.shape[1] != len(self.offset):
            raise SampleError(
                f"the model was trained on {len(self.offset)} channels, got {image.shape[1]}; give "
                "it a mosaic with the bands it was trained on"
            )
        # In place on a copy, and before pixels are put channels last: half of the time.
        normal = image.to(self.offset.dtype, copy=True)
        return normal.sub_(self.offset[:, None, None]).div_(self.scale[:, None, None])

    def _normalized_metadata(self, metadata: Tensor) -> Tensor:
        bands = len(self.offset) - 1
        annulus = (metadata[:, :bands] - self.offset[:bands]) / self.scale[:bands]
        radius = (metadata[:, bands:] - self.offset[bands:]) / self.scale[bands:]
        return torch.cat([annulus, radius], dim=1)


def build_network(config: ModelConfig, *, pretrained: bool = False) -> nn.Module:
    """Return the network that ``config`` names, in training mode.

    Args:
        config: The model.
        pretrained: Whether to fetch the pretrained weights that the configuration names; without,
            weights are random from torch's generator.

    Raises:
        ConfigError: timm or smp know no such network.
        WeightsUnavailableError: Pretrained weights can neither be fetched nor read.
    """
    architecture = config.architecture
    match architecture:
        case TimmClassifierConfig():
            return EjconnNetwork(
                architecture, in_channels=config.in_channels, pretrained=pretrained
            )
        case SmpConfig():
            return EjsegNetwork(
                architecture,
                in_channels=config.in_channels,
                metadata_size=config.metadata_size,
                pretrained=pretrained,
            )
        case PolarUnetConfig():
            return PolarUnet(architecture, in_channels=config.in_channels)
        case _:
            assert_never(architecture)
