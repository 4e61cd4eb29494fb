"""Pretrained encoders start from a local file when they are told to."""

from pathlib import Path

import pytest
import segmentation_models_pytorch as smp
import timm
import torch
from safetensors.torch import save_file

from ejmap_ml.bundles.network import build_network
from ejmap_ml.config.model_config import ModelConfig
from ejmap_ml.errors import WeightsUnavailableError
from ejmap_ml.pretrained import hub_access


def _pretrained(config: ModelConfig, path: Path, **architecture: object) -> ModelConfig:
    values = config.model_dump()
    values["architecture"] |= {"pretrained": {"weights_path": path}} | architecture
    return ModelConfig.model_validate(values)


@pytest.mark.parametrize("bands", [1, 3])
def test_a_local_encoder_is_fitted_to_its_channels_as_smp_does(
    segmenter_config, tmp_path: Path, bands: int
) -> None:
    """The oracle is smp's own patch of the first convolution."""
    encoder = smp.encoders.get_encoder("resnet18", weights=None)
    save_file(encoder.state_dict(), tmp_path / "resnet18.safetensors")
    config = _pretrained(
        segmenter_config(bands=bands), tmp_path / "resnet18.safetensors", encoder="resnet18",
        encoder_depth=5, decoder_channels=None,
    )  # fmt: skip

    network = build_network(config, pretrained=True)

    encoder.set_in_channels(bands + 1, pretrained=True)
    for name, value in encoder.state_dict().items():
        torch.testing.assert_close(network.state_dict()[f"encoder.{name}"], value)


def test_a_local_timm_model_gives_all_but_its_classes(classifier_config, tmp_path: Path) -> None:
    """Weights of 1000 classes start a network of one logit."""
    model = timm.create_model("test_resnet.r160_in1k")
    save_file(model.state_dict(), tmp_path / "model.safetensors")
    path = tmp_path / "model.safetensors"
    config = _pretrained(classifier_config(), path, name="test_resnet.r160_in1k")

    network = build_network(config, pretrained=True)

    for name, value in model.state_dict().items():
        if not name.startswith(("fc.", "conv1.")):
            assert torch.equal(network.state_dict()[f"full_model.{name}"], value)


def test_a_local_timm_encoder_starts_a_segmenter(segmenter_config, tmp_path: Path) -> None:
    """Encoders of timm take the same file."""
    model = timm.create_model("test_resnet")
    save_file(model.state_dict(), tmp_path / "model.safetensors")

    network = build_network(
        _pretrained(segmenter_config(), tmp_path / "model.safetensors"), pretrained=True
    )

    name = "layer1.0.conv1.weight"
    assert torch.equal(network.state_dict()[f"encoder.model.{name}"], model.state_dict()[name])


def test_weights_of_another_encoder_are_refused(segmenter_config, tmp_path: Path) -> None:
    """The encoder and the file are named."""
    save_file({"layer.weight": torch.zeros(1)}, tmp_path / "other.safetensors")
    config = _pretrained(
        segmenter_config(), tmp_path / "other.safetensors", encoder="resnet18",
        encoder_depth=5, decoder_channels=None,
    )  # fmt: skip

    with pytest.raises(WeightsUnavailableError, match="no weights of the encoder resnet18"):
        build_network(config, pretrained=True)


def test_pickles_are_refused(classifier_config, tmp_path: Path) -> None:
    """Reading them could run code."""
    (tmp_path / "model.pt").write_bytes(b"")

    with pytest.raises(WeightsUnavailableError, match=r"must be a \.safetensors file"):
        build_network(_pretrained(classifier_config(), tmp_path / "model.pt"), pretrained=True)


def test_an_unreachable_hub_is_one_sentence_with_a_way_out() -> None:
    """Whatever the client raises."""
    with (
        pytest.raises(
            WeightsUnavailableError, match=r"of resnet34 cannot.*pretrained.weights_path"
        ),
        hub_access("resnet34"),
    ):
        raise ConnectionError


def test_pretrained_weights_are_not_fetched_unless_asked(classifier_config, tmp_path: Path) -> None:
    """A bundle brings its own; building it reads no other file."""
    config = _pretrained(classifier_config(), tmp_path / "missing.safetensors")

    assert build_network(config) is not None
