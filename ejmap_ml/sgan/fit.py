"""Training a crater classifier: from tiles and labels to what is saved."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Literal

import lightning.pytorch as pl
import numpy as np
import pandas as pd
import torch
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from numpy.typing import NDArray

from ejmap_geo.craters.local_tiles import LocalTiles
from ejmap_ml.bundles.bundle import Provenance
from ejmap_ml.errors import SampleError
from ejmap_ml.sgan.classifier import ClassifierMeaning, CraterClassifier
from ejmap_ml.sgan.config import CraterClassifierConfig
from ejmap_ml.sgan.data import UNLABELLED, DrawnBatches, checked_labels, stretched
from ejmap_ml.sgan.networks import Generator
from ejmap_ml.sgan.task import CraterTask
from ejmap_ml.sgan.tile_sheet import tile_sheet
from ejmap_ml.training.progress import Report
from ejmap_ml.training.trainer import multiplies_bfloat16, quiet_lightning

OTHER, CRATER = "other", "crater"
PICTURED_TILES = 64
PACKAGES = ("torch", "lightning")
# Receives the number of an epoch, from 0, and a picture (rows, cols) of what is generated then.
PictureSink = Callable[[int, NDArray[np.uint8]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CraterFit:
    """A trained crater classifier and how it came about.

    Attributes:
        classifier: The classifier with averaged weights, not yet calibrated.
        history: One row an epoch: epoch, step, train_loss and, in the game, generator_loss.
        seconds: Wall-clock time.
    """

    classifier: CraterClassifier
    history: pd.DataFrame
    seconds: float


def fit_classifier(
    config: CraterClassifierConfig,
    tiles: LocalTiles,
    label: NDArray[np.integer],
    *,
    seed: int,
    classes: tuple[str, ...] = (OTHER, CRATER),
    inputs: Mapping[str, str] | None = None,
    on_picture: PictureSink | None = None,
    report: Report | None = None,
) -> CraterFit:
    """Train a classifier; tiles without a label help it unless it is the supervised baseline.

    Same arguments give the same weights on the same machine with the same number of threads;
    torch's global generator is left as it was. A training is a minute long and is not resumed.

    Args:
        config: The classifier and how it is trained.
        tiles: All tiles, labelled or not, lit from one side.
        label: ``(tile,)`` position in ``classes``, -1 for none.
        seed: Decides weights, order, dropout, augmentation and what is generated.
        classes: Names of the classes; one of them is "crater".
        inputs: Name and data version of what the tiles come from, for the provenance.
        on_picture: Receives a picture of generated tiles every epoch; they are poor craters.
        report: Receives a line every epoch.

    Raises:
        SampleError: Labels do not fit the tiles, a class has none, or none is of craters.
    """
    started_s = time.monotonic()
    labels = checked_labels(label, tiles=len(tiles.values), classes=len(classes))
    meaning = _meaning(classes, light_from_deg=tiles.light_from_deg)
    batches = DrawnBatches(
        stretched(tiles.values, config.stretch),
        labels,
        batch_size=config.training.batch_size,
        steps=min(config.training.steps_per_epoch, config.training.max_steps),
        seed=seed,
        with_unlabelled=config.unsupervised is not None,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        task = CraterTask(config, classes=len(classes), seed=seed)
        log = _EpochLog(config, seed=seed, on_picture=on_picture, report=report)
        _train(task.to(memory_format=torch.channels_last), batches, config=config, log=log)
    provenance = Provenance(
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=seed,
        inputs=dict(inputs or {}),
        samples=int((label != UNLABELLED).sum()),
        steps=task.steps_done,
        packages={name: version(name) for name in PACKAGES},
    )
    classifier = CraterClassifier(
        config=config, meaning=meaning, weights=task.classifier_weights, provenance=provenance
    )
    seconds = time.monotonic() - started_s
    return CraterFit(classifier=classifier, history=pd.DataFrame(log.rows), seconds=seconds)


def _meaning(classes: tuple[str, ...], *, light_from_deg: float | None) -> ClassifierMeaning:
    if CRATER not in classes or len(set(classes)) < max(2, len(classes)):
        raise SampleError(
            f"a classifier needs two or more classes, one of them named {CRATER!r}, got "
            f"{', '.join(classes) or 'none'}; rename the class of craters to that"
        )
    return ClassifierMeaning(classes=classes, crater_class=CRATER, light_from_deg=light_from_deg)


class _EpochLog(pl.Callback):
    """Notes the losses of an epoch, reports them and draws what is generated."""

    def __init__(
        self,
        config: CraterClassifierConfig,
        *,
        seed: int,
        on_picture: PictureSink | None,
        report: Report | None,
    ) -> None:
        self.rows: list[dict[str, float]] = []
        self._config, self._seed = config, seed
        self._on_picture, self._report = on_picture, report

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Add a row, tell the report and hand on a picture."""
        assert isinstance(pl_module, CraterTask)  # noqa: S101 - nothing else is trained here
        epoch, step = trainer.current_epoch, pl_module.steps_done
        losses = {name: float(value) for name, value in trainer.callback_metrics.items()}
        self.rows.append({"epoch": epoch, "step": step, **losses})
        if self._report is not None:
            self._report(
                f"{self._config.name}: step {step}/{self._config.training.max_steps}, "
                f"loss {losses['train_loss']:.3f}"
            )
        if self._on_picture is not None and pl_module.generator is not None:
            self._on_picture(epoch, generated_picture(pl_module.generator, seed=self._seed))


def generated_picture(generator: Generator, *, seed: int) -> NDArray[np.uint8]:
    """Return 64 generated tiles as one grey picture; equal seeds show how the same ones develop."""
    chance = torch.Generator().manual_seed(seed)
    latent = generator.drawn_latent(PICTURED_TILES, chance)
    with torch.no_grad():
        tiles = generator(latent.to(next(generator.parameters())))
    return tile_sheet(tiles[:, 0].cpu().numpy())


def _train(
    task: CraterTask, batches: DrawnBatches, *, config: CraterClassifierConfig, log: _EpochLog
) -> None:
    training = config.training
    with quiet_lightning():
        trainer = pl.Trainer(
            accelerator="auto",
            devices=1,
            # As in the training of EJSEG and EJCONN: one process, also on a Slurm cluster.
            plugins=LightningEnvironment(),
            precision=_precision(config),
            # Lightning counts the steps of both optimizers; epochs mean the same for either.
            max_epochs=-(-training.max_steps // len(batches)),
            callbacks=[log],
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        loader: Any = batches
        trainer.fit(task, loader)


def _precision(config: CraterClassifierConfig) -> Literal["32-true", "bf16-mixed"]:
    wanted = config.training.precision
    if wanted != "auto":
        return wanted
    on_cpu = not torch.cuda.is_available()
    return "bf16-mixed" if on_cpu and multiplies_bfloat16() else "32-true"
