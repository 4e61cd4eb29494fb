"""Networks made ready to predict say what the networks say that were trained."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from segmentation_models_pytorch.decoders.unetplusplus.decoder import UnetPlusPlusDecoder
from torch import Tensor, nn
from torch.nn import functional

from ejmap_ml.bundles import inference
from ejmap_ml.bundles.inference import (
    InferenceNetwork,
    InferencePrecision,
    fastest_precision,
    fold_batch_norms,
)
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.ejseg.upsampling import UpsamplingDecoder, doubling_weight, has_upsampling

CPU = torch.device("cpu")
SIDE_PX = 64
CHANNELS = (32, 16, 16, 8, 8)


def _unet_plus_plus(segmenter_config: Callable[..., ModelConfig], **changes: object) -> ModelConfig:
    values = segmenter_config().model_dump()
    values["architecture"] |= {"name": "unetplusplus", **changes}
    return ModelConfig.model_validate(values)


def _classifier(classifier_config: Callable[..., ModelConfig], name: str) -> ModelConfig:
    values = classifier_config().model_dump()
    values["architecture"]["name"] = name
    return ModelConfig.model_validate(values)


def _polar(segmenter_config: Callable[..., ModelConfig]) -> ModelConfig:
    values = segmenter_config().model_dump()
    view = {"rows": 32, "cols": 64}
    values |= {"normalization": {"kind": "none"}, "augmentation": {"kind": "polar"}}
    values["architecture"] = {"kind": "polar_unet", "base_channels": 4, "depth": 3, "view": view}
    return ModelConfig.model_validate(values)


def _network(config: ModelConfig) -> NormalizedNetwork:
    """Return a network whose batch norms have seen something."""
    torch.manual_seed(0)
    is_polar = config.normalization.kind == "none"
    normalization = None if is_polar else Normalization.fixed(bands=3, extra_scale=2)
    network = NormalizedNetwork(build_network(config), normalization)
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.momentum = 0.5
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.uniform_(part.bias, -0.5, 0.5)
    with torch.no_grad():
        network(*_inputs(config, seed=1))
    return network.eval()


def _inputs(config: ModelConfig, *, seed: int, count: int = 4) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    image = torch.rand((count, config.in_channels, SIDE_PX, SIDE_PX), generator=generator)
    scale = 1 if config.normalization.kind == "none" else 255
    if not config.metadata_size:
        return (scale * image,)
    return scale * image, scale * torch.rand((count, config.metadata_size), generator=generator)


@pytest.mark.parametrize("side_px", [1, 5, 8])
def test_doubling_is_part_of_the_convolution(side_px: int) -> None:
    """One transposed convolution equals nearest doubling and a padded convolution, edges too."""
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn((6, 3, 3, 3), generator=generator)
    image = torch.randn((2, 3, side_px, side_px + 2), generator=generator)

    found = functional.conv_transpose2d(image, doubling_weight(weight), stride=2, padding=1)

    doubled = functional.interpolate(image, scale_factor=2, mode="nearest")
    torch.testing.assert_close(
        found, functional.conv2d(doubled, weight, padding=1), atol=1e-5, rtol=0
    )


@pytest.mark.parametrize(
    "kind", ["unetplusplus", "resnet", "attention", "densenet", "byobnet", "polar"]
)
def test_answers_are_those_of_the_network(
    kind: str,
    segmenter_config: Callable[..., ModelConfig],
    classifier_config: Callable[..., ModelConfig],
) -> None:
    """In float32 within 1e-4, for every kind of network that predicts."""
    config = {
        "unetplusplus": _unet_plus_plus(segmenter_config),
        "resnet": _unet_plus_plus(
            segmenter_config, encoder="resnet18", encoder_depth=5, decoder_channels=CHANNELS
        ),
        "attention": _unet_plus_plus(
            segmenter_config, decoder_attention="scse", decoder_channels=(64, 32, 32)
        ),
        "densenet": _classifier(classifier_config, "densenet121"),
        "byobnet": _classifier(classifier_config, "test_byobnet"),
        "polar": _polar(segmenter_config),
    }[kind]
    network = _network(config)
    inputs = _inputs(config, seed=2)

    with torch.inference_mode():
        expected = network(*inputs)
        found = InferenceNetwork(network, device=CPU, precision="float32")(*inputs)

    assert expected.std() > 1e-3
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


@pytest.fixture
def two_threads() -> Iterator[None]:
    """Let torch compute with two threads, as it does outside of tests."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def _threads_of_a_new_thread() -> int:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(torch.get_num_threads).result()


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_answers_do_not_depend_on_the_threads(
    segmenter_config: Callable[..., ModelConfig],
    precision: InferencePrecision,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To the last bit: pieces are the same, whoever computes them; and in their order."""
    config = _unet_plus_plus(segmenter_config)
    ready = InferenceNetwork(_network(config), device=CPU, precision=precision)
    monkeypatch.setattr(inference, "PIXELS_A_PIECE", 2 * SIDE_PX**2)
    inputs = _inputs(config, seed=3, count=7)

    with torch.inference_mode():
        shared = ready(*inputs)
        pieces = [ready(*piece) for piece in zip(*(one.split(2) for one in inputs), strict=True)]
    torch.set_num_threads(1)
    alone = ready(*inputs)

    assert torch.equal(shared, torch.cat(pieces))
    assert torch.equal(shared, alone)
    assert not shared.requires_grad


@pytest.mark.usefixtures("two_threads")
def test_sharing_pieces_leaves_the_number_of_threads(
    segmenter_config: Callable[..., ModelConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Training in the same process, and threads that start later, compute as before."""
    config = _unet_plus_plus(segmenter_config)
    ready = InferenceNetwork(_network(config), device=CPU, precision="float32")
    monkeypatch.setattr(inference, "PIXELS_A_PIECE", SIDE_PX**2)

    ready(*_inputs(config, seed=3))

    assert torch.get_num_threads() == _threads_of_a_new_thread() == 2


def test_a_decoder_with_blocks_without_channels_keeps_its_own() -> None:
    """Such are those of ConvNeXt and Swin, whose first stage is a quarter of the image."""
    decoder = UnetPlusPlusDecoder((3, 0, 4, 8), (8, 4, 2), n_blocks=3)

    assert any(block.is_empty for block in decoder.blocks.values())
    assert not has_upsampling(decoder)


def test_a_network_is_rewritten_in_a_copy(segmenter_config: Callable[..., ModelConfig]) -> None:
    """No batch norm is left in a residual Unet++; the trained network keeps its own."""
    config = _unet_plus_plus(
        segmenter_config, encoder="resnet18", encoder_depth=5, decoder_channels=CHANNELS
    )
    network = _network(config)
    before = {name: value.clone() for name, value in network.state_dict().items()}

    ready = InferenceNetwork(network, device=CPU, precision="bfloat16")

    kinds = [type(part) for part in ready.modules()]
    assert nn.BatchNorm2d not in kinds
    assert UpsamplingDecoder in kinds
    assert UpsamplingDecoder not in [type(part) for part in network.modules()]
    assert network.state_dict().keys() == before.keys()
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_masks_in_bfloat16_are_those_in_float32(
    segmenter_config: Callable[..., ModelConfig],
) -> None:
    """A Unet++ that has learned to tell bright patches keeps 0.995 of its mask.

    Networks with random weights say nearly the same of all pixels, and there rounding decides.
    """
    config = _unet_plus_plus(segmenter_config)
    network = _trained(config)
    image, metadata = _patches(16, seed=5)
    short, exact = (
        InferenceNetwork(network, device=CPU, precision=precision)
        for precision in ("bfloat16", "float32")
    )

    with torch.inference_mode():
        masks = [one(image, metadata) > 0 for one in (short, exact)]

    both, either = (masks[0] & masks[1]).sum(), (masks[0] | masks[1]).sum()
    assert 0.05 < masks[1].float().mean() < 0.95
    assert both / either >= 0.995


def _patches(count: int, *, seed: int) -> tuple[Tensor, Tensor]:
    """Return images with bright 8-px patches in the first band, and metadata."""
    generator = torch.Generator().manual_seed(seed)
    bright = (torch.rand((count, 1, 8, 8), generator=generator) > 0.6).float()
    bright = bright.repeat_interleave(8, 2).repeat_interleave(8, 3)
    image = 20 * torch.randn((count, 4, SIDE_PX, SIDE_PX), generator=generator) + 60
    return image + 120 * bright * torch.tensor([1, 0, 0, 0])[:, None, None], torch.ones((count, 4))


def _trained(config: ModelConfig) -> NormalizedNetwork:
    torch.manual_seed(0)
    network = NormalizedNetwork(build_network(config), Normalization.fixed(bands=3, extra_scale=2))
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.01)
    for step in range(40):
        image, metadata = _patches(4, seed=10 + step)
        coarse = functional.avg_pool2d(image[:, :1], 8) > 120
        target = coarse.float().repeat_interleave(8, 2).repeat_interleave(8, 3)
        loss = functional.binary_cross_entropy_with_logits(network(image, metadata), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network.eval()


class _Shared(nn.Module):
    """One convolution with two readers, and one batch norm that is read twice."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution, self.other = nn.Conv2d(2, 2, 1), nn.Conv2d(2, 2, 1)
        self.norm, self.twice = nn.BatchNorm2d(2), nn.BatchNorm2d(2)

    def forward(self, image: Tensor) -> Tensor:
        features = self.convolution(image)
        return self.norm(features) + features + self.twice(self.other(image)) + self.twice(image)


class _Untraceable(nn.Module):
    """A network whose way depends on what it sees."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution, self.norm = nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1)

    def forward(self, image: Tensor) -> Tensor:
        return self.norm(self.convolution(image)) if image.mean() > 0 else image


@pytest.mark.parametrize("network", [_Shared(), _Untraceable()])
def test_what_cannot_be_folded_stays(network: nn.Module) -> None:
    """Where others read a convolution too, or where the way cannot be told beforehand."""
    assert fold_batch_norms(network.eval()) == 0


def test_batch_norms_with_activations_are_folded(
    classifier_config: Callable[..., ModelConfig],
) -> None:
    """Those of timm activate too: none is left in a network with one after each convolution."""
    network = _network(_classifier(classifier_config, "test_byobnet")).model

    assert fold_batch_norms(network) == 14
    assert not any(isinstance(part, nn.BatchNorm2d) for part in network.modules())


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_bytes_are_seen_as_numbers(
    classifier_config: Callable[..., ModelConfig], precision: InferencePrecision
) -> None:
    """To the last bit, whichever is given: crops are bytes."""
    config = _classifier(classifier_config, "test_byobnet")
    ready = InferenceNetwork(_network(config), device=CPU, precision=precision)
    crops = _inputs(config, seed=4)[0].byte()

    torch.testing.assert_close(ready(crops), ready(crops.float()), atol=0, rtol=0)


@pytest.mark.parametrize(
    ("abilities", "precision"),
    [({"avx512_bf16": True}, "bfloat16"), ({"amx_bf16": True}, "bfloat16"), ({}, "float32")],
)
def test_bfloat16_is_for_processors_that_know_it(
    abilities: dict[str, bool], precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others would compute it more slowly than float32."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: abilities)

    assert fastest_precision(CPU) == precision


def test_threads_predict_on_a_gpu_one_after_another(
    segmenter_config: Callable[..., ModelConfig], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Craters side by side would each hold the features of a batch in its memory."""
    network = InferenceNetwork(_network(segmenter_config()), device=CPU, precision="float32")
    now, most = [0], [0]

    def logits(image: Tensor) -> Tensor:
        now[0] += 1
        most[0] = max(most[0], now[0])
        time.sleep(0.02)
        now[0] -= 1
        return image

    monkeypatch.setattr(network, "_device", torch.device("cuda"))
    monkeypatch.setattr(network, "_logits", logits)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(network, [torch.zeros(1)] * 4))

    assert most == [1]
