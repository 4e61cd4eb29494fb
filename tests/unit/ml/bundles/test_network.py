"""Networks equal their definition, built independently from smp and timm."""

import pytest
import segmentation_models_pytorch as smp
import timm
import torch
from torch import Tensor, nn

from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.config.model_config import ModelConfig, load_preset
from ejmap_ml.errors import ConfigError, SampleError


def _inputs(config: ModelConfig, *, side_px: int = 64) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(0)
    image = torch.randn((2, config.in_channels, side_px, side_px), generator=generator)
    if not config.metadata_size:
        return (image,)
    return image, torch.randn((2, config.metadata_size), generator=generator)


def _segmenter(segmenter_config, **architecture: object) -> ModelConfig:
    values = segmenter_config().model_dump()
    values["architecture"] |= {"encoder_depth": None, "decoder_channels": None} | architecture
    return ModelConfig.model_validate(values)


class _Definition(nn.Module):
    """The published segmenter, put together from smp's parts."""

    def __init__(self, parts: nn.Module, *, metadata_size: int) -> None:
        super().__init__()
        self.encoder, self.decoder = parts.encoder, parts.decoder
        self.head = parts.segmentation_head
        self.injector = nn.Module()
        self.injector.linears = nn.ModuleList(
            nn.Linear(metadata_size, channels) for channels in parts.encoder.out_channels[1:]
        )

    def forward(self, image: Tensor, metadata: Tensor) -> Tensor:
        features = self.encoder(image)
        for stage, linear in enumerate(self.injector.linears, start=1):
            added = nn.ReLU()(linear(metadata)).reshape(len(image), -1, 1, 1)
            features[stage] = features[stage] + added.expand_as(features[stage])
        return self.head(self.decoder(features))


@pytest.mark.parametrize(
    ("name", "definition", "encoder", "options"),
    [
        ("unet", smp.Unet, "resnet34", {}),
        ("unetplusplus", smp.UnetPlusPlus, "resnet34", {}),
        ("fpn", smp.FPN, "resnet34", {}),
        ("pspnet", smp.PSPNet, "resnet34", {}),
        ("deeplabv3", smp.DeepLabV3, "resnet34", {}),
        ("deeplabv3plus", smp.DeepLabV3Plus, "resnet34", {}),
        ("linknet", smp.Linknet, "resnet34", {}),
        ("manet", smp.MAnet, "resnet34", {}),
        ("upernet", smp.UPerNet, "resnet34", {}),
        ("segformer", smp.Segformer, "resnet34", {}),
        ("unetplusplus", smp.UnetPlusPlus, "resnet50", {}),
        ("unetplusplus", smp.UnetPlusPlus, "resnext50_32x4d", {}),
        ("unetplusplus", smp.UnetPlusPlus, "vgg19_bn", {}),
        ("unetplusplus", smp.UnetPlusPlus, "densenet201", {}),
        ("unetplusplus", smp.UnetPlusPlus, "efficientnet-b4", {}),
        ("unetplusplus", smp.UnetPlusPlus, "resnet34", {"decoder_attention_type": "scse"}),
    ],
)
def test_the_segmenter_equals_its_definition(
    segmenter_config, name: str, definition, encoder: str, options: dict[str, str]
) -> None:
    """Encoder, features plus relu(W m + b) from the first stage on, decoder, head: to 1e-5."""
    config = _segmenter(
        segmenter_config,
        name=name,
        encoder=encoder,
        decoder_attention=options.get("decoder_attention_type"),
    )
    network = build_network(config).eval()
    parts = definition(encoder, encoder_weights=None, in_channels=4, classes=1, **options)
    reference = _Definition(parts, metadata_size=4).eval()
    reference.load_state_dict(network.state_dict())
    image, metadata = _inputs(config)

    with torch.inference_mode():
        found, expected = network(image, metadata), reference(image, metadata)

    assert found.shape == (2, 1, 64, 64)
    assert expected.std() > 0
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    "name",
    [
        "test_resnet",
        "resnet34",
        "resnet50",
        "resnet50.a1_in1k",
        "res2net50_26w_4s",
        "densenet169.tv_in1k",
    ],
)
def test_the_classifier_equals_its_definition(classifier_config, name: str) -> None:
    """A timm model with four channels and one logit, of each name in the published table."""
    values = classifier_config().model_dump()
    values["architecture"]["name"] = name
    config = ModelConfig.model_validate(values)
    network = build_network(config).eval()
    (image,) = _inputs(config)

    reference = timm.create_model(name, in_chans=4, num_classes=1).eval()
    reference.load_state_dict(
        {k.removeprefix("full_model."): v for k, v in network.state_dict().items()}
    )

    with torch.inference_mode():
        found, expected = network(image), reference(image)
    assert found.shape == (2, 1)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("preset", ["ejseg_v200", "ejconn_v32"])
