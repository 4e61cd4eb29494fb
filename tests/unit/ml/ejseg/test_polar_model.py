"""The polar U-Net keeps the shape of its view and goes round in azimuth."""

import pytest
import torch
from torch import nn

from ejmap_ml.config.polar_config import PolarUnetConfig, PolarViewConfig
from ejmap_ml.ejseg.polar_model import PolarPad, PolarUnet

STRIDE = 8
CONFIG = PolarUnetConfig(
    base_channels=4, depth=2, stem=2, view=PolarViewConfig(rows=16, cols=32), dropout=0.1
)


@pytest.fixture
def network() -> PolarUnet:
    """Return a tiny network in eval mode, its statistics moved off their initial values."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = PolarUnet(CONFIG, in_channels=6)
        network(torch.randn(8, 6, 16, 32))
    return network.eval()


def _view(count: int = 2) -> torch.Tensor:
    return torch.randn((count, 6, 16, 32), generator=torch.Generator().manual_seed(1))


def test_padding_goes_round_in_azimuth_and_repeats_in_range() -> None:
    """Written out by hand for two rings of three cells."""
    image = torch.tensor([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])

    padded = PolarPad()(image)

    expected = [
        [3.0, 1.0, 2.0, 3.0, 1.0],
        [3.0, 1.0, 2.0, 3.0, 1.0],
        [6.0, 4.0, 5.0, 6.0, 4.0],
        [6.0, 4.0, 5.0, 6.0, 4.0],
    ]
    assert padded[0, 0].tolist() == expected


@pytest.mark.parametrize(("stem", "depth"), [(1, 1), (2, 2), (4, 1)])
def test_every_cell_gets_one_logit(stem, depth) -> None:
    """The stem leaves as it entered."""
    view = PolarViewConfig(rows=16, cols=32)
    config = PolarUnetConfig(base_channels=4, depth=depth, stem=stem, view=view)

    logits = PolarUnet(config, in_channels=6)(_view())

    assert logits.shape == (2, 1, 16, 32)


def test_widths_double_up_to_eight_times() -> None:
    """Output channels of the stages of a deep network."""
    view = PolarViewConfig(rows=64, cols=64)
    network = PolarUnet(PolarUnetConfig(base_channels=2, depth=5, view=view), in_channels=6)

    widths = [
        next(one for one in stage.modules() if isinstance(one, nn.Conv2d)).out_channels
        for stage in network.encoder
    ]

    assert widths == [2, 4, 8, 16, 16, 16]


@pytest.mark.parametrize("strides", [1, 3])
def test_turning_the_view_by_whole_strides_turns_the_logits(network, strides) -> None:
    """The view has no first column."""
    view, shift = _view(), strides * STRIDE

    with torch.inference_mode():
        logits, turned = network(view), network(view.roll(shift, dims=-1))

    torch.testing.assert_close(turned, logits.roll(shift, dims=-1), rtol=1e-5, atol=1e-5)
    assert not torch.allclose(turned, logits, atol=1e-2)


def test_gradients_reach_the_first_and_the_last_layer(network) -> None:
    """Every weight is on the way from view to logits."""
    network.train()

    network(_view()).square().mean().backward()

    first = next(one for one in network.encoder.modules() if isinstance(one, nn.Conv2d))
    assert first.weight.grad is not None
    assert network.head.weight.grad is not None
    assert all(float(weight.grad.abs().sum()) > 0 for weight in network.parameters())
