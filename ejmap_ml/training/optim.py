"""Optimizers and learning-rate schedules from configurations."""

import math
from collections.abc import Callable, Iterable, Mapping
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

OPTIMIZERS: Mapping[str, Callable[..., Optimizer]] = {"adam": Adam, "adamw": AdamW, "sgd": SGD}


class Schedule(NamedTuple):
    """A schedule and how often it advances."""

    scheduler: LRScheduler
    interval: Literal["epoch", "step"]


def build_optimizer(config: configs.Optimizer, parameters: Iterable[nn.Parameter]) -> Optimizer:
    """Return the optimizer that ``config`` names."""
    # What a configuration holds beside its learning rate is called as in torch.
    options = config.model_dump(exclude={"kind", "learning_rate"})
    return OPTIMIZERS[config.kind](parameters, lr=config.learning_rate, **options)


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
        # A rise of exactly one step ends where it begins, and torch divides by its length.
        rises_for_one = math.isclose(config.rise_share * total_steps, 1)
        cycle = OneCycleLR(
            optimizer,
            max_lr=[group["lr"] for group in optimizer.param_groups],
            total_steps=total_steps,
            pct_start=config.rise_share * (1.5 if rises_for_one else 1),
            cycle_momentum=False,
        )
        return Schedule(cycle, "step")
    rise = warmup and LinearLR(optimizer, start_factor=warmup.start, total_iters=warmup.epochs)
    main: LRScheduler | None
    match config:
        case configs.ConstantConfig():
            main = None
        case configs.StepConfig():
            main = StepLR(optimizer, step_size=config.step_epochs, gamma=config.gamma)
        case configs.CosineConfig():
            main = CosineAnnealingLR(optimizer, T_max=config.period_epochs, eta_min=config.minimum)
        case configs.CosineRestartsConfig():
            main = CosineAnnealingWarmRestarts(
                optimizer, T_0=config.period_epochs, T_mult=config.growth, eta_min=config.minimum
            )
        case _:
            assert_never(config)
    if warmup is not None and rise is not None and main is not None:
        main = SequentialLR(optimizer, [rise, main], milestones=[warmup.epochs])
    scheduler = main or rise
    return None if scheduler is None else Schedule(scheduler, "epoch")