def test_weights_have_the_published_names(preset: str) -> None:
    """Checkpoints of the paper hold model.{encoder,decoder,head,injector.linears,full_model}."""
    network = NormalizedNetwork(build_network(load_preset(preset)), None)

    parts = {".".join(key.split(".")[:2]) for key in network.state_dict()}

    assert parts == (
        {"model.full_model"}
        if preset == "ejconn_v32"
        else {"model.encoder", "model.decoder", "model.head", "model.injector"}
    )
    if preset == "ejseg_v200":
        assert network.state_dict()["model.injector.linears.4.weight"].shape == (512, 4)


def test_gradient_reaches_encoder_and_injector(segmenter_config) -> None:
    """Every weight of the network takes part."""
    network = build_network(segmenter_config())

    network(*_inputs(segmenter_config())).square().mean().backward()

    silent = [name for name, p in network.named_parameters() if p.grad is None]
    assert silent == []
    injector = [p.grad for name, p in network.named_parameters() if name.startswith("injector.")]
    assert all(bool(gradient.abs().sum() > 0) for gradient in injector)


def test_changing_the_metadata_changes_the_logits(segmenter_config) -> None:
    """The vector is not ignored."""
    network = build_network(segmenter_config()).eval()
    image, metadata = _inputs(segmenter_config())

    assert not torch.equal(network(image, metadata), network(image, metadata + 1))


def test_a_segmenter_without_injection_takes_the_image_alone(segmenter_config) -> None:
    """Nothing is injected when nothing is configured."""
    config = segmenter_config(injection=False)

    network = build_network(config)

    assert config.metadata_size == 0
    assert network(*_inputs(config)).shape == (2, 1, 64, 64)


def test_polar_networks_are_built_like_the_others() -> None:
    """The polar U-Net keeps the shape of its view."""
    config = load_preset("ejseg_polar")

    logits = build_network(config)(torch.zeros(1, config.in_channels, 32, 64))

    assert logits.shape == (1, 1, 32, 64)


def test_raw_channels_are_normalised_inside() -> None:
    """Bands, extra channel, and in the metadata bands like bands and radius like distance."""

    class Echo(nn.Module):
        def forward(self, image: Tensor, metadata: Tensor) -> Tensor:
            return torch.cat([image.flatten(1), metadata], dim=1)

    normalization = Normalization(offset=(10.0, 1.0), scale=(2.0, 4.0))
    network = NormalizedNetwork(Echo(), normalization)

    out = network(torch.tensor([[[[14.0]], [[5.0]]]]), torch.tensor([[12.0, 7.0]]))

    assert out.tolist() == [[2.0, 1.0, 1.0, 1.5]]


def test_a_mosaic_of_other_bands_is_refused(classifier_config) -> None:
    """Before any arithmetic, with both numbers."""
    normalization = Normalization.fixed(bands=3, extra_scale=2)
    network = NormalizedNetwork(build_network(classifier_config()), normalization)

    with pytest.raises(SampleError, match="trained on 4 channels, got 2"):
        network(torch.zeros(1, 2, 8, 8))


@pytest.mark.parametrize("name", ["test_vit", "swin_s3_tiny_224"])
def test_transformers_are_built_for_the_size_of_the_crop(classifier_config, name: str) -> None:
    """They take images of one size only."""
    values = classifier_config().model_dump()
    values["architecture"] |= {"name": name, "crop": {"height_px": 64, "width_px": 96}}

    network = build_network(ModelConfig.model_validate(values)).eval()

    assert network(torch.zeros(2, 4, 64, 96)).shape == (2, 1)


def test_weights_that_nobody_trained_are_refused(classifier_config) -> None:
    """Some models of timm have none; that is no fault of the hub."""
    values = classifier_config().model_dump()
    values["architecture"] |= {"name": "mixer_s32_224", "pretrained": {}}

    with pytest.raises(ConfigError, match="No pretrained weights exist for mixer_s32_224"):
        build_network(ModelConfig.model_validate(values), pretrained=True)


def test_unknown_weights_are_named_beside_those_there_are(classifier_config) -> None:
    """The tag of a timm model is part of its name."""
    values = classifier_config().model_dump()
    values["architecture"]["name"] = "resnet34.a99"

    with pytest.raises(ConfigError, match=r"no weights 'resnet34.a99', only resnet34\.a1_in1k"):
        build_network(ModelConfig.model_validate(values))


def test_unknown_networks_are_named(classifier_config, segmenter_config) -> None:
    """Neither timm nor smp has them."""
    values = classifier_config().model_dump()
    values["architecture"]["name"] = "densenet9000"

    with pytest.raises(ConfigError, match="densenet9000"):
        build_network(ModelConfig.model_validate(values))
    with pytest.raises(ConfigError, match="resnet9000"):
        build_network(_segmenter(segmenter_config, encoder="resnet9000"))
    with pytest.raises(ConfigError, match="tu-resnet9000"):
        build_network(_segmenter(segmenter_config, encoder="tu-resnet9000"))
