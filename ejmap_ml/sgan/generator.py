"""The generator: random numbers to tiles that the discriminator is to take for true."""

import torch
from torch import Tensor, nn

from ejmap_ml.sgan.config import GeneratorConfig


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
