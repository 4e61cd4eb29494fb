"""Augmentation of whole batches: geometry moves image, target and weight together."""

import math
from typing import Protocol, assert_never

import torch
from torch import Tensor

from ejmap_ml.config.polar_config import PolarAugmentationConfig
from ejmap_ml.config.training_config import NoAugmentationConfig, TileAugmentationConfig
from ejmap_ml.ejseg.polar_augment import PolarAugmenter
from ejmap_ml.samples import SampleBatch

GAIN = (2.0, 7.0)
CUTOFF = (0.3, 0.6)
BRIGHTNESS_FACTOR = (0.8, 1.2)
BRIGHTNESS_SHIFT = (-20.0, 20.0)
BLUR_SIGMA_PX = (0.0, 2.0)
BLUR_REACH_SIGMAS = 3.0
LARGEST = 255.0


class Augmenter(Protocol):
    """A random change of a batch of raw (not yet normalised) samples."""

    def __call__(self, batch: SampleBatch, generator: torch.Generator) -> SampleBatch:
        """Return a changed copy; all chance comes from ``generator``, which lives on the CPU."""
        ...


# The axes to flip, then the quarter turns.
_Move = tuple[list[int], int]


class TileAugmenter:
    """Flips, quarter turns and photometric changes, drawn anew for every sample."""

    def __init__(self, config: TileAugmentationConfig, *, bands: int) -> None:
        self._config = config
        self._bands = bands

    def __call__(self, batch: SampleBatch, generator: torch.Generator) -> SampleBatch:
        """Return a changed copy of ``batch``; targets of one number a sample stay as they are."""
        image, *others = batch.inputs
        is_square = image.shape[-1] == image.shape[-2]
        moves = [self._draw_move(generator, is_square=is_square) for _ in image]
        target, weight = batch.target, batch.weight
        if target.ndim == image.ndim:
            target = _moved(target, moves)
            weight = None if weight is None else _moved(weight, moves)
        image = _moved(image, moves)
        if self._config.photometric:
            image = torch.stack([self._photometric(sample, generator) for sample in image])
        return SampleBatch(inputs=(image, *others), target=target, weight=weight)

    def _draw_move(self, generator: torch.Generator, *, is_square: bool) -> _Move:
        dims = [dim for dim in (-2, -1) if self._config.flips and _integer(2, generator)]
        turns = _integer(4, generator) if self._config.quarter_turns and is_square else 0
        return dims, turns

    def _photometric(self, sample: Tensor, generator: torch.Generator) -> Tensor:
        """Apply 0 to ``photometric`` different changes to the bands, 0..255, of ``(C, H, W)``."""
        bands, rest = sample[: self._bands], sample[self._bands :]
        changes = (sigmoid_contrast, brightness, gaussian_blur)
        count = _integer(self._config.photometric + 1, generator)
        for number in torch.randperm(len(changes), generator=generator)[:count].tolist():
            bands = changes[number](bands, generator)
        return torch.cat([bands, rest])


def sigmoid_contrast(bands: Tensor, generator: torch.Generator) -> Tensor:
    """Push ``(band, H, W)`` in 0..255 through a logistic curve of random gain and cutoff."""
    gain, cutoff = _uniform(*GAIN, generator), _uniform(*CUTOFF, generator)
    return LARGEST * torch.sigmoid(gain * (bands / LARGEST - cutoff))


def brightness(bands: Tensor, generator: torch.Generator) -> Tensor:
    """Multiply and shift ``(band, H, W)`` by random amounts, kept in 0..255."""
    factor = _uniform(*BRIGHTNESS_FACTOR, generator)
    return (bands * factor + _uniform(*BRIGHTNESS_SHIFT, generator)).clamp(0, LARGEST)


def gaussian_blur(bands: Tensor, generator: torch.Generator) -> Tensor:
    """Blur ``(band, H, W)`` by a Gaussian of random width; edges are repeated."""
    sigma_px = _uniform(*BLUR_SIGMA_PX, generator)
    reach_px = min(math.ceil(BLUR_REACH_SIGMAS * sigma_px), min(bands.shape[-2:]) - 1)
    if reach_px == 0:
        return bands
    offsets = torch.arange(-reach_px, reach_px + 1, dtype=bands.dtype, device=bands.device)
    kernel = torch.exp(-0.5 * (offsets / sigma_px) ** 2)
    kernel = (kernel / kernel.sum()).view(1, 1, 1, -1)
    blurred = bands[:, None]
    for _ in range(2):
        padded = torch.nn.functional.pad(blurred, (reach_px, reach_px, 0, 0), mode="replicate")
        blurred = torch.nn.functional.conv2d(padded, kernel).transpose(-1, -2)
    return blurred[:, 0]


def build_augmenter(
    config: NoAugmentationConfig | TileAugmentationConfig | PolarAugmentationConfig, *, bands: int
) -> Augmenter | None:
    """Return the augmenter that ``config`` names, None for none."""
    match config:
        case NoAugmentationConfig():
            return None
        case TileAugmentationConfig():
            return TileAugmenter(config, bands=bands)
        case PolarAugmentationConfig():
            return PolarAugmenter(config, bands=bands)
        case _:
            assert_never(config)


def _moved(maps: Tensor, moves: list[_Move]) -> Tensor:
    """Flip, then turn, each of the maps ``(B, C, H, W)`` by its move."""
    return torch.stack(
        [
            torch.rot90(torch.flip(sample, dims), turns, (-2, -1))
            for sample, (dims, turns) in zip(maps, moves, strict=True)
        ]
    )


def _integer(stop: int, generator: torch.Generator) -> int:
    return int(torch.randint(stop, (), generator=generator))


def _uniform(low: float, high: float, generator: torch.Generator) -> float:
    return low + (high - low) * float(torch.rand((), generator=generator))
