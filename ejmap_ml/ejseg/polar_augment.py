"""Augmentation of polar views: turning and mirroring are exact, the rest mimics other mosaics."""

import torch
from torch import Tensor
from torch.nn import functional

from ejmap_ml.config.polar_config import PolarAugmentationConfig
from ejmap_ml.ejseg.polar_view import VALID_CHANNEL
from ejmap_ml.samples import SampleBatch

# Coarse and fine random cells, range by azimuth, that are stretched over the view.
TEXTURE_CELLS = ((10, 48), (40, 192))


class PolarAugmenter:
    """Turn every view about its crater, mirror every second one, and vary how it was imaged."""

    def __init__(self, config: PolarAugmentationConfig, *, bands: int) -> None:
        self._config = config
        self._bands = bands

    def __call__(self, batch: SampleBatch, generator: torch.Generator) -> SampleBatch:
        """Return a changed copy; view, target and weight turn together.

        A batch without weights gets equal ones.
        """
        (view,) = batch.inputs
        weight = torch.ones_like(batch.target) if batch.weight is None else batch.weight
        moved = [
            _turned(torch.cat(sample), generator)
            for sample in zip(view, batch.target, weight, strict=True)
        ]
        whole = torch.stack(moved)
        view, target, weight = whole.split([view.shape[1], 1, 1], dim=1)
        if self._config.photometric:
            view = torch.stack([self._imaged_otherwise(sample, generator) for sample in view])
        return SampleBatch(inputs=(view,), target=target, weight=weight)

    def _imaged_otherwise(self, view: Tensor, generator: torch.Generator) -> Tensor:
        """Change contrast, level, shading over azimuth and texture of the bands of one view."""
        config, count = self._config, 2 * self._bands
        low, high = config.gain
        gain = low * (high / low) ** torch.rand(1, generator=generator)
        level = config.level_sigma * torch.randn(1, generator=generator)
        phase = 2 * torch.pi * torch.rand(1, generator=generator)
        azimuth = torch.arange(view.shape[-1]) * (2 * torch.pi / view.shape[-1])
        shading = (
            config.shading_sigma * torch.randn(1, generator=generator) * torch.cos(azimuth + phase)
        )
        texture = torch.zeros(view.shape[-2:])
        for cells in TEXTURE_CELLS:
            strength = config.texture_sigma * torch.rand(1, generator=generator)
            noise = torch.randn((1, 1, *cells), generator=generator)
            texture = texture + strength * _smoothed(noise, view.shape[-2:])
        bands = view[:count] * gain + shading + texture
        # The ring-relative half has no level of its own.
        bands = torch.cat([bands[: self._bands] + level, bands[self._bands :]])
        return torch.cat([bands * view[VALID_CHANNEL], view[count:]])


def _smoothed(noise: Tensor, size: torch.Size) -> Tensor:
    """Stretch ``(1, 1, rows, cols)`` noise to ``size``, without a seam in azimuth."""
    around = functional.pad(noise, (2, 2, 0, 0), mode="circular")
    scale = size[1] // noise.shape[-1]
    wide = functional.interpolate(around, size=(size[0], size[1] + 4 * scale), mode="bicubic")
    return wide[0, 0, :, 2 * scale : 2 * scale + size[1]]


def _turned(sample: Tensor, generator: torch.Generator) -> Tensor:
    """Turn ``(C, rows, cols)`` by a random azimuth and mirror it in one case of two."""
    shift = int(torch.randint(sample.shape[-1], (1,), generator=generator))
    turned = sample.roll(shift, dims=-1)
    return turned.flip(-1) if int(torch.randint(2, (1,), generator=generator)) else turned
