"""Augmentation moves image, mask and weight together, and draws from its generator alone."""

import torch

from ejmap_ml.config.training_config import NoAugmentationConfig, TileAugmentationConfig
from ejmap_ml.samples import SampleBatch
from ejmap_ml.sampling.augment import build_augmenter


def _batch(count: int = 16, rows: int = 6, cols: int = 6) -> SampleBatch:
    image = torch.arange(count * 4 * rows * cols).reshape(count, 4, rows, cols).float() % 256
    # The mask and the weight are channels of the image, so that alignment can be seen.
    return SampleBatch(
        inputs=(image, image.mean((2, 3))), target=image[:, :1], weight=image[:, 1:2]
    )


def test_image_mask_and_weight_stay_aligned() -> None:
    """After flips and turns the mask is still the first channel of its image."""
    config = TileAugmentationConfig(flips=True, quarter_turns=True)
    augmenter = build_augmenter(config, bands=3)
    assert augmenter is not None
    before = _batch()

    after = augmenter(before, torch.Generator().manual_seed(0))

    assert not torch.equal(after.inputs[0], before.inputs[0])
    assert torch.equal(after.target, after.inputs[0][:, :1])
    assert after.weight is not None
    assert torch.equal(after.weight, after.inputs[0][:, 1:2])
    assert torch.equal(after.inputs[1], before.inputs[1])


def test_all_eight_orientations_occur() -> None:
    """Flips and quarter turns make the symmetries of the square."""
    augmenter = build_augmenter(TileAugmentationConfig(quarter_turns=True), bands=1)
    assert augmenter is not None
    image = torch.arange(4.0).reshape(1, 1, 2, 2).repeat(200, 1, 1, 1)

    after = augmenter(SampleBatch((image,), torch.zeros(200, 1)), torch.Generator().manual_seed(0))

    assert len({tuple(sample.flatten().tolist()) for sample in after.inputs[0]}) == 8


def test_tiles_that_are_not_square_are_not_turned() -> None:
    """A quarter turn would change their shape."""
    augmenter = build_augmenter(TileAugmentationConfig(quarter_turns=True), bands=3)
    assert augmenter is not None

    after = augmenter(_batch(rows=4), torch.Generator().manual_seed(0))

    assert after.inputs[0].shape == (16, 4, 4, 6)


def test_photometric_changes_touch_the_bands_only() -> None:
    """The distance channel stays, values stay in 0..255, the mask stays."""
    config = TileAugmentationConfig(flips=False, photometric=3)
    augmenter = build_augmenter(config, bands=3)
    assert augmenter is not None
    before = _batch()

    after = augmenter(before, torch.Generator().manual_seed(0))

    assert not torch.equal(after.inputs[0][:, :3], before.inputs[0][:, :3])
    assert torch.equal(after.inputs[0][:, 3:], before.inputs[0][:, 3:])
    assert torch.equal(after.target, before.target)
    assert 0 <= float(after.inputs[0].min()) <= float(after.inputs[0].max()) <= 255


def test_one_generator_state_gives_one_augmentation() -> None:
    """Nothing is drawn from the global generator."""
    config = TileAugmentationConfig(quarter_turns=True, photometric=2)
    augmenter = build_augmenter(config, bands=3)
    assert augmenter is not None

    first, second = (augmenter(_batch(), torch.Generator().manual_seed(5)) for _ in range(2))

    assert torch.equal(first.inputs[0], second.inputs[0])


def test_a_connection_keeps_its_target() -> None:
    """A target of one number a sample has no geometry."""
    augmenter = build_augmenter(TileAugmentationConfig(), bands=3)
    assert augmenter is not None
    target = torch.arange(16.0)[:, None]

    after = augmenter(_batch()._replace(target=target, weight=None), torch.Generator())

    assert torch.equal(after.target, target)


def test_no_augmentation_is_none() -> None:
    """Nothing is called when nothing is configured."""
    assert build_augmenter(NoAugmentationConfig(), bands=3) is None
