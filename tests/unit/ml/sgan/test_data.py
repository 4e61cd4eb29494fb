"""Tiles as samples: stretch, light, labels and draws."""

import numpy as np
import pytest
import torch

from ejmap_geo.craters.local_tiles import LocalTiles
from ejmap_ml.errors import SampleError
from ejmap_ml.sgan.config import StretchConfig
from ejmap_ml.sgan.data import DrawnBatches, checked_labels, require_light, stretched


def _lit(light_from_deg: float | None) -> LocalTiles:
    values = np.zeros((1, 4, 4), np.float32)
    return LocalTiles(
        values=values, valid_share=np.ones(1, np.float32), light_from_deg=light_from_deg
    )


def test_tiles_are_stretched_between_their_own_percentiles() -> None:
    """0 to 100 in hundred steps: the 10th and 90th percentile become -1 and 1, each tile alone."""
    ramp = np.linspace(0, 100, 101)[None, :, None].repeat(2, axis=2)
    values = np.concatenate([ramp, 1000 + 7 * ramp])

    tiles = stretched(values, StretchConfig(low_percent=10, high_percent=90))

    expected = np.clip((np.linspace(0, 100, 101) - 50) / 40, -1, 1)
    for tile in tiles[:, 0].numpy():
        np.testing.assert_allclose(tile, expected[:, None].repeat(2, axis=1), atol=1e-6)


def test_a_tile_of_one_value_becomes_zero() -> None:
    """Nothing to see is neither black nor white; no tiles are no tiles."""
    assert torch.equal(stretched(np.full((1, 4, 4), 9.0), StretchConfig()), torch.zeros(1, 1, 4, 4))
    assert stretched(np.zeros((0, 4, 4)), StretchConfig()).shape == (0, 1, 4, 4)


@pytest.mark.parametrize(
    ("found_deg", "wanted_deg", "passes"),
    [
        pytest.param(270, 270, True, id="the-same"),
        pytest.param(356, 5, True, id="nearly-the-same-across-north"),
        pytest.param(90, 270, False, id="from-the-other-side"),
        pytest.param(None, 270, False, id="not-known"),
        pytest.param(270, None, False, id="not-known-in-training"),
        pytest.param(None, None, True, id="never-known"),
    ],
)
def test_tiles_under_another_light_are_refused(found_deg, wanted_deg, passes) -> None:
    """Unless one asks for it."""
    require_light(_lit(found_deg), light_from_deg=wanted_deg, any_light=True)

    if passes:
        require_light(_lit(found_deg), light_from_deg=wanted_deg)
    else:
        with pytest.raises(SampleError, match="another light it is no better than chance"):
            require_light(_lit(found_deg), light_from_deg=wanted_deg)


def test_labelled_tiles_come_from_labels_and_others_from_all() -> None:
    """Every labelled draw carries its own tile; all tiles appear among the unlabelled ones."""
    tiles = torch.arange(10.0).view(10, 1, 1, 1).expand(10, 1, 2, 2)
    label = torch.tensor([-1, 0, -1, 1, -1, -1, -1, -1, -1, -1])

    batches = DrawnBatches(tiles, label, batch_size=8, steps=30, seed=0, with_unlabelled=True)
    drawn = list(batches)

    assert len(drawn) == len(batches) == 30
    values = torch.cat([batch.labelled[:, 0, 0, 0] for batch in drawn]).tolist()
    pairs = set(zip(values, torch.cat([batch.label for batch in drawn]).tolist(), strict=True))
    assert pairs == {(1.0, 0), (3.0, 1)}
    assert {x.item() for b in drawn for x in b.unlabelled[:, 0, 0, 0]} == set(range(10))


def test_the_baseline_draws_no_tiles_without_labels() -> None:
    """And the seed decides all draws, epoch by epoch."""
    tiles, label = torch.rand(6, 1, 2, 2), torch.tensor([0, 1, 0, 1, -1, -1])

    def drawn() -> list[torch.Tensor]:
        batches = DrawnBatches(tiles, label, batch_size=4, steps=2, seed=5, with_unlabelled=False)
        epochs = [batch for _ in range(2) for batch in batches]
        assert all(batch.unlabelled.shape == (0, 1, 2, 2) for batch in epochs)
        return [batch.labelled for batch in epochs]

    one, same = drawn(), drawn()

    assert all(torch.equal(a, b) for a, b in zip(one, same, strict=True))
    assert not torch.equal(one[0], one[2])


@pytest.mark.parametrize(
    ("label", "message"),
    [
        pytest.param([0, 1], "as many labels", id="too-few"),
        pytest.param([0, 1, 2], "must be 0 to 1", id="no-such-class"),
        pytest.param([1, 1, -1], "class 0 of 2 has none", id="a-class-without-labels"),
    ],
)
def test_labels_that_cannot_be_learnt_from_are_refused(label, message) -> None:
    """Three tiles, two classes."""
    with pytest.raises(SampleError, match=message):
        checked_labels(np.array(label), tiles=3, classes=2)
