"""Training: it learns, repeats itself, and keeps the average of the weights."""

import numpy as np
import pytest
import torch

from ejmap_ml.errors import SampleError
from ejmap_ml.sgan.config import CraterTrainingConfig
from ejmap_ml.sgan.data import CraterBatch
from ejmap_ml.sgan.fit import fit_classifier, generated_picture
from ejmap_ml.sgan.networks import Generator
from ejmap_ml.sgan.task import CraterTask


@pytest.mark.parametrize("kind", ["game", "baseline"])
def test_discs_are_told_from_noise(small_config, discs, kind) -> None:
    """Six labels of sixty in the game and without it; the others are not read."""
    tiles, label = discs
    few = np.where(np.arange(60) < 6, label, -1)
    changes = {"unsupervised": None} if kind == "baseline" else {}
    training = CraterTrainingConfig(batch_size=16, max_steps=120, learning_rate=3e-3)

    result = fit_classifier(small_config(training=training, **changes), tiles, few, seed=1)

    is_right = (result.classifier.log_odds(tiles) > 0) == (label == 1)
    assert is_right.mean() > 0.9
    assert result.classifier.provenance.samples == 6
    assert result.classifier.provenance.steps == 150
    assert ("generator_loss" in result.history) == (kind == "game")
    assert result.history.step.tolist() == [50, 100, 150]


def test_two_trainings_with_one_seed_agree(small_config, discs) -> None:
    """Bit by bit; another seed gives another classifier, and torch's generator is left alone."""
    before = torch.random.get_rng_state()

    one, same, other = (fit_classifier(small_config(), *discs, seed=seed) for seed in (7, 7, 8))

    assert one.classifier.data_version == same.classifier.data_version
    assert one.classifier.data_version != other.classifier.data_version
    assert torch.equal(torch.random.get_rng_state(), before)


def test_labels_that_are_hidden_do_not_matter(small_config, discs) -> None:
    """Tiles without labels change what is learnt in the game; the baseline ignores them."""
    tiles, label = discs
    hidden = np.where(np.arange(60) < 20, label, -1)
    part = tiles.chosen(np.arange(20))

    def version(config, some, labels) -> str:
        return fit_classifier(config, some, labels, seed=2).classifier.data_version

    game, baseline = small_config(), small_config(unsupervised=None)
    assert version(baseline, tiles, hidden) == version(baseline, part, label[:20])
    assert version(game, tiles, hidden) != version(game, part, label[:20])


def test_the_average_is_that_of_the_steps(small_config) -> None:
    """Weights after each step, averaged by hand with the warmup, give what is saved."""
    config = small_config(augmentation=None, unsupervised=None)
    task = CraterTask(config, classes=2, seed=3)
    states = []
    expected = None
    for step in range(6):
        with torch.no_grad():
            for weight in task.discriminator.parameters():
                weight.add_(
                    torch.randn(weight.shape, generator=torch.Generator().manual_seed(step))
                )
        states.append(task.discriminator.classes.weight.detach().clone())
        task.averaged.update_parameters(task.discriminator)

    for number, state in enumerate(states):
        kept = min(0.9, (1 + number) / (10 + number))
        expected = state if expected is None else kept * expected + (1 - kept) * state

    torch.testing.assert_close(task.classifier_weights["classes.weight"], expected)
    assert not torch.allclose(expected, states[-1])


def test_without_averaging_the_last_weights_are_kept(small_config) -> None:
    """As the published program does."""
    training = CraterTrainingConfig(max_steps=5, learning_rate=1e-3, ema_decay=None)
    task = CraterTask(small_config(training=training), classes=2, seed=3)
    for _ in range(3):
        with torch.no_grad():
            task.discriminator.classes.bias.add_(1)
        task.averaged.update_parameters(task.discriminator)

    kept = task.classifier_weights["classes.bias"]

    assert torch.equal(kept, task.discriminator.classes.bias.detach())


def test_each_loss_reaches_its_own_network_alone(small_config) -> None:
    """Gradients of one step by hand: two backward passes over networks that are held still."""
    config = small_config(augmentation=None)
    task = CraterTask(config, classes=2, seed=0).eval()
    chance = torch.Generator().manual_seed(4)
    batch = CraterBatch(
        torch.rand((8, 1, 16, 16)), torch.tensor([0, 1] * 4), torch.rand((8, 1, 16, 16))
    )
    task.manual_backward = lambda loss, **options: loss.backward(**options)
    task.log = lambda *_, **__: None

    task._play(batch, chance)

    latent = task.generator.drawn_latent(8, torch.Generator().manual_seed(4))
    generated = task.generator(latent)
    features = [task.discriminator.trunk(tiles) for tiles in (batch.unlabelled, generated)]
    wish = (features[0].mean(0) - features[1].mean(0)).square().sum()
    wanted = torch.autograd.grad(wish, list(task.generator.parameters()))
    for weight, gradient in zip(task.generator.parameters(), wanted, strict=True):
        torch.testing.assert_close(weight.grad, gradient, rtol=1e-4, atol=1e-6)
    logits = [
        task.discriminator(tiles)
        for tiles in (batch.labelled, batch.unlabelled, generated.detach())
    ]
    true, false = logits[1].logsumexp(1), logits[2].logsumexp(1)
    loss = torch.nn.functional.cross_entropy(logits[0], batch.label)
    loss = loss - 0.5 * (true.sigmoid().log().mean() + (1 - false.sigmoid()).log().mean())
    wanted = torch.autograd.grad(loss, list(task.discriminator.parameters()))
    for weight, gradient in zip(task.discriminator.parameters(), wanted, strict=True):
        torch.testing.assert_close(weight.grad, gradient, rtol=1e-3, atol=1e-5)


def test_every_epoch_is_pictured(small_config, discs) -> None:
    """64 generated tiles a picture, and they change from one epoch to the next."""
    pictures: dict[int, np.ndarray] = {}

    fit_classifier(small_config(), *discs, seed=1, on_picture=pictures.__setitem__)

    assert list(pictures) == [0, 1]
    assert pictures[0].shape == (8 * 18 + 2, 8 * 18 + 2)
    assert not np.array_equal(pictures[0], pictures[1])


def test_the_same_latent_vectors_are_pictured(small_config) -> None:
    """So that one sees how the same tiles develop."""
    generator = Generator(small_config().unsupervised.generator, side_px=16)

    one, same = (generated_picture(generator, seed=5) for _ in range(2))

    np.testing.assert_array_equal(one, same)


def test_every_epoch_is_reported(small_config, discs) -> None:
    """Steps are counted once, not once an optimizer."""
    lines: list[str] = []

    fit_classifier(small_config(), *discs, seed=1, report=lines.append)

    assert [line.split(", loss")[0] for line in lines] == ["small: step 20/40", "small: step 40/40"]


def test_labels_that_do_not_fit_are_refused(small_config, discs) -> None:
    """Before anything is trained; so are classes without one of craters."""
    tiles, label = discs
    with pytest.raises(SampleError, match="as many labels"):
        fit_classifier(small_config(), tiles, label[:5], seed=0)
    with pytest.raises(SampleError, match="named 'crater', got plain, bowl"):
        fit_classifier(small_config(), tiles, label, seed=0, classes=("plain", "bowl"))
