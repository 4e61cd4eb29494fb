"""The polar EJSEG network: a small U-Net whose image goes round in azimuth."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from ejmap_ml.config.polar_config import PolarUnetConfig

MAX_WIDENING = 8
# Averages along range are narrower than single cells; multiplied by this and the root of their
# length, they enter with about the spread of the bands.
STREAK_GAIN = 1.25
# Beyond so many standard deviations a Gaussian is nothing.
REACH_SIGMAS = 3.0
GEOMETRY_CHANNELS = 4


class PolarPad(nn.Module):
    """Pad a view by one cell: around the circle in azimuth, by repetition in range."""

    def forward(self, image: Tensor) -> Tensor:
        """Return ``(B, C, rows + 2, cols + 2)`` for ``image`` ``(B, C, rows, cols)``."""
        around = functional.pad(image, (1, 1, 0, 0), mode="circular")
        return functional.pad(around, (0, 0, 1, 1), mode="replicate")


class Streaks(nn.Module):
    """Add averages along range of the ring-scaled bands to a view: what runs along it stands out.

    Every band is averaged with Gaussian weights of each standard deviation and multiplied by
    1.25 sqrt(standard deviation in rows).
    """

    def __init__(self, sigma_rows: Sequence[float], *, in_channels: int) -> None:
        super().__init__()
        self.bands = (in_channels - GEOMETRY_CHANNELS) // 2
        self.out_channels = in_channels + self.bands * len(sigma_rows)
        for number, sigma in enumerate(sigma_rows):
            # Made of the configuration, so that no file of weights can change them.
            self.register_buffer(f"kernel_{number}", _gaussian(sigma), persistent=False)
        self._names = [f"kernel_{number}" for number in range(len(sigma_rows))]

    def forward(self, image: Tensor) -> Tensor:
        """Return ``(B, C + bands x averages, rows, cols)`` for views ``(B, C, rows, cols)``."""
        ring = image[:, self.bands : 2 * self.bands].flatten(0, 1)[:, None]
        averages = []
        for name in self._names:
            kernel = self.get_buffer(name).to(image.dtype)
            reach = kernel.shape[2] // 2
            padded = functional.pad(ring, (0, 0, reach, reach), mode="replicate")
            averages.append(functional.conv2d(padded, kernel).view(-1, self.bands, *ring.shape[2:]))
        return torch.cat([image, *averages], dim=1)


def _gaussian(sigma_rows: float) -> Tensor:
    """Return the weights of an average along range, ``(1, 1, rows, 1)``."""
    reach = math.ceil(REACH_SIGMAS * sigma_rows)
    weight = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / sigma_rows) ** 2)
    return (STREAK_GAIN * sigma_rows**0.5 * weight / weight.sum())[None, None, :, None]


class PolarUnet(nn.Module):
    """U-Net on polar views; turning the input in azimuth by a whole stride turns the output.

    Blocks of ``stem x stem`` cells enter as channels and leave the same way. With a stem of 2 the
    first stage works on a quarter of the cells: eight times faster on a CPU than on all of them.
    """

    def __init__(self, config: PolarUnetConfig, *, in_channels: int) -> None:
        super().__init__()
        self.stem = config.stem
        widths = [
            config.base_channels * min(2**stage, MAX_WIDENING) for stage in range(config.depth + 1)
        ]
        self.streaks = Streaks(config.streak_rows, in_channels=in_channels)
        inputs = [self.streaks.out_channels * config.stem**2, *widths[:-1]]
        self.encoder = nn.ModuleList(
            _stage(before, after) for before, after in zip(inputs, widths, strict=True)
        )
        self.dropout = nn.Dropout2d(config.dropout)
        self.decoder = nn.ModuleList(
            _stage(deep + skip, skip)
            for deep, skip in zip(reversed(widths[1:]), reversed(widths[:-1]), strict=True)
        )
        self.head = nn.Conv2d(widths[0], config.stem**2, kernel_size=1)

    def forward(self, image: Tensor) -> Tensor:
        """Return ejecta logits ``(B, 1, rows, cols)`` for views ``(B, C, rows, cols)``.

        Rows and columns are multiples of stem x 2^depth, as the configuration checks of its view.
        """
        features = functional.pixel_unshuffle(self.streaks(image), self.stem)
        skips: list[Tensor] = []
        for stage in self.encoder:
            if skips:
                features = functional.max_pool2d(features, 2)
            features = stage(features)
            skips.append(features)
        features = self.dropout(skips.pop())
        for stage in self.decoder:
            features = functional.interpolate(features, scale_factor=2, mode="nearest")
            features = stage(torch.cat([features, skips.pop()], dim=1))
        return functional.pixel_shuffle(self.head(features), self.stem)


def _stage(in_channels: int, out_channels: int) -> nn.Sequential:
    return nn.Sequential(
        *_convolution(in_channels, out_channels), *_convolution(out_channels, out_channels)
    )


def _convolution(in_channels: int, out_channels: int) -> tuple[nn.Module, ...]:
    return (
        PolarPad(),
        nn.Conv2d(in_channels, out_channels, kernel_size=3, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(inplace=True),
    )
