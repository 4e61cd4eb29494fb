"""Optimizers and learning-rate schedules from configurations."""

from collections.abc import Iterable
from typing import Literal, NamedTuple, assert_never

from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    LinearLR,
    LRScheduler,
    OneCycleLR,
    SequentialLR,
    StepLR,
)

from ejmap_ml.config import training_config as configs


class Schedule(NamedTuple):
    """A schedule and how often it advances."""

    scheduler: LRScheduler
    interval: Literal["epoch", "step"]


def build_optimizer(config: configs.Optimizer, parameters: Iterable[nn.Parameter]) -> Optimizer:
    """Return the optimizer that ``config`` names."""
    match config:
        case configs.AdamConfig():
            return Adam(parameters, lr=config.learning_rate, weight_decay=config.weight_decay)
        case configs.AdamWConfig():
            return AdamW(parameters, lr=config.learning_rate, weight_decay=config.weight_decay)
        case configs.SgdConfig():
            return SGD(
                parameters,
                lr=config.learning_rate,
                momentum=config.momentum,
                weight_decay=config.weight_decay,
            )
        case _:
            assert_never(config)


def build_schedule(
    config: configs.Scheduler,
    optimizer: Optimizer,
    *,
    warmup: configs.WarmupConfig | None,
    total_steps: int,
) -> Schedule | None:
    """Return the schedule that ``config`` and ``warmup`` name, None when the rate never changes.

    Args:
        config: The schedule after the warmup.
        optimizer: What it schedules.
        warmup: Linear rise in front of it.
        total_steps: Optimizer steps of the whole training, which one cycle spans.
    """
    if isinstance(config, configs.OneCycleConfig):
        return Schedule(_one_cycle(config, optimizer, total_steps=total_steps), "step")
    if warmup is None:
        scheduler = _by_epoch(config, optimizer)
        return None if scheduler is None else Schedule(scheduler, "epoch")
    rise = LinearLR(optimizer, start_factor=warmup.start, total_iters=warmup.epochs)
    main = _by_epoch(config, optimizer)
    if main is None:
        return Schedule(rise, "epoch")
    return Schedule(SequentialLR(optimizer, [rise, main], milestones=[warmup.epochs]), "epoch")


def _one_cycle(
    config: configs.OneCycleConfig, optimizer: Optimizer, *, total_steps: int
) -> OneCycleLR:
    return OneCycleLR(
        optimizer,
        max_lr=[group["lr"] for group in optimizer.param_groups],
        total_steps=total_steps,
        pct_start=config.rise_share,
        cycle_momentum=False,
    )


def _by_epoch(
    config: configs.ConstantConfig
    | configs.StepConfig
    | configs.CosineConfig
    | configs.CosineRestartsConfig,
    optimizer: Optimizer,
) -> LRScheduler | None:
    match config:
        case configs.ConstantConfig():
            return None
        case configs.StepConfig():
            return StepLR(optimizer, step_size=config.step_epochs, gamma=config.gamma)
        case configs.CosineConfig():
            return CosineAnnealingLR(optimizer, T_max=config.period_epochs, eta_min=config.minimum)
        case configs.CosineRestartsConfig():
            return CosineAnnealingWarmRestarts(
                optimizer, T_0=config.period_epochs, T_mult=config.growth, eta_min=config.minimum
            )
        case _:
            assert_never(config)
