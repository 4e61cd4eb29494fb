"""One run of Lightning's trainer: epochs, callbacks, precision and device."""

import logging
import math
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import EarlyStopping, LambdaCallback

from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.samples import FitData
from ejmap_ml.sampling.batches import BatchLoader, ShardBatches, serial_batches
from ejmap_ml.sampling.sampling_weights import training_batches
from ejmap_ml.training.binary_task import VALIDATION, BinaryTask
from ejmap_ml.training.checkpoints import LAST, BestAndLast, EpochLog
from ejmap_ml.training.progress import ProgressLine, Report

CPU_INFO = Path("/proc/cpuinfo")
# Columns of a history that are no scores.
COUNTERS = frozenset({"epoch", "step"})


@dataclass(frozen=True, slots=True)
class EpochPlan:
    """Order of the training samples and number of epochs."""

    batches: ShardBatches
    epochs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLog:
    """Where a training leaves its traces.

    Attributes:
        folder: Folder of checkpoints and ``history.csv``.
        events: Folder of TensorBoard's event files; None writes none.
        report: Receives progress lines; None writes them to the terminal or log.
    """

    folder: Path
    events: Path | None = None
    report: Report | None = None


def plan_epochs(config: ModelConfig, data: FitData, *, seed: int) -> EpochPlan:
    """Plan the epochs.

    A number of steps is cut into epochs of equal length, rounded up, the last of them validated.

    Raises:
        SampleError: There is no sample, or nothing that tells how to weigh samples.
    """
    training = config.training
    batches = training_batches(
        data.train,
        data.train_table,
        sampling=config.sampling,
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
    log: TrainingLog,
    is_resumed: bool,
) -> BestAndLast:
    """Train ``task`` and return the keeper of its best weights.

    Args:
        task: What is trained.
        plan: Order and number of epochs.
        config: How it is trained.
        data: What it is trained on.
        log: Where checkpoints and scores go.
        is_resumed: Whether to go on from the last checkpoint.
    """
    training = config.training
    with event_log(log.events) as write_events, quiet_lightning():
        keeper = BestAndLast(
            log.folder,
            every_epochs=training.validate_every_epochs,
            watched=VALIDATION + training.validation_metric,
            log=write_events,
        )
        trainer = pl.Trainer(
            accelerator="auto",
            devices=1,
            precision=_precision(config),
            max_epochs=plan.epochs,
            check_val_every_n_epoch=training.validate_every_epochs,
            gradient_clip_val=training.gradient_clip,
            callbacks=[*_callbacks(plan, config, data=data, report=log.report), keeper],
            logger=False,
            enable_checkpointing=True,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            default_root_dir=log.folder,
        )
        trainer.fit(
            task,
            BatchLoader(data.train, plan.batches),
            _validation(data, batch_size=training.batch_size),
            ckpt_path=log.folder / LAST if is_resumed else None,
            weights_only=True,
        )
    return keeper


def _callbacks(
    plan: EpochPlan, config: ModelConfig, *, data: FitData, report: Report | None
) -> list[pl.Callback]:
    training = config.training
    ordering = LambdaCallback(
        on_train_epoch_start=lambda trainer, _: plan.batches.set_epoch(trainer.current_epoch)
    )
    progress = ProgressLine(
        config.name,
        total_steps=plan.epochs * len(plan.batches),
        metric=training.validation_metric,
        report=report,
    )
    if training.patience is None or not data.is_validated:
        return [ordering, progress]
    stopping = EarlyStopping(
        VALIDATION + training.validation_metric,
        mode="max",
        patience=training.patience,
        check_on_train_epoch_end=False,
    )
    return [ordering, progress, stopping]


def _validation(data: FitData, *, batch_size: int) -> BatchLoader | None:
    if data.validation is None or not data.is_validated:
        return None
    return BatchLoader(data.validation, serial_batches(data.validation, batch_size=batch_size))


def _precision(config: ModelConfig) -> Literal["32-true", "16-mixed", "bf16-mixed"]:
    wanted = config.training.precision
    if wanted != "auto":
        return wanted
    if torch.cuda.is_available():
        has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
        return "bf16-mixed" if has_bfloat16 else "16-mixed"
    return "bf16-mixed" if multiplies_bfloat16() else "32-true"


def multiplies_bfloat16() -> bool:
    """Return whether the processor itself multiplies bfloat16; elsewhere float32 is faster."""
    try:
        flags = CPU_INFO.read_text(encoding="utf-8")
    except OSError:
        return False
    return any(flag in flags for flag in ("avx512_bf16", "amx_bf16"))


@contextmanager
def event_log(folder: Path | None) -> Generator[EpochLog]:
    """Write the scores of epochs into ``folder`` for TensorBoard.

    TensorBoard is no dependency: ``history.csv`` holds the same scores. Without it, or without a
    folder, nothing is written.
    """
    if folder is None or find_spec("tensorboard") is None:
        yield lambda _: None
        return
    from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 - only where it is installed

    writer = SummaryWriter(log_dir=str(folder))

    def write(scores: Mapping[str, float]) -> None:
        for name, value in scores.items():
            if name not in COUNTERS and math.isfinite(value):
                writer.add_scalar(name, value, int(scores["epoch"]))
        writer.flush()

    try:
        yield write
    finally:
        writer.close()


@contextmanager
def quiet_lightning() -> Generator[None]:
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
