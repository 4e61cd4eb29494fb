"""Schedules give the learning rates that their formulas give."""

import math

import pytest
import torch
from torch import nn

from ejmap_ml.config.training_config import (
    AdamConfig,
    AdamWConfig,
    ConstantConfig,
    CosineConfig,
    CosineRestartsConfig,
    OneCycleConfig,
    Scheduler,
    SgdConfig,
    StepConfig,
    WarmupConfig,
)
from ejmap_ml.training.optim import build_optimizer, build_schedule


def _rates(config: Scheduler, *, warmup: WarmupConfig | None = None, count: int = 8) -> list[float]:
    parameter = nn.Parameter(torch.zeros(1))
    optimizer = build_optimizer(AdamConfig(learning_rate=1.0), [parameter])
    schedule = build_schedule(config, optimizer, warmup=warmup, total_steps=count)
    rates = []
    for _ in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if schedule is not None:
            schedule.scheduler.step()
    return rates


def _cosine(epoch: int, period: int) -> float:
    return (1 + math.cos(math.pi * epoch / period)) / 2


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param(ConstantConfig(), [1.0] * 8, id="constant"),
        pytest.param(StepConfig(step_epochs=3, gamma=0.5), [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25],
                     id="step"),
        pytest.param(CosineConfig(period_epochs=8), [_cosine(e, 8) for e in range(8)], id="cosine"),
        pytest.param(
            CosineRestartsConfig(period_epochs=3), [_cosine(e % 3, 3) for e in range(8)],
            id="restarts",
        ),
    ],
)  # fmt: skip
def test_rates_by_epoch(config: Scheduler, expected: list[float]) -> None:
    """From hand arithmetic."""
    assert _rates(config) == pytest.approx(expected)


def test_a_warmup_rises_before_the_schedule() -> None:
    """From 0.01 over four epochs, then the schedule from its beginning."""
    rates = _rates(StepConfig(step_epochs=2, gamma=0.5), warmup=WarmupConfig(epochs=4))

    assert rates == pytest.approx([0.01, 0.2575, 0.505, 0.7525, 1, 1, 0.5, 0.5])


def test_a_warmup_can_stand_alone() -> None:
    """A constant rate after it."""
    assert _rates(ConstantConfig(), warmup=WarmupConfig(epochs=2))[:3] == pytest.approx(
        [0.01, 0.505, 1]
    )


def test_one_cycle_rises_and_falls_to_nothing() -> None:
    """The highest rate comes after the rise."""
    rates = _rates(OneCycleConfig(rise_share=0.25), count=21)

    assert max(rates) == rates[4] or max(rates) == pytest.approx(1, abs=0.01)
    assert rates[0] < 0.05
    assert rates[-1] < 0.01


def test_optimizers_carry_their_options() -> None:
    """Names and weight decay."""
    parameter = nn.Parameter(torch.zeros(1))

    optimizer = build_optimizer(AdamWConfig(learning_rate=0.1, weight_decay=0.5), [parameter])

    assert type(optimizer) is torch.optim.AdamW
    assert optimizer.defaults["weight_decay"] == 0.5


def test_gradient_descent_steps_by_rate_times_gradient() -> None:
    """Twice along a slope of 3, the second time with nine tenths of the first step on top."""
    parameter = nn.Parameter(torch.zeros(1))
    optimizer = build_optimizer(SgdConfig(learning_rate=0.1, momentum=0.9), [parameter])
    places = []

    for _ in range(2):
        optimizer.zero_grad()
        (3 * parameter).sum().backward()
        optimizer.step()
        places.append(parameter.item())

    assert places == pytest.approx([-0.3, -0.3 - 0.3 * 1.9])


def test_one_cycle_may_rise_for_a_single_step() -> None:
    """A tenth of ten steps; torch would divide by the length of the rise, which is 0."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = build_optimizer(SgdConfig(learning_rate=0.1), [parameter])

    schedule = build_schedule(
        OneCycleConfig(rise_share=0.1), optimizer, warmup=None, total_steps=10
    )

    assert schedule is not None
    rates = []
    for _ in range(9):
        optimizer.step()
        schedule.scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    assert max(rates) <= 0.1
    assert rates[-1] < 0.001
