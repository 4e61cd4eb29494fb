"""Augmentation keeps the light and stays within its bounds."""

import numpy as np
import pytest
import torch

from ejmap_ml.sgan.config import CraterAugmentationConfig
from ejmap_ml.sgan.tile_augment import augmented

STILL = {
    "flips": False,
    "rotation_deg": 0,
    "scale": 0,
    "shift_px": 0,
    "contrast": 0,
    "brightness": 0,
}


def _changed(tiles: torch.Tensor, **settings: float) -> torch.Tensor:
    config = CraterAugmentationConfig.model_validate(STILL | settings)
    return augmented(tiles, config, torch.Generator().manual_seed(0))


@pytest.fixture
def tiles() -> torch.Tensor:
    """Return 200 copies of one random tile."""
    tile = torch.rand((1, 1, 32, 32), generator=torch.Generator().manual_seed(3)) * 2 - 1
    return tile.expand(200, 1, 32, 32)


def test_without_changes_tiles_stay_as_they_are(tiles) -> None:
    """Every amount is zero."""
    torch.testing.assert_close(_changed(tiles), tiles, atol=1e-5, rtol=0)


def test_flips_are_upside_down_only(tiles) -> None:
    """About half of the tiles, and never left to right: the light would change sides."""
    changed = _changed(tiles, flips=True)

    is_same = torch.isclose(changed, tiles, atol=1e-4).all(dim=(1, 2, 3))
    is_flipped = torch.isclose(changed, tiles.flip(2), atol=1e-4).all(dim=(1, 2, 3))
    assert (is_same ^ is_flipped).all()
    assert 70 < is_flipped.sum() < 130


def test_shifts_stay_within_their_bounds() -> None:
    """A ramp along the columns tells by how many pixels each tile moved: up to 1.6 either way."""
    ramp = torch.arange(32.0).expand(200, 1, 32, 32)

    moved_px = (_changed(ramp, shift_px=1.6) - ramp)[:, 0, 16, 16]

    assert moved_px.min() == pytest.approx(-1.6, abs=0.1)
    assert moved_px.max() == pytest.approx(1.6, abs=0.1)


def test_turns_and_sizes_stay_within_their_bounds() -> None:
    """The gradient of a ramp turns by up to 10 degrees, and steepens by up to 8 percent."""
    ramp = torch.arange(32.0).expand(200, 1, 32, 32)

    turned, sized = _changed(ramp, rotation_deg=10), _changed(ramp, scale=0.08)

    across = (turned[:, 0, 16, 17] - turned[:, 0, 16, 15]) / 2
    down = (turned[:, 0, 17, 16] - turned[:, 0, 15, 16]) / 2
    turn_deg = np.degrees(np.arctan2(down.numpy(), across.numpy()))
    assert 9 < np.abs(turn_deg).max() <= 10.01
    steepness = (sized[:, 0, 16, 17] - sized[:, 0, 16, 15]) / 2
    assert steepness.min() == pytest.approx(0.92, abs=0.01)
    assert steepness.max() == pytest.approx(1.08, abs=0.01)


def test_grey_values_are_multiplied_and_shifted(tiles) -> None:
    """A straight line of each tile's values, its slope and level within their bounds."""
    gain = _changed(tiles, contrast=0.25) / tiles
    level = _changed(tiles, brightness=0.1) - tiles

    assert gain.std(dim=(1, 2, 3)).max() < 1e-3
    assert 0.74 < gain.mean(dim=(1, 2, 3)).min() < gain.mean(dim=(1, 2, 3)).max() < 1.26
    assert level.std(dim=(1, 2, 3)).max() < 1e-4
    assert level.abs().max() == pytest.approx(0.1, abs=0.01)


def test_gradients_pass_through_to_the_tiles() -> None:
    """The generator learns by way of the augmentation."""
    tiles = torch.zeros((3, 1, 16, 16), requires_grad=True)

    _changed(tiles, rotation_deg=10, shift_px=2, contrast=0.2).sum().backward()

    assert (tiles.grad.abs().sum(dim=(1, 2, 3)) > 0).all()


def test_places_are_exact_under_mixed_precision(tiles) -> None:
    """In bfloat16 the grid would be off by a tenth of a pixel."""
    exact = _changed(tiles, shift_px=1.6, rotation_deg=10)

    with torch.autocast("cpu", torch.bfloat16):
        mixed = _changed(tiles, shift_px=1.6, rotation_deg=10)

    torch.testing.assert_close(mixed, exact)
