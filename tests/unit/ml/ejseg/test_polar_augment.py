"""Polar augmentation turns and mirrors exactly, and changes only how bands were imaged."""

import pytest
import torch

from ejmap_ml.config.polar_config import PolarAugmentationConfig
from ejmap_ml.ejseg.polar_augment import PolarAugmenter
from ejmap_ml.samples import SampleBatch

BANDS, GEOMETRY = 2, 3
CHANNELS = 2 * BANDS + GEOMETRY + 1
ROWS, COLS = 16, 24
TURNS = PolarAugmenter(PolarAugmentationConfig(), bands=BANDS)
PHOTOMETRIC = PolarAugmenter(PolarAugmentationConfig(photometric=True), bands=BANDS)


def _batch(count: int = 24) -> SampleBatch:
    view = torch.randn((count, CHANNELS, ROWS, COLS), generator=torch.Generator().manual_seed(3))
    view[:, -1] = (view[:, 0] < 1).float()
    view[:, : 2 * BANDS] *= view[:, -1:]
    # Target and weight are channels of the view, so that alignment can be seen.
    return SampleBatch(inputs=(view,), target=view[:, :1], weight=view[:, 1:2])


def _generator(seed: int = 7) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_view_target_and_weight_turn_together() -> None:
    """The target is still the first band of its view, the weight the second."""
    before = _batch()

    after = TURNS(before, _generator())

    assert not torch.equal(after.inputs[0], before.inputs[0])
    assert torch.equal(after.target, after.inputs[0][:, :1])
    assert after.weight is not None
    assert torch.equal(after.weight, after.inputs[0][:, 1:2])


def test_every_view_is_an_exact_turn_or_its_mirror() -> None:
    """No cell is interpolated; both mirrors and several azimuths occur."""
    before = _batch().inputs[0]

    after = TURNS(_batch(), _generator()).inputs[0]

    found = [
        (is_mirrored, shift)
        for old, new in zip(before, after, strict=True)
        for is_mirrored in (False, True)
        for shift in range(COLS)
        if torch.equal((old.flip(-1) if is_mirrored else old).roll(shift, -1), new)
    ]
    assert len(found) == len(before)
    assert {is_mirrored for is_mirrored, _ in found} == {False, True}
    assert len({shift for _, shift in found}) > 5


def test_samples_without_weights_get_equal_ones() -> None:
    """The loss then weighs all cells alike."""
    after = TURNS(_batch()._replace(weight=None), _generator())

    assert after.weight is not None
    assert torch.equal(after.weight, torch.ones_like(after.target))


def test_imaging_changes_the_valid_cells_of_bands_alone() -> None:
    """Geometry, coverage, target, weight and the zeros of cells without data stay."""
    # Both draw the turns first, so that they turn alike.
    turned, after = (one(_batch(), _generator()) for one in (TURNS, PHOTOMETRIC))

    before_view, view = turned.inputs[0], after.inputs[0]
    bands = slice(0, 2 * BANDS)
    is_valid = view[:, -1:].bool().expand_as(view[:, bands])
    assert torch.equal(view[:, 2 * BANDS :], before_view[:, 2 * BANDS :])
    assert torch.equal(after.target, turned.target)
    assert after.weight is not None
    assert turned.weight is not None
    assert torch.equal(after.weight, turned.weight)
    assert not view[:, bands][~is_valid].any()
    assert (view[:, bands] != before_view[:, bands])[is_valid].float().mean() > 0.99


def test_the_ring_relative_bands_keep_their_level() -> None:
    """A change of level alone moves the bands against the whole view by one number a view."""
    config = PolarAugmentationConfig(
        photometric=True, gain=(1.0, 1.0), level_sigma=1.0, shading_sigma=0, texture_sigma=0
    )
    turned = TURNS(_batch(), _generator()).inputs[0]

    after = PolarAugmenter(config, bands=BANDS)(_batch(), _generator()).inputs[0]

    change = (after - turned)[:, : 2 * BANDS]
    for sample, is_valid in zip(change, turned[:, -1].bool(), strict=True):
        whole, ring = sample[:BANDS, is_valid], sample[BANDS:, is_valid]
        torch.testing.assert_close(whole, whole[:1, :1].expand_as(whole), rtol=0, atol=1e-5)
        assert float(ring.abs().max()) == 0
    assert float(change.abs().max()) > 0.1


def test_contrast_is_one_factor_within_its_range() -> None:
    """Without the other changes a view is multiplied by one gain."""
    config = PolarAugmentationConfig(
        photometric=True, gain=(0.5, 2.0), level_sigma=0, shading_sigma=0, texture_sigma=0
    )
    turned = TURNS(_batch(), _generator()).inputs[0]

    after = PolarAugmenter(config, bands=BANDS)(_batch(), _generator()).inputs[0]

    gains = []
    for old, new in zip(turned[:, : 2 * BANDS], after[:, : 2 * BANDS], strict=True):
        gain = float((old * new).sum() / (old * old).sum())
        torch.testing.assert_close(new, old * gain, rtol=1e-4, atol=1e-5)
        gains.append(gain)
    assert 0.5 <= min(gains) < max(gains) <= 2.0


@pytest.mark.parametrize("augmenter", [TURNS, PHOTOMETRIC])
def test_one_generator_state_gives_one_augmentation(augmenter) -> None:
    """Nothing is drawn from the global generator, and the next draw is another."""
    generator = _generator()

    first, second = augmenter(_batch(), generator), augmenter(_batch(), generator)
    again = augmenter(_batch(), _generator())

    assert torch.equal(first.inputs[0], again.inputs[0])
    assert not torch.equal(first.inputs[0], second.inputs[0])


def test_the_batch_that_came_in_is_left_as_it_was() -> None:
    """Cached samples are used again in the next epoch."""
    before, kept = _batch(), _batch()

    PHOTOMETRIC(before, _generator())

    assert torch.equal(before.inputs[0], kept.inputs[0])
    assert torch.equal(before.target, kept.target)
