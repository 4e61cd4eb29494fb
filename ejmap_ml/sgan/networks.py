"""The networks of the crater classifier: a discriminator with two heads, and its opponent."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from ejmap_ml.sgan.config import DiscriminatorConfig, GeneratorConfig


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
    """Tiles to class logits, from which both heads are read.

    There is no batch normalisation, so tiles do not see each other.
    """

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


class Generator(nn.Module):
    """Latent vectors to tiles in -1..1."""

    def __init__(self, config: GeneratorConfig, *, side_px: int) -> None:
        super().__init__()
        self.latent_size = config.latent_size
        start_px = side_px // 2 ** len(config.filters)
        layers: list[nn.Module] = [
            nn.Linear(config.latent_size, config.dense_filters * start_px**2),
            nn.Unflatten(1, (config.dense_filters, start_px, start_px)),
            nn.LeakyReLU(config.leak),
        ]
        channels = config.dense_filters
        for filters in config.filters:
            layers += [
                nn.ConvTranspose2d(channels, filters, kernel_size=4, stride=2, padding=1),
                nn.LeakyReLU(config.leak),
            ]
            channels = filters
        kernel_px = config.last_kernel_px
        before, after = (kernel_px - 1) // 2, kernel_px // 2
        layers += [
            # The kernel may be even, as the published one is: one pixel more on the far side.
            nn.ZeroPad2d((before, after, before, after)),
            nn.Conv2d(channels, 1, kernel_size=kernel_px),
            nn.Tanh(),
        ]
        self.layers = nn.Sequential(*layers)

    def forward(self, latent: Tensor) -> Tensor:
        """Return tiles ``(B, 1, H, W)`` for ``latent`` ``(B, latent_size)``."""
        return self.layers(latent).float()

    def drawn_latent(self, count: int, generator: torch.Generator) -> Tensor:
        """Return ``(count, latent_size)`` standard normal numbers, drawn on the CPU."""
        return torch.randn((count, self.latent_size), generator=generator)
