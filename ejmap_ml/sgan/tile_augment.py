"""Augmentation of stretched tiles: mild enough to leave the light where it is."""

import math

import torch
from torch import Tensor
from torch.nn import functional

from ejmap_ml.sgan.config import CraterAugmentationConfig


def augmented(
    tiles: Tensor, config: CraterAugmentationConfig, generator: torch.Generator
) -> Tensor:
    """Return a changed copy of ``(B, 1, H, W)``; gradients pass through to the tiles.

    What comes in from outside is the mirror image of the tile.

    Args:
        tiles: Values in -1..1.
        config: What is changed, and how much.
        generator: Source of all chance, on the CPU.
    """
    drawn = _Draws(len(tiles), generator, tiles)
    turn = math.radians(config.rotation_deg) * drawn.plus_minus()
    size = 1 + config.scale * drawn.plus_minus()
    upside = drawn.sign() if config.flips else torch.ones_like(turn)
    # Half a side is 1 in the coordinates of affine_grid.
    shift = 2 * config.shift_px / tiles.shape[-1]
    cos, sin = torch.cos(turn) * size, torch.sin(turn) * size
    frames = torch.stack(
        [
            torch.stack([cos, -sin * upside, shift * drawn.plus_minus()], dim=-1),
            torch.stack([sin, cos * upside, shift * drawn.plus_minus()], dim=-1),
        ],
        dim=1,
    )
    # In bfloat16 places would be off by a tenth of a pixel.
    with torch.autocast(tiles.device.type, enabled=False):
        places = functional.affine_grid(frames, list(tiles.shape), align_corners=False)
        moved = functional.grid_sample(
            tiles, places, mode="bilinear", padding_mode="reflection", align_corners=False
        )
    gain = 1 + config.contrast * drawn.plus_minus()
    level = config.brightness * drawn.plus_minus()
    return moved * gain[:, None, None, None] + level[:, None, None, None]


class _Draws:
    """Random numbers, one a tile, of the type and on the device of the tiles."""

    def __init__(self, count: int, generator: torch.Generator, like: Tensor) -> None:
        self._count, self._generator, self._like = count, generator, like

    def plus_minus(self) -> Tensor:
        return (torch.rand(self._count, generator=self._generator) * 2 - 1).to(self._like)

    def sign(self) -> Tensor:
        is_up = torch.rand(self._count, generator=self._generator) < 0.5
        return (is_up.float() * 2 - 1).to(self._like)
