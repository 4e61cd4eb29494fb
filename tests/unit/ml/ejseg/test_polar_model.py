"""The polar U-Net keeps the shape of its view and goes round in azimuth."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from scipy.ndimage import gaussian_filter1d
from torch import nn

from ejmap_ml.config.polar_config import PolarUnetConfig, PolarViewConfig
from ejmap_ml.ejseg.polar_model import STREAK_GAIN, PolarPad, PolarUnet, Streaks

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


def test_bands_are_averaged_along_range_as_scipy_does() -> None:
    """Two bands, two lengths; everything else passes through."""
    view = torch.randn((3, 8, 40, 12), generator=torch.Generator().manual_seed(2))

    seen = Streaks((1.5, 4.0), in_channels=8)(view)

    assert seen.shape == (3, 8 + 4, 40, 12)
    assert seen[:, :8].equal(view)
    for sigma, first in ((1.5, 8), (4.0, 10)):
        plain = gaussian_filter1d(
            view[:, 2:4].double().numpy(),
            sigma,
            axis=2,
            mode="nearest",
            radius=int(np.ceil(3 * sigma)),
        )
        expected = STREAK_GAIN * np.sqrt(sigma) * plain
        np.testing.assert_allclose(seen[:, first : first + 2], expected, atol=1e-5)


def test_averages_come_from_the_configuration_and_not_from_weights() -> None:
    """A file of weights holds none of them, and a length that makes no sense is refused."""
    config = CONFIG.model_copy(update={"streak_rows": (4.0,)})
    assert not [name for name in PolarUnet(config, in_channels=6).state_dict() if "kernel" in name]
    assert PolarUnetConfig().model_dump().keys() == CONFIG.model_dump().keys()
    assert "streak_rows" not in CONFIG.model_dump()
    with pytest.raises(ValidationError, match="streak_rows must lie between"):
        PolarUnetConfig(streak_rows=(400.0,))
