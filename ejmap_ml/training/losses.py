"""Losses of one-logit tasks, with an optional weight for every pixel.

Without weights they equal those of segmentation_models_pytorch, which knows no weights (polar views
weigh a cell by its area on the ground).
"""

from functools import partial
from typing import Protocol, assert_never

import torch
from torch import Tensor
from torch.nn import functional

from ejmap_ml.config.training_config import (
    BceLossConfig,
    DiceBceLossConfig,
    DiceLossConfig,
    FocalLossConfig,
    JaccardLossConfig,
    Loss,
    RangeDiceBceLossConfig,
)

EPSILON = 1e-7
FOCAL_EPSILON = 1e-6


class BinaryLoss(Protocol):
    """A loss of logits against targets of the same shape."""

    def __call__(self, logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return a scalar; ``target`` and ``weight`` have the shape of ``logits``."""
        ...


def _dice(logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Return one minus the Dice score of the batch; 0 when the batch holds no target."""
    overlap, predicted, wanted = _soft_counts(logits, target, weight)
    score = 2 * overlap / (predicted + wanted).clamp_min(EPSILON)
    return (1 - score) * (wanted > 0)


def _jaccard(logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Return one minus intersection over union; 0 when the batch holds no target."""
    overlap, predicted, wanted = _soft_counts(logits, target, weight)
    score = overlap / (predicted + wanted - overlap).clamp_min(EPSILON)
    return (1 - score) * (wanted > 0)


def _bce(
    logits: Tensor, target: Tensor, weight: Tensor | None = None, *, positive_weight: float = 1.0
) -> Tensor:
    """Return the weighted mean of the binary cross-entropy."""
    positive = torch.tensor(positive_weight, dtype=logits.dtype, device=logits.device)
    entropy = functional.binary_cross_entropy_with_logits(
        logits, target, reduction="none", pos_weight=positive
    )
    return _mean(entropy, weight)


def _dice_bce(
    logits: Tensor, target: Tensor, weight: Tensor | None = None, *, dice_share: float
) -> Tensor:
    """Return a share of the Dice loss plus the rest of binary cross-entropy."""
    dice = _dice(logits, target, weight)
    return dice_share * dice + (1 - dice_share) * _bce(logits, target, weight)


def _range_dice_bce(
    logits: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    config: RangeDiceBceLossConfig,
) -> Tensor:
    """Return the mean Dice loss of the blocks of rows that hold ejecta, plus cross-entropy."""
    weights = torch.ones_like(logits) if weight is None else weight
    probability = logits.sigmoid()

    def total(values: Tensor) -> Tensor:
        # (B, 1, rows, cols): rows that follow each other make a block.
        return values.reshape(len(values), config.ranges, -1).sum(dim=2)

    wanted = total(weights * target)
    floor = config.floor_share * total(weights).mean()
    both = total(weights * probability) + wanted + floor
    score = 2 * total(weights * probability * target) / both.clamp_min(EPSILON)
    has_ejecta = wanted > 0
    dice = ((1 - score) * has_ejecta).sum() / has_ejecta.sum().clamp_min(1)
    return config.dice_share * dice + (1 - config.dice_share) * _bce(logits, target, weight)


def _focal(
    logits: Tensor, target: Tensor, weight: Tensor | None = None, *, config: FocalLossConfig
) -> Tensor:
    """Return the focal loss as in segmentation_models_pytorch.

    When normalized it is divided by the sum of the fading factors and then, as there, averaged over
    the pixels all the same: published learning rates assume that size.
    """
    entropy = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    fading = (1 - torch.exp(-entropy)) ** config.gamma
    loss = fading * entropy
    if config.alpha is not None:
        loss = loss * (config.alpha * target + (1 - config.alpha) * (1 - target))
    if config.normalized:
        loss = loss / fading.sum().clamp_min(FOCAL_EPSILON)
    return _mean(loss, weight)


def build_loss(config: Loss) -> BinaryLoss:
    """Return the loss that ``config`` names."""
    match config:
        case DiceLossConfig():
            return _dice
        case JaccardLossConfig():
            return _jaccard
        case BceLossConfig():
            return partial(_bce, positive_weight=config.positive_weight)
        case DiceBceLossConfig():
            return partial(_dice_bce, dice_share=config.dice_share)
        case RangeDiceBceLossConfig():
            return partial(_range_dice_bce, config=config)
        case FocalLossConfig():
            return partial(_focal, config=config)
        case _:
            assert_never(config)


def _mean(loss: Tensor, weight: Tensor | None) -> Tensor:
    if weight is None:
        return loss.mean()
    return (loss * weight).sum() / weight.sum().clamp_min(EPSILON)


def _soft_counts(
    logits: Tensor, target: Tensor, weight: Tensor | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the weighted sums of overlap, prediction and target over the whole batch."""
    probability = logits.sigmoid()
    weights = torch.ones_like(logits) if weight is None else weight
    return (
        (weights * probability * target).sum(),
        (weights * probability).sum(),
        (weights * target).sum(),
    )
