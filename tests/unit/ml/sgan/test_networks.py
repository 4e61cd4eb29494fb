"""Discriminator and generator: both heads stand on the same weights."""

import pytest
import torch
from torch import Tensor

from ejmap_ml.sgan.config import (
    DiscriminatorConfig,
    GeneratorConfig,
    classifier_preset_names,
    load_classifier_preset,
)
from ejmap_ml.sgan.networks import Discriminator, Generator, Heads, true_logit
from ejmap_ml.sgan.task import generator_loss, supervised_loss, unsupervised_loss


@pytest.fixture
def discriminator() -> Discriminator:
    """Return the published discriminator, in evaluation mode."""
    torch.manual_seed(0)
    return Discriminator(DiscriminatorConfig(), side_px=32, classes=2).eval()


@pytest.fixture
def tiles() -> Tensor:
    """Return four stretched tiles."""
    return torch.rand((4, 1, 32, 32), generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.mark.parametrize("name", ["trunk.0.weight", "trunk.4.bias", "classes.weight"])
def test_changing_any_weight_moves_both_heads(discriminator, tiles, name) -> None:
    """First and last convolution and the layer of classes: there is no second copy of any."""
    before = discriminator.heads(tiles)

    with torch.no_grad():
        dict(discriminator.named_parameters())[name] += 0.05
    after = discriminator.heads(tiles)

    assert not torch.allclose(before.class_logits, after.class_logits)
    assert not torch.allclose(before.true_logit, after.true_logit)


def test_each_head_teaches_every_weight(discriminator, tiles) -> None:
    """The gradient of either loss alone reaches all parameters, so each step changes both heads."""
    losses = {
        "supervised": lambda heads: supervised_loss(heads, torch.tensor([0, 1, 0, 1])),
        "unsupervised": lambda heads: unsupervised_loss(heads, heads),
    }

    for loss in losses.values():
        discriminator.zero_grad()
        loss(discriminator.heads(tiles)).backward()

        assert all(weight.grad.abs().sum() > 0 for weight in discriminator.parameters())


def test_an_unsupervised_step_moves_the_class_logits(discriminator, tiles) -> None:
    """Learning what is true changes what is said of classes, though no label was seen."""
    before = discriminator(tiles)

    heads = discriminator.heads(tiles)
    unsupervised_loss(heads, heads).backward()
    with torch.no_grad():
        for weight in discriminator.parameters():
            weight.sub_(0.01 * weight.grad)

    assert not torch.allclose(before, discriminator(tiles))


def test_the_discriminator_is_the_published_one(discriminator) -> None:
    """Three convolutions of 128 filters, 4 x 4 x 128 features, dropout .4, counted by hand."""
    counted = sum(weight.numel() for weight in discriminator.parameters())

    assert counted == (9 + 1) * 128 + 2 * (9 * 128 + 1) * 128 + (4 * 4 * 128 + 1) * 2
    assert discriminator.dropout.p == 0.4
    assert discriminator.trunk[1].negative_slope == 0.2


def test_true_is_z_over_one_plus_z() -> None:
    """Against the published formula, written out."""
    class_logits = torch.tensor([[0.3, -1.2], [2.0, 1.0], [0.0, 0.0]])

    z = class_logits.exp().sum(dim=1)

    torch.testing.assert_close(true_logit(class_logits).sigmoid(), z / (1 + z))


def test_true_stays_finite_where_exponentials_overflow() -> None:
    """Logits of 500: the loss is a number and so is its gradient."""
    class_logits = torch.tensor([[500.0, -500.0]], requires_grad=True)
    heads = Heads(class_logits, true_logit(class_logits), torch.zeros(1, 3))

    loss = unsupervised_loss(heads, heads)
    loss.backward()

    assert loss.item() == pytest.approx(500)
    assert torch.isfinite(class_logits.grad).all()


def test_the_losses_are_those_of_the_formulas() -> None:
    """Cross-entropies from probabilities by hand; feature matching from two means."""
    true = Heads(torch.zeros(2, 2), torch.tensor([1.0, -1.0]), torch.tensor([[1.0, 0], [3, 2]]))
    false = Heads(torch.zeros(1, 2), torch.tensor([0.5]), torch.tensor([[1.0, 4.0]]))
    d_true, d_false = true.true_logit.sigmoid(), false.true_logit.sigmoid()

    unsupervised = unsupervised_loss(true, false)
    matching = generator_loss("feature_matching", unlabelled=true, generated=false)
    adversarial = generator_loss("adversarial", unlabelled=true, generated=false)

    torch.testing.assert_close(unsupervised, -d_true.log().mean() - (1 - d_false).log().mean())
    # Mean features are (2, 1) and (1, 4).
    assert matching.item() == pytest.approx(1 + 9)
    torch.testing.assert_close(adversarial, -d_false.log().mean())


@pytest.mark.parametrize("kernel_px", [5, 8])
def test_generated_tiles_have_the_side_of_tiles(kernel_px: int) -> None:
    """With odd and even kernels, in -1..1, and the published number of weights for the even one."""
    config = GeneratorConfig(filters=(128, 128), last_kernel_px=kernel_px)
    generator = Generator(config, side_px=32)

    tiles = generator(generator.drawn_latent(3, torch.Generator().manual_seed(0)))

    assert tiles.shape == (3, 1, 32, 32)
    assert tiles.abs().max() <= 1
    dense, transposed = (100 + 1) * 8 * 8 * 128, 2 * (4 * 4 * 128 + 1) * 128
    counted = sum(weight.numel() for weight in generator.parameters())
    assert counted == dense + transposed + kernel_px**2 * 128 + 1


def test_presets_are_the_default_the_published_one_and_the_baseline() -> None:
    """Names and what tells them apart."""
    default, baseline, published = map(load_classifier_preset, (
        "crater_sgan", "crater_cnn", "crater_sgan_published",
    ))  # fmt: skip

    assert classifier_preset_names() == (
        "crater_cnn", "crater_cnn_albedo", "crater_sgan", "crater_sgan_published",
    )  # fmt: skip
    assert load_classifier_preset() == default
    assert baseline.unsupervised is None
    assert baseline.augmentation == default.augmentation
    assert baseline.discriminator == default.discriminator == published.discriminator
    assert published.training.learning_rate == 1e-4
    assert published.training.betas[0] == 0.5
    assert published.augmentation is None
    assert load_classifier_preset("crater_cnn_albedo").augmentation.rotation_deg == 180
