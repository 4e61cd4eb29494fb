"""Progress of training: one line that says how far, how good and how long still."""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import lightning.pytorch as pl
from lightning.pytorch.callbacks import Callback

from ejmap_ml.config.training_config import ValidationMetric
from ejmap_ml.training.binary_task import VALIDATION

Report = Callable[[str], None]
TERMINAL_INTERVAL_S = 0.5
LOG_INTERVAL_S = 15.0
# How scores are written; others by their names.
WRITTEN = {"f1": "F1", "iou": "IoU"}


class ProgressLine(Callback):
    """Report a line now and then, and one at the end.

    Without ``report`` the line is rewritten in place on a terminal and printed anew, less often, in
    a log file. With one, the receiver decides how often it shows what it is told.
    """

    def __init__(
        self,
        name: str,
        *,
        total_steps: int,
        metric: ValidationMetric = "f1",
        report: Report | None = None,
    ) -> None:
        self._name = name
        self._metric: ValidationMetric = metric
        self._total_steps = total_steps
        self._is_live = report is None and sys.stderr.isatty()
        self._report = report or (_rewrite if self._is_live else _print)
        is_frequent = self._is_live or report is not None
        self._interval_s = TERMINAL_INTERVAL_S if is_frequent else LOG_INTERVAL_S
        self._started_s = self._reported_s = 0.0
        self._first_step = 0

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:  # noqa: ARG002 - the signature is Lightning's
        """Start the clock."""
        self._started_s = self._reported_s = time.monotonic()
        self._first_step = trainer.global_step

    def on_train_batch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,  # noqa: ARG002 - the signature is Lightning's
        outputs: Any,  # noqa: ANN401 - the signature is Lightning's
        batch: Any,  # noqa: ANN401, ARG002 - the signature is Lightning's
        batch_idx: int,  # noqa: ARG002 - the signature is Lightning's
    ) -> None:
        """Report when enough time has passed since the last line."""
        now_s = time.monotonic()
        if now_s - self._reported_s >= self._interval_s:
            self._reported_s = now_s
            self._report(self._line(trainer, loss=float(outputs["loss"])))

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:  # noqa: ARG002 - the signature is Lightning's
        """Report how training ended."""
        seconds = timedelta(seconds=round(time.monotonic() - self._started_s))
        self._report(
            f"{self._name}: trained {trainer.global_step} steps in {seconds}{self._score(trainer)}"
        )
        if self._is_live:
            sys.stderr.write("\n")

    def _line(self, trainer: pl.Trainer, *, loss: float) -> str:
        step = trainer.global_step
        pace_s = (time.monotonic() - self._started_s) / max(step - self._first_step, 1)
        left = timedelta(seconds=round(pace_s * max(self._total_steps - step, 0)))
        return (
            f"{self._name}: step {step}/{self._total_steps}, loss {loss:.3f}"
            f"{self._score(trainer)}, at most {left} left"
        )

    def _score(self, trainer: pl.Trainer) -> str:
        value = trainer.callback_metrics.get(VALIDATION + self._metric)
        name = WRITTEN.get(self._metric, self._metric)
        return "" if value is None else f", validation {name} {float(value):.3f}"


def _rewrite(line: str) -> None:
    sys.stderr.write(f"\r\x1b[K{line}")
    sys.stderr.flush()


def _print(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
