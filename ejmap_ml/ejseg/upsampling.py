"""The decoder of Unet++ for inference: doubling an image is part of the convolution after it.

Doubling an image by nearest pixels and convolving it by 3 x 3 is one transposed convolution by
4 x 4 with stride 2: four products a pixel and channel instead of nine, and equal results. What is
doubled and each of the skips beside it are convolved apart and added.
"""

from collections.abc import Sequence
from typing import Any

import torch
from segmentation_models_pytorch.decoders.unetplusplus.decoder import UnetPlusPlusDecoder
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

# By row and layer.
_Dense = dict[tuple[int, int], Tensor]


class UpsamplingDecoder(nn.Module):
    """Does what a trained decoder of Unet++ does, with half of its products."""

    def __init__(self, decoder: UnetPlusPlusDecoder) -> None:
        """Take over the weights of a decoder in evaluation mode, which is not changed.

        It is one that :func:`has_upsampling` tells.
        """
        super().__init__()
        self.depth: int = decoder.depth
        blocks: dict[str, nn.Module] = {}
        for key, block in decoder.blocks.items():
            _, row, layer = key.split("_")
            # In its first row a block doubles the decoder's features, below those of the encoder.
            channels = (
                decoder.in_channels[int(layer)]
                if row == "0"
                else decoder.skip_channels[int(layer) - 1]
            )
            skip_count = int(layer) - int(row) + 1 if int(layer) < self.depth else 0
            blocks[key] = UpsamplingBlock(block, image_channels=channels, skip_count=skip_count)
        self.blocks = nn.ModuleDict(blocks)

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Return ``(B, C, H, W)`` for the features of all stages, the image itself first."""
        stages = features[:0:-1]
        deep: _Dense = {}
        self._fill(deep, stages, range(self.depth - 1))
        # The largest features of an image fit into a processor's cache, those of several do not.
        count = max(1, len(features[0]))
        together = 1 if features[0].device.type == "cpu" else count
        decoded: list[Tensor] = []
        for start in range(0, count, together):
            some = slice(start, start + together)
            dense = {place: one[some] for place, one in deep.items()}
            self._fill(dense, [one[some] for one in stages], range(self.depth - 1, self.depth))
            decoded.append(self.blocks[f"x_0_{self.depth}"](dense[0, self.depth - 1]))
        return torch.cat(decoded)

    def _fill(self, dense: _Dense, stages: Sequence[Tensor], layers: range) -> None:
        """Add what the blocks of some layers give; those before are there."""
        for step in range(self.depth):
            for row in range(self.depth - step):
                layer = row + step
                if layer not in layers:
                    continue
                image = dense[row, layer - 1] if step else stages[row]
                skips = [dense[k, layer] for k in range(row + 1, layer + 1)]
                skips.append(stages[layer + 1])
                dense[row, layer] = self.blocks[f"x_{row}_{layer}"](image, *skips)


class UpsamplingBlock(nn.Module):
    """A block of the decoder with its batch norms folded into its convolutions."""

    def __init__(self, block: nn.Module, *, image_channels: int, skip_count: int) -> None:
        """Take over the weights of a block.

        Args:
            block: Two groups of convolution, batch norm and activation.
            image_channels: Channels of what is doubled; the others are those of the skips.
            skip_count: Number of skips, all of the same size.
        """
        super().__init__()
        # smp declares these groups as plain modules.
        group1: Any = block.conv1
        group2: Any = block.conv2
        first = fuse_conv_bn_eval(group1[0], group1[1])
        image, skip = first.weight.detach().tensor_split([image_channels], dim=1)
        out_channels = first.out_channels
        self.image = nn.ConvTranspose2d(image_channels, out_channels, 4, stride=2, padding=1)
        self.image.weight.data = doubling_weight(image)
        self.image.bias = first.bias
        # Skips are never joined: adding what becomes of each is faster than copying all.
        weights = skip.tensor_split(skip_count, dim=1) if skip_count else ()
        self.skips = nn.ModuleList(
            nn.Conv2d(weight.shape[1], out_channels, 3, padding=1, bias=False) for weight in weights
        )
        for convolution, weight in zip(self.skips, weights, strict=True):
            convolution.weight.data = weight.contiguous()
        self.rest = nn.Sequential(group1[2], fuse_conv_bn_eval(group2[0], group2[1]), group2[2])

    def forward(self, image: Tensor, *skips: Tensor) -> Tensor:
        """Return ``(B, out, 2 H, 2 W)`` for an image ``(B, C, H, W)``, skips of twice its size."""
        features = self.image(image)
        for convolution, skip in zip(self.skips, skips, strict=True):
            features = features.add_(convolution(skip))
        return self.rest(features)


def has_upsampling(decoder: nn.Module) -> bool:
    """Return whether a decoder can be rewritten: Unet++ with batch norms, without attention.

    Encoders without a stage of half the size leave some of its blocks without channels.
    """
    if not isinstance(decoder, UnetPlusPlusDecoder):
        return False
    blocks: Any = decoder.blocks.values()
    return all(
        not block.is_empty
        and block.interpolation_mode == "nearest"
        and isinstance(block.attention1.attention, nn.Identity)
        and all(isinstance(group[1], nn.BatchNorm2d) for group in (block.conv1, block.conv2))
        for block in blocks
    )


def doubling_weight(weight: Tensor) -> Tensor:
    """Return the transposed convolution that doubles by nearest pixels and convolves.

    Args:
        weight: ``(out, in, 3, 3)`` of the convolution of the doubled image, padded by one.

    Returns:
        ``(in, out, 4, 4)`` for stride 2 and padding 1.
    """
    flipped = weight.transpose(0, 1).flip(2, 3)
    # Each of the four copies of a pixel spreads by the flipped kernel, one pixel further on.
    spread = [
        functional.pad(flipped, (col, 1 - col, row, 1 - row)) for row in (0, 1) for col in (0, 1)
    ]
    return spread[0] + spread[1] + spread[2] + spread[3]
