"""A row with each architecture, encoder, loss, optimizer and scheduler of the tables trains a step.

As published but for the size of the tiles: augmentation, normalization, network, loss, optimizer
and schedule of the row itself.
"""

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.published.hyperparameters import read_ejconn_table, read_ejseg_table
from ejmap_ml.samples import SampleBatch
from ejmap_ml.sampling.augment import build_augmenter
from ejmap_ml.training.losses import build_loss
from ejmap_ml.training.optim import build_optimizer, build_schedule

FOLDER = Path(__file__).parent
SIDE_PX = 32
# The learning rate after an epoch as a share of that of the row.
AFTER_STEP = 1.0  # no step within an epoch
AFTER_WARMUP = 0.01 + 0.99 / 10
AFTER_RESTARTS = (1 + math.cos(math.pi / 10)) / 2
# From 1e-4 towards 1e-6.
AFTER_COSINE = 0.01 + 0.99 * (1 + math.cos(math.pi / 50)) / 2
EJSEG_ROWS = {
    # Architectures.
    51: ("unet", "resnet34", "dice", "adamw", AFTER_RESTARTS),
    52: ("fpn", "resnet34", "dice", "adamw", AFTER_RESTARTS),
    53: ("pspnet", "resnet34", "dice", "adamw", AFTER_RESTARTS),
    54: ("deeplabv3", "resnet34", "dice", "adamw", AFTER_RESTARTS),
    55: ("deeplabv3plus", "resnet34", "dice", "adamw", AFTER_RESTARTS),
    56: ("linknet", "resnet34", "dice", "adamw", AFTER_RESTARTS),
    57: ("manet", "resnet34", "dice", "adamw", AFTER_RESTARTS),
    58: ("upernet", "resnet34", "dice", "adamw", AFTER_RESTARTS),
    59: ("segformer", "resnet34", "dice", "adamw", AFTER_RESTARTS),
    200: ("unetplusplus", "resnet34", "dice", "adamw", AFTER_STEP),
    # Encoders.
    81: ("unetplusplus", "resnet50", "dice", "adamw", AFTER_RESTARTS),
    82: ("unetplusplus", "resnext50_32x4d", "dice", "adamw", AFTER_RESTARTS),
    83: ("unetplusplus", "vgg19_bn", "dice", "adamw", AFTER_RESTARTS),
    84: ("unetplusplus", "densenet201", "dice", "adamw", AFTER_RESTARTS),
    85: ("unetplusplus", "efficientnet-b4", "dice", "adamw", AFTER_RESTARTS),
    # Losses, optimizers, schedulers, augmentation, no metadata.
    96: ("unetplusplus", "resnet34", "bce", "adamw", AFTER_RESTARTS),
    97: ("unetplusplus", "resnet34", "focal", "adamw", AFTER_RESTARTS),
    101: ("unetplusplus", "resnet34", "dice", "adam", AFTER_RESTARTS),
    103: ("unetplusplus", "resnet34", "dice", "sgd", AFTER_RESTARTS),
    90: ("unetplusplus", "resnet34", "dice", "adamw", AFTER_WARMUP),
    92: ("unetplusplus", "resnet34", "dice", "adamw", AFTER_WARMUP),
    93: ("unetplusplus", "resnet34", "dice", "adamw", AFTER_COSINE),
    94: ("unetplusplus", "resnet34", "dice", "adamw", AFTER_WARMUP),
    95: ("unetplusplus", "resnet34", "dice", "adamw", 1.0),
    104: ("unetplusplus", "resnet34", "dice", "adamw", AFTER_RESTARTS),
    74: ("unetplusplus", "resnet34", "dice", "adamw", AFTER_RESTARTS),
}
EJCONN_ROWS = {
    0: ("resnet34", "focal", "adamw", AFTER_STEP),
    1: ("resnet50", "focal", "adamw", AFTER_STEP),
    2: ("res2net50_26w_4s", "focal", "adamw", AFTER_STEP),
    4: ("resnet50.a1_in1k", "focal", "adamw", AFTER_STEP),
    10: ("res2net50_26w_4s", "dice", "adamw", AFTER_STEP),
    22: ("res2net50_26w_4s", "focal", "adamw", AFTER_STEP),
    32: ("densenet169.tv_in1k", "focal", "adam", AFTER_RESTARTS),
}


