"""The game in Lightning: both networks step in turn, by hand, from one pass over a batch."""

from typing import Any, Literal, assert_never

import lightning.pytorch as pl
import numpy as np
import torch
from lightning.pytorch.core.optimizer import LightningOptimizer
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torch.nn import functional
from torch.optim import Adam, Optimizer
from torch.optim.swa_utils import AveragedModel

from ejmap_ml.sgan.config import CraterClassifierConfig
from ejmap_ml.sgan.data import CraterBatch
from ejmap_ml.sgan.networks import Discriminator, Generator, Heads
from ejmap_ml.sgan.tile_augment import augmented

STEP_STREAM = 3
# The average follows the first steps closely, or it would remember the random start.
EMA_WARMUP_STEPS = 10


class CraterTask(pl.LightningModule):
    """Train a discriminator on few labels, with tiles without labels against a generator.

    Without ``unsupervised`` in the configuration it is the supervised baseline. All chance in a
    step is a function of the seed and the number of the step.

    Attributes:
        discriminator: The classifier in training.
        generator: Its opponent; None for the baseline.
        averaged: Running mean of the discriminator's weights, which is what is evaluated and saved.
    """

    def __init__(self, config: CraterClassifierConfig, *, classes: int, seed: int) -> None:
        super().__init__()
        self.automatic_optimization = False
        self._config = config
        self._seed = seed
        self.steps_done = 0
        self.discriminator = Discriminator(
            config.discriminator, side_px=config.side_px, classes=classes
        )
        self.generator = None
        if config.unsupervised is not None:
            self.generator = Generator(config.unsupervised.generator, side_px=config.side_px)
        self.averaged = AveragedModel(self.discriminator, avg_fn=_averaging(config))

    @property
    def classifier_weights(self) -> dict[str, Tensor]:
        """The averaged weights of the discriminator, on the CPU."""
        return {
            name: value.detach().to("cpu", memory_format=torch.contiguous_format)
            for name, value in self.averaged.module.state_dict().items()
        }

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Return one Adam a network, the discriminator's first."""
        networks = [self.discriminator, *([self.generator] if self.generator is not None else [])]
        training = self._config.training
        adams: list[Optimizer] = [
            Adam(network.parameters(), lr=training.learning_rate, betas=training.betas)
            for network in networks
        ]
        return adams

    def training_step(self, batch: CraterBatch, batch_idx: int) -> Tensor:  # noqa: ARG002 - the signature is Lightning's
        """Step both networks; return the loss of the discriminator."""
        chance = torch.Generator().manual_seed(self._step_seed())
        # Dropout draws from the global generator.
        torch.manual_seed(self._step_seed())
        loss = (
            self._play(batch, chance) if self.generator is not None else self._learn(batch, chance)
        )
        for optimizer in self._optimizers():
            optimizer.step()
        self.steps_done += 1
        self.averaged.update_parameters(self.discriminator)
        self.log("train_loss", loss, on_step=False, on_epoch=True, batch_size=len(batch.label))
        return loss

    def _learn(self, batch: CraterBatch, chance: torch.Generator) -> Tensor:
        heads = self.discriminator.heads(self._changed(batch.labelled, chance))
        loss = supervised_loss(heads, batch.label)
        self._put_gradients(loss, self.discriminator)
        return loss.detach()

    def _play(self, batch: CraterBatch, chance: torch.Generator) -> Tensor:
        unsupervised = self._config.unsupervised
        assert self.generator is not None  # noqa: S101 - there is one where this is configured
        assert unsupervised is not None  # noqa: S101 - as above
        latent = self.generator.drawn_latent(len(batch.label), chance).to(batch.labelled)
        kinds = [batch.labelled, batch.unlabelled, self.generator(latent)]
        tiles = torch.cat([self._changed(tiles, chance) for tiles in kinds])
        labelled, unlabelled, generated = _split(
            self.discriminator.heads(tiles), [len(tiles) for tiles in kinds]
        )
        loss = supervised_loss(labelled, batch.label)
        loss = loss + unsupervised.weight * unsupervised_loss(unlabelled, generated)
        wish = generator_loss(
            unsupervised.generator_loss, unlabelled=unlabelled, generated=generated
        )
        # One pass serves both: each loss reaches the weights of its own network alone.
        self._put_gradients(wish, self.generator, retain_graph=True)
        self._put_gradients(loss, self.discriminator)
        self.log("generator_loss", wish, on_step=False, on_epoch=True, batch_size=len(batch.label))
        return loss.detach()

    def _put_gradients(
        self, loss: Tensor, network: torch.nn.Module, *, retain_graph: bool = False
    ) -> None:
        network.zero_grad(set_to_none=True)
        self.manual_backward(loss, inputs=list(network.parameters()), retain_graph=retain_graph)

    def _optimizers(self) -> list[LightningOptimizer]:
        found: Any = self.optimizers()
        return found if isinstance(found, list) else [found]

    def _changed(self, tiles: Tensor, chance: torch.Generator) -> Tensor:
        augmentation = self._config.augmentation
        changed = tiles if augmentation is None else augmented(tiles, augmentation, chance)
        return changed.contiguous(memory_format=torch.channels_last)

    def _step_seed(self) -> int:
        # Not global_step: Lightning counts the steps of both optimizers.
        sequence = np.random.SeedSequence((self._seed, STEP_STREAM, self.steps_done))
        return int(sequence.generate_state(1)[0])


def supervised_loss(labelled: Heads, label: Tensor) -> Tensor:
    """Return the cross-entropy of class logits against ``label`` ``(B,)``."""
    return functional.cross_entropy(labelled.class_logits, label)


def unsupervised_loss(unlabelled: Heads, generated: Heads) -> Tensor:
    """Return the cross-entropy of "true" for tiles and of "false" for generated ones, summed."""
    # softplus(-s) is -log D and softplus(s) is -log(1 - D), without the overflow of exp.
    return (
        functional.softplus(-unlabelled.true_logit).mean()
        + functional.softplus(generated.true_logit).mean()
    )


def generator_loss(
    kind: Literal["feature_matching", "adversarial"], *, unlabelled: Heads, generated: Heads
) -> Tensor:
    """Return what the generator minimises.

    Feature matching is the squared distance between the mean features of tiles and generated ones;
    adversarial is the cross-entropy of "true" for generated ones.
    """
    match kind:
        case "feature_matching":
            wanted = unlabelled.features.detach().mean(dim=0)
            return (generated.features.mean(dim=0) - wanted).square().sum()
        case "adversarial":
            return functional.softplus(-generated.true_logit).mean()
        case _:
            assert_never(kind)


def _split(heads: Heads, sizes: list[int]) -> list[Heads]:
    parts = [values.split(sizes) for values in heads]
    return [Heads(*part) for part in zip(*parts, strict=True)]


def _averaging(config: CraterClassifierConfig) -> Any:  # noqa: ANN401 - as torch types it
    decay = config.training.ema_decay

    def mean(averaged: Tensor, now: Tensor, steps: Tensor | int) -> Tensor:
        if decay is None:
            return now.detach().clone()
        # AveragedModel copies the weights after the first step and counts from there.
        kept = min(decay, (1 + float(steps)) / (EMA_WARMUP_STEPS + float(steps)))
        return averaged.lerp(now, 1 - kept)

    return mean
