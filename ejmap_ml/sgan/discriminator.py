"""The discriminator: one trunk and one layer of class logits, from which both heads are read."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ejmap_ml.sgan.config import DiscriminatorConfig


class Heads(NamedTuple):
    """What the discriminator says of tiles, and what it saw in them.

    Attributes:
        class_logits: ``(B, classes)``, the supervised head.
        true_logit: ``(B,)`` log-odds that a tile is no generated one, the unsupervised head.
        features: ``(B, F)`` flattened output of the trunk.
    """

    class_logits: Tensor
    true_logit: Tensor
    features: Tensor


class Discriminator(nn.Module):
    """Tiles to class logits; there is no batch normalisation, so tiles do not see each other."""

    def __init__(self, config: DiscriminatorConfig, *, side_px: int, classes: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 1
        for _ in range(config.stages):
            layers += [
                nn.Conv2d(channels, config.filters, kernel_size=3, stride=2, padding=1),
                nn.LeakyReLU(config.leak),
            ]
            channels = config.filters
        self.trunk = nn.Sequential(*layers, nn.Flatten())
        self.dropout = nn.Dropout(config.dropout)
        end_px = side_px // 2**config.stages
        self.classes = nn.Linear(channels * end_px**2, classes)

    def forward(self, tiles: Tensor) -> Tensor:
        """Return class logits ``(B, classes)`` for stretched ``tiles`` ``(B, 1, H, W)``."""
        return self.heads(tiles).class_logits

    def heads(self, tiles: Tensor) -> Heads:
        """Return both heads and the features of stretched ``tiles`` ``(B, 1, H, W)``."""
        features = self.trunk(tiles)
        class_logits = self.classes(self.dropout(features)).float()
        return Heads(class_logits, true_logit(class_logits), features.float())


def true_logit(class_logits: Tensor) -> Tensor:
    """Return ``(B,)`` log-odds of "true" for class logits ``(B, classes)``.

    With Z, the sum of the exponentials, D = Z / (1 + Z) is the logistic function of log Z: a
    generated tile is a further class whose logit is zero.
    """
    return torch.logsumexp(class_logits, dim=1)