def _batch(config: ModelConfig, *, is_map: bool) -> SampleBatch:
    generator = torch.Generator().manual_seed(1)
    bands = torch.randint(0, 256, (2, 3, SIDE_PX, SIDE_PX), generator=generator).float()
    # log10 of metres, or attention.
    extra = 4 + torch.rand((2, 1, SIDE_PX, SIDE_PX), generator=generator)
    inputs: tuple[Tensor, ...] = (torch.cat([bands, extra], dim=1),)
    if config.metadata_size:
        annulus = 255 * torch.rand((2, config.metadata_size), generator=generator)
        inputs = (*inputs, annulus)
    if not is_map:
        return SampleBatch(inputs, torch.tensor([[1.0], [0.0]]))
    target = (torch.rand((2, 1, SIDE_PX, SIDE_PX), generator=generator) > 0.7).float()
    return SampleBatch(inputs, target)


def _step(config: ModelConfig, *, is_map: bool) -> tuple[nn.Module, dict[str, Tensor], float]:
    """Train a step and an epoch of the schedule.

    Returns:
        The network with its gradients, its weights before the step, and the learning rate after
        the epoch as a share of the configured one.
    """
    torch.manual_seed(0)
    batch = _batch(config, is_map=is_map)
    normalization = Normalization.from_samples([batch.inputs[0].numpy()])
    network = NormalizedNetwork(build_network(config), normalization).train()
    before = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    optimizer = build_optimizer(config.optimizer, network.parameters())
    schedule = build_schedule(config.scheduler, optimizer, warmup=config.warmup, total_steps=10)
    augmenter = build_augmenter(config.augmentation, bands=config.bands)
    if augmenter is not None:
        batch = augmenter(batch, torch.Generator().manual_seed(2))

    loss = build_loss(config.loss)(network(*batch.inputs), batch.target)
    loss.backward()
    optimizer.step()
    if schedule is not None:
        assert schedule.interval == "epoch"
        schedule.scheduler.step()

    assert torch.isfinite(loss)
    return network, before, optimizer.param_groups[0]["lr"] / config.optimizer.learning_rate


def _moved(network: nn.Module, before: dict[str, Tensor]) -> set[str]:
    return {
        name
        for name, weight in network.named_parameters()
        if weight.grad is not None
        and bool(weight.grad.abs().sum() > 0)
        and not torch.equal(weight, before[name])
    }


@pytest.mark.parametrize("version", EJSEG_ROWS)
def test_a_segmentation_row_trains_a_step(version: int) -> None:
    """The gradient reaches encoder, decoder, head and injector, and the rate follows the row."""
    model = read_ejseg_table(FOLDER / "ejecta_version_hparams.csv")[f"ejseg_v{version}"]
    name, encoder, loss, optimizer, rate = EJSEG_ROWS[version]
    config = model.config

    network, before, found_rate = _step(config, is_map=True)

    assert config.architecture.model_dump(include={"name", "encoder"}) == {
        "name": name, "encoder": encoder,
    }  # fmt: skip
    assert (config.loss.kind, config.optimizer.kind) == (loss, optimizer)
    parts = {name.split(".")[1] for name in _moved(network, before)}
    assert parts == {"encoder", "decoder", "head"} | (set() if version == 74 else {"injector"})
    first = next(name for name in before if name.startswith("model.encoder."))
    assert first in _moved(network, before)
    assert found_rate == pytest.approx(rate)


@pytest.mark.parametrize("version", EJCONN_ROWS)
def test_a_connection_row_trains_a_step(version: int) -> None:
    """The gradient reaches the first weights of the network, and the rate follows the row."""
    model = read_ejconn_table(FOLDER / "connection_version_hparams.csv")[f"ejconn_v{version}"]
    name, loss, optimizer, rate = EJCONN_ROWS[version]
    config = model.config

    network, before, found_rate = _step(config, is_map=False)

    assert config.architecture.model_dump(include={"name"}) == {"name": name}
    assert (config.loss.kind, config.optimizer.kind) == (loss, optimizer)
    assert next(iter(before)) in _moved(network, before)
    assert found_rate == pytest.approx(rate)
