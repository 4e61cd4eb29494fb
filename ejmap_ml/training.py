"""One run of Lightning's trainer: epochs, callbacks, precision and device."""

import logging
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import EarlyStopping, LambdaCallback

from ejmap_ml.binary_task import VALIDATION_F1, BinaryTask
from ejmap_ml.checkpoints import LAST, BestAndLast
from ejmap_ml.config import ModelConfig
from ejmap_ml.progress import ProgressLine, Report
from ejmap_ml.samples import FitData, SampleSet
from ejmap_ml.sampling import BatchLoader, SerialBatches, ShardBatches

CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class EpochPlan:
    """Order of the training samples and number of epochs."""

    batches: ShardBatches
    epochs: int


def plan_epochs(config: ModelConfig, train: SampleSet, *, seed: int) -> EpochPlan:
    """Plan the epochs.

    A number of steps is cut into epochs of equal length, rounded up, the last of them validated.
    """
    training = config.training
    batches = ShardBatches(
        train.shards,
        batch_size=training.batch_size,
        seed=seed,
        drop_incomplete=training.drop_incomplete_batch,
    )
    if training.max_epochs is not None:
        return EpochPlan(batches, training.max_epochs)
    assert training.max_steps is not None  # noqa: S101 - the configuration has one of the two
    period = training.validate_every_epochs
    epochs = period * -(-training.max_steps // (period * len(batches)))
    return EpochPlan(batches.limited(-(-training.max_steps // epochs)), epochs)


def train(
    task: BinaryTask,
    plan: EpochPlan,
    *,
    config: ModelConfig,
    data: FitData,
    folder: Path,
    report: Report | None,
    is_resumed: bool,
) -> BestAndLast:
    """Train ``task`` and return the keeper of its best weights.

    Args:
        task: What is trained.
        plan: Order and number of epochs.
        config: How it is trained.
        data: What it is trained on.
        folder: Where checkpoints lie.
        report: Receives progress lines; None writes them to the terminal or log.
        is_resumed: Whether to go on from the last checkpoint in ``folder``.
    """
    training = config.training
    keeper = BestAndLast(folder, every_epochs=training.validate_every_epochs)
    progress = ProgressLine(config.name, total_steps=plan.epochs * len(plan.batches), report=report)
    ordering = LambdaCallback(
        on_train_epoch_start=lambda trainer, _: plan.batches.set_epoch(trainer.current_epoch)
    )
    callbacks: list[pl.Callback] = [ordering, progress, keeper]
    validation = None
    if data.validation is not None and data.is_validated:
        serial = SerialBatches(len(data.validation), batch_size=training.batch_size)
        validation = BatchLoader(data.validation, serial)
        if training.patience is not None:
            callbacks.append(
                EarlyStopping(
                    VALIDATION_F1,
                    mode="max",
                    patience=training.patience,
                    check_on_train_epoch_end=False,
                )
            )
    with _quiet_lightning():
        trainer = pl.Trainer(
            accelerator="auto",
            devices=1,
            precision=_precision(config),
            max_epochs=plan.epochs,
            check_val_every_n_epoch=training.validate_every_epochs,
            gradient_clip_val=training.gradient_clip,
            callbacks=callbacks,
            logger=False,
            enable_checkpointing=True,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            default_root_dir=folder,
        )
        trainer.fit(
            task,
            BatchLoader(data.train, plan.batches),
            validation,
            ckpt_path=folder / LAST if is_resumed else None,
            weights_only=True,
        )
    return keeper


def _precision(config: ModelConfig) -> Literal["32-true", "16-mixed", "bf16-mixed"]:
    wanted = config.training.precision
    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        return "16-mixed"
    return "bf16-mixed" if _multiplies_bfloat16() else "32-true"


def _multiplies_bfloat16() -> bool:
    """Return whether the processor itself multiplies bfloat16; elsewhere float32 is faster."""
    try:
        flags = CPU_INFO.read_text(encoding="utf-8")
    except OSError:
        return False
    return any(flag in flags for flag in ("avx512_bf16", "amx_bf16"))


@contextmanager
def _quiet_lightning() -> Generator[None]:
    """Keep Lightning's notes on hardware and products out of the log; its warnings still come."""
    loggers = [logging.getLogger(f"lightning.{part}") for part in ("pytorch", "fabric")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            # Lightning 2.6 asks torch for a class that torch 2.10 deprecated; nothing we pass
            # changes that.
            warnings.filterwarnings(
                "ignore", message=r".*isinstance\(treespec, LeafSpec\)", category=FutureWarning
            )
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
