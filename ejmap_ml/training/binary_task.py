"""The training of one-logit networks in Lightning: EJCONN, EJSEG and the polar EJSEG alike."""

from dataclasses import asdict
from typing import Any

import lightning.pytorch as pl
import numpy as np
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from ejmap_ml.bundles.network import NormalizedNetwork
from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.samples import SampleBatch
from ejmap_ml.sampling.augment import Augmenter
from ejmap_ml.training.losses import build_loss
from ejmap_ml.training.metrics import WeightedConfusion
from ejmap_ml.training.optim import build_optimizer, build_schedule

STEP_STREAM = 2
# Scores of validation samples are logged under their names, as of ``ValidationMetric``, with this.
VALIDATION = "val_"


class BinaryTask(pl.LightningModule):
    """Train a network that gives one logit a sample or a pixel.

    All chance in a step (dropout, augmentation) is a function of the seed and the number of the
    step, so that a resumed training is the training it would have been.
    """

    def __init__(
        self,
        network: NormalizedNetwork,
        config: ModelConfig,
        *,
        seed: int,
        total_steps: int,
        augmenter: Augmenter | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self._config = config
        self._seed = seed
        self._total_steps = total_steps
        self._augmenter = augmenter
        self._loss = build_loss(config.loss)

    def forward(self, *inputs: Tensor) -> Tensor:
        """Return logits for what the network takes."""
        return self.network(*inputs)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Return optimizer and schedule of the configuration."""
        optimizer = build_optimizer(self._config.optimizer, self.parameters())
        schedule = build_schedule(
            self._config.scheduler,
            optimizer,
            warmup=self._config.warmup,
            total_steps=self._total_steps,
        )
        if schedule is None:
            return optimizer
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule.scheduler, "interval": schedule.interval},
        }

    def on_train_start(self) -> None:
        """Hold the statistics of batch normalization, where they are to be kept."""
        if self._config.training.keeps_statistics:
            for module in self.network.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:  # noqa: ANN401, ARG002 - the signature is Lightning's
        """Seed what torch layers draw in this step."""
        torch.manual_seed(self._step_seed())

    def training_step(self, batch: SampleBatch, batch_idx: int) -> Tensor:  # noqa: ARG002 - the signature is Lightning's
        """Return the loss of one batch, and log it."""
        loss = self.loss_of(batch)
        self.log("train_loss", loss, on_step=False, on_epoch=True, batch_size=len(batch.target))
        return loss

    def loss_of(self, batch: SampleBatch) -> Tensor:
        """Return the loss of one batch, augmented as in this step."""
        if self._augmenter is not None:
            generator = torch.Generator().manual_seed(self._step_seed())
            batch = self._augmenter(batch, generator)
        return self._batch_loss(batch, self(*batch.inputs).float())

    def _batch_loss(self, batch: SampleBatch, logits: Tensor) -> Tensor:
        return self._loss(logits, batch.target, batch.weight)

    def _step_seed(self) -> int:
        sequence = np.random.SeedSequence((self._seed, STEP_STREAM, self.global_step))
        return int(sequence.generate_state(1)[0])


class ValidatedTask(BinaryTask):
    """A task that is scored on validation samples; Lightning warns about one without any."""

    def on_validation_epoch_start(self) -> None:
        """Start counting anew."""
        self._confusion = WeightedConfusion()

    def validation_step(self, batch: SampleBatch, batch_idx: int) -> None:  # noqa: ARG002 - the signature is Lightning's
        """Count the hits and misses of one batch."""
        logits = self(*batch.inputs).float()
        self._confusion += WeightedConfusion.of(logits, batch.target, batch.weight)
        self.log("val_loss", self._batch_loss(batch, logits), batch_size=len(batch.target))

    def on_validation_epoch_end(self) -> None:
        """Log the scores over all validation samples."""
        scores = asdict(self._confusion.scores)
        self.log_dict({f"{VALIDATION}{name}": value for name, value in scores.items()})
