"""Losses of one-logit tasks, with an optional weight for every pixel.

Without weights they equal those of segmentation_models_pytorch, which knows no weights (polar views
weigh a cell by its area on the ground).
"""

from typing import Protocol, assert_never

import torch
from torch import Tensor, nn
from torch.nn import functional

from ejmap_ml.config.training_config import (
    BceLossConfig,
    DiceBceLossConfig,
    DiceLossConfig,
    FocalLossConfig,
    JaccardLossConfig,
    Loss,
)

EPSILON = 1e-7
FOCAL_EPSILON = 1e-6


class BinaryLoss(Protocol):
    """A loss of logits against targets of the same shape."""

    def __call__(self, logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return a scalar; ``target`` and ``weight`` have the shape of ``logits``."""
        ...


class DiceLoss(nn.Module):
    """One minus the Dice score of the batch; 0 when the batch holds no target."""

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of ``logits`` against ``target``, both of any one shape."""
        overlap, predicted, wanted = _soft_counts(logits, target, weight)
        score = 2 * overlap / (predicted + wanted).clamp_min(EPSILON)
        return (1 - score) * (wanted > 0)


class JaccardLoss(nn.Module):
    """One minus intersection over union of the batch; 0 when the batch holds no target."""

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of ``logits`` against ``target``, both of any one shape."""
        overlap, predicted, wanted = _soft_counts(logits, target, weight)
        score = overlap / (predicted + wanted - overlap).clamp_min(EPSILON)
        return (1 - score) * (wanted > 0)


class BceLoss(nn.Module):
    """Weighted mean of the binary cross-entropy."""

    def __init__(self, *, positive_weight: float = 1.0) -> None:
        super().__init__()
        self.positive_weight = positive_weight

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of ``logits`` against ``target``, both of any one shape."""
        positive = torch.tensor(self.positive_weight, dtype=logits.dtype, device=logits.device)
        entropy = functional.binary_cross_entropy_with_logits(
            logits, target, reduction="none", pos_weight=positive
        )
        if weight is None:
            return entropy.mean()
        return (entropy * weight).sum() / weight.sum().clamp_min(EPSILON)


class DiceBceLoss(nn.Module):
    """A share of the Dice loss plus the rest of binary cross-entropy."""

    def __init__(self, *, dice_share: float) -> None:
        super().__init__()
        self.dice_share = dice_share
        self.dice = DiceLoss()
        self.bce = BceLoss()

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of ``logits`` against ``target``, both of any one shape."""
        dice = self.dice(logits, target, weight)
        return self.dice_share * dice + (1 - self.dice_share) * self.bce(logits, target, weight)


class FocalLoss(nn.Module):
    """Focal loss as in segmentation_models_pytorch.

    When normalized it is divided by the sum of the fading factors and then, as there, averaged over
    the pixels all the same: published learning rates assume that size.
    """

    def __init__(self, *, alpha: float | None, gamma: float, normalized: bool) -> None:
        super().__init__()
        self.alpha = alpha
        self.gamma = gamma
        self.normalized = normalized

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss of ``logits`` against ``target``, both of any one shape."""
        entropy = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
        fading = (1 - torch.exp(-entropy)) ** self.gamma
        loss = fading * entropy
        if self.alpha is not None:
            loss = loss * (self.alpha * target + (1 - self.alpha) * (1 - target))
        if self.normalized:
            loss = loss / fading.sum().clamp_min(FOCAL_EPSILON)
        if weight is None:
            return loss.mean()
        return (loss * weight).sum() / weight.sum().clamp_min(EPSILON)


def build_loss(config: Loss) -> BinaryLoss:
    """Return the loss that ``config`` names."""
    match config:
        case DiceLossConfig():
            return DiceLoss()
        case JaccardLossConfig():
            return JaccardLoss()
        case BceLossConfig():
            return BceLoss(positive_weight=config.positive_weight)
        case DiceBceLossConfig():
            return DiceBceLoss(dice_share=config.dice_share)
        case FocalLossConfig():
            return FocalLoss(alpha=config.alpha, gamma=config.gamma, normalized=config.normalized)
        case _:
            assert_never(config)


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
