"""Losses equal hand arithmetic, and those of segmentation_models_pytorch without weights."""

import math

import pytest
import segmentation_models_pytorch as smp
import torch
from torch import Tensor

from ejmap_ml.config.training_config import (
    BceLossConfig,
    DiceBceLossConfig,
    DiceLossConfig,
    FocalLossConfig,
    JaccardLossConfig,
    Loss,
    RangeDiceBceLossConfig,
)
from ejmap_ml.training.losses import BinaryLoss, build_loss

# Probabilities 0.75, 0.25, 0.5 against targets 1, 0, 0.
LOGITS = torch.tensor([[math.log(3), -math.log(3), 0.0]], dtype=torch.float64)
TARGET = torch.tensor([[1.0, 0.0, 0.0]], dtype=torch.float64)
EASY, HALF = -math.log(0.75), math.log(2)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param(DiceLossConfig(), 1 - 2 * 0.75 / (1.5 + 1), id="dice"),
        pytest.param(JaccardLossConfig(), 1 - 0.75 / (1.5 + 1 - 0.75), id="jaccard"),
        pytest.param(BceLossConfig(), (2 * EASY + HALF) / 3, id="bce"),
        pytest.param(BceLossConfig(positive_weight=4), (5 * EASY + HALF) / 3, id="bce-positive"),
        pytest.param(
            DiceBceLossConfig(dice_share=0.25), 0.25 * 0.4 + 0.75 * (2 * EASY + HALF) / 3, id="mix"
        ),
        pytest.param(
            FocalLossConfig(alpha=0.1, gamma=2),
            (0.1 * EASY / 16 + 0.9 * EASY / 16 + 0.9 * HALF / 4) / 3,
            id="focal",
        ),
    ],
)
def test_losses_equal_hand_arithmetic(config: Loss, expected: float) -> None:
    """Three pixels, written out."""
    assert float(build_loss(config)(LOGITS, TARGET)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("config", "oracle"),
    [
        (DiceLossConfig(), smp.losses.DiceLoss("binary")),
        (JaccardLossConfig(), smp.losses.JaccardLoss("binary")),
        (BceLossConfig(), smp.losses.SoftBCEWithLogitsLoss()),
        (
            FocalLossConfig(alpha=0.1, normalized=True),
            smp.losses.FocalLoss("binary", alpha=0.1, normalized=True),
        ),
        (FocalLossConfig(alpha=0.7), smp.losses.FocalLoss("binary", alpha=0.7)),
        (FocalLossConfig(alpha=None), smp.losses.FocalLoss("binary")),
    ],
)
def test_losses_equal_those_of_smp(config: Loss, oracle: torch.nn.Module) -> None:
    """Values and gradients on random tiles."""
    generator = torch.Generator().manual_seed(0)
    target = (torch.rand((3, 1, 8, 8), generator=generator) > 0.7).double()
    logits = torch.randn((3, 1, 8, 8), generator=generator, dtype=torch.float64)
    ours, theirs = logits.clone().requires_grad_(), logits.clone().requires_grad_()

    loss, expected = build_loss(config)(ours, target), oracle(theirs, target)
    loss.backward()
    expected.backward()

    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)
    torch.testing.assert_close(ours.grad, theirs.grad)


@pytest.mark.parametrize("config", [DiceLossConfig(), JaccardLossConfig()])
def test_a_batch_without_ejecta_costs_nothing(config: Loss) -> None:
    """As in smp: overlap with nothing is undefined."""
    assert float(build_loss(config)(LOGITS, torch.zeros_like(TARGET))) == 0


ALL = [
    DiceLossConfig(),
    JaccardLossConfig(),
    BceLossConfig(),
    DiceBceLossConfig(),
    FocalLossConfig(),
]


@pytest.mark.parametrize("config", ALL, ids=lambda config: config.kind)
def test_a_pixel_of_weight_zero_does_not_count(config: Loss) -> None:
    """Weights of 0 and 1 are the loss of the pixels of weight 1."""
    weight = torch.tensor([[1.0, 1.0, 0.0]], dtype=torch.float64)

    weighted = build_loss(config)(LOGITS, TARGET, weight)

    assert float(weighted) == pytest.approx(float(build_loss(config)(LOGITS[:, :2], TARGET[:, :2])))


@pytest.mark.parametrize("config", ALL, ids=lambda config: config.kind)
def test_a_weight_of_two_is_the_pixel_twice(config: Loss) -> None:
    """Weights act as counts; their common scale does not matter."""
    loss: BinaryLoss = build_loss(config)
    weight = torch.tensor([[2.0, 4.0, 2.0]], dtype=torch.float64)

    def twice(values: Tensor) -> Tensor:
        return torch.cat([values, values[:, 1:2]], dim=1)

    assert float(loss(LOGITS, TARGET, weight)) == pytest.approx(
        float(loss(twice(LOGITS), twice(TARGET)))
    )


def test_every_range_of_a_sample_has_a_dice_loss_of_its_own() -> None:
    """Two samples of four rows in two ranges, written out; ranges without ejecta do not count."""
    config = RangeDiceBceLossConfig(dice_share=0.5, ranges=2, floor_share=0.1)
    generator = torch.Generator().manual_seed(3)
    logits = torch.randn((2, 1, 4, 3), generator=generator, dtype=torch.float64)
    weight = torch.rand((2, 1, 4, 3), generator=generator, dtype=torch.float64)
    target = torch.zeros_like(logits)
    target[0, 0, 1, 2] = target[0, 0, 2] = target[1, 0, 3, 0] = 1

    p, floor = logits.sigmoid(), 0.1 * weight.sum() / 4
    dice = []
    for sample, rows in ((0, slice(0, 2)), (0, slice(2, 4)), (1, slice(2, 4))):
        w, q, t = (one[sample, 0, rows] for one in (weight, p, target))
        dice.append(1 - 2 * (w * q * t).sum() / ((w * q).sum() + (w * t).sum() + floor))
    entropy = -(target * p.log() + (1 - target) * (1 - p).log())
    expected = 0.5 * sum(dice) / 3 + 0.5 * (weight * entropy).sum() / weight.sum()

    assert float(build_loss(config)(logits, target, weight)) == pytest.approx(float(expected))
