"""The EJSEG network on tiles: an smp network with the metadata injected after its encoder."""

from collections.abc import Sequence
from typing import Any

import segmentation_models_pytorch as smp
from torch import Tensor, nn
from torch.nn import functional

from ejmap_ml.config.model_config import SmpConfig
from ejmap_ml.errors import ConfigError, WeightsUnavailableError
from ejmap_ml.pretrained import (
    checked_weights_path,
    encoder_weights,
    hub_access,
    is_timm_model,
)

TIMM_PREFIX = "tu-"


class EjsegNetwork(nn.Module):
    """Which pixels of a tile are ejecta of the crater that its distance channel tells of?

    Parts are named ``encoder``, ``decoder``, ``head``, ``injector``, as in published checkpoints.
    """

    def __init__(
        self, config: SmpConfig, *, in_channels: int, metadata_size: int, pretrained: bool
    ) -> None:
        super().__init__()
        # smp declares its parts as plain modules; encoders have out_channels, decoders take lists.
        parts: Any = _segmentation_model(config, in_channels=in_channels, pretrained=pretrained)
        self.encoder: Any = parts.encoder
        self.decoder: Any = parts.decoder
        self.head: nn.Module = parts.segmentation_head
        self.injector = (
            MetadataInjector(metadata_size, stage_channels=self.encoder.out_channels[1:])
            if metadata_size
            else None
        )

    def forward(self, image: Tensor, metadata: Tensor | None = None) -> Tensor:
        """Return ejecta logits ``(B, 1, H, W)``.

        Args:
            image: ``(B, C, H, W)``; sides are multiples of the encoder's stride.
            metadata: ``(B, metadata_size)``; left out when the network has no injector.
        """
        features = self.encoder(image)
        if self.injector is not None:
            features = self.injector(features, metadata)
        return self.head(self.decoder(features))


class MetadataInjector(nn.Module):
    """Add a projection of the metadata to the features of every encoder stage but the input.

    The projection is ``relu(linear(metadata))``, one value a channel, the same for all pixels. Its
    layers are the attribute ``linears``, as in published checkpoints.
    """

    def __init__(self, metadata_size: int, *, stage_channels: Sequence[int]) -> None:
        super().__init__()
        self.linears = nn.ModuleList(
            nn.Linear(metadata_size, channels) for channels in stage_channels
        )

    def forward(self, features: Sequence[Tensor], metadata: Tensor) -> list[Tensor]:
        """Return the features of the encoder, the input first, with the metadata added.

        Args:
            features: The input and then ``(B, channels, H, W)`` a stage.
            metadata: ``(B, metadata_size)``.
        """
        image, *stages = features
        injected = [
            stage + functional.relu(linear(metadata))[:, :, None, None]
            for stage, linear in zip(stages, self.linears, strict=True)
        ]
        return [image, *injected]


def _segmentation_model(config: SmpConfig, *, in_channels: int, pretrained: bool) -> nn.Module:
    options: dict[str, Any] = {
        "arch": config.name,
        "encoder_name": config.encoder,
        "encoder_weights": None,
        "in_channels": in_channels,
        "classes": 1,
        **config.smp_options,
    }
    if config.pretrained is None or not pretrained:
        return _created(options)
    path = config.pretrained.weights_path
    is_timm = config.encoder.startswith(TIMM_PREFIX)
    if path is None or is_timm:
        options["encoder_weights"] = True if is_timm else config.pretrained.tag
        if path is not None:
            options["pretrained_cfg_overlay"] = {"file": str(checked_weights_path(path))}
        with hub_access(config.encoder):
            return _created(options)
    model: Any = _created(options)
    weights = encoder_weights(path, like=model.encoder.state_dict())
    try:
        model.encoder.load_state_dict(weights)
    except RuntimeError as error:
        raise WeightsUnavailableError(
            f"{path} holds no weights of the encoder {config.encoder}: {error}"
        ) from error
    return model


def require_encoder(name: str) -> None:
    """Refuse encoders that are not in the lists of smp and timm: other names lead to a model hub.

    Raises:
        ConfigError: It is none of them.
    """
    is_of_timm = name.startswith(TIMM_PREFIX) and is_timm_model(name.removeprefix(TIMM_PREFIX))
    if name not in smp.encoders.encoders and not is_of_timm:
        raise ConfigError(
            f"smp knows no encoder {name!r:.80}; see smp.encoders.get_encoder_names() and, after "
            f"{TIMM_PREFIX!r}, timm.list_models()"
        )


def _created(options: dict[str, Any]) -> nn.Module:
    require_encoder(options["encoder_name"])
    try:
        return smp.create_model(**options)
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise ConfigError(
            f"smp cannot build {options['arch']} with encoder {options['encoder_name']}: {error}"
        ) from error
