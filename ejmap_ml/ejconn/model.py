"""The EJCONN network: a timm classifier with one logit."""

from typing import Any

import timm
from torch import Tensor, nn

from ejmap_ml.config.model_config import TimmClassifierConfig
from ejmap_ml.errors import ConfigError
from ejmap_ml.pretrained import checked_weights_path, hub_access, is_timm_model


class EjconnNetwork(nn.Module):
    """Does the tile that the attention channel marks hold ejecta of the crater that it marks?

    The classifier is the attribute ``full_model``, as in published checkpoints.
    """

    def __init__(self, config: TimmClassifierConfig, *, in_channels: int, pretrained: bool) -> None:
        super().__init__()
        self.full_model = _classifier(config, in_channels=in_channels, pretrained=pretrained)

    def forward(self, image: Tensor) -> Tensor:
        """Return logits ``(B, 1)`` for crops ``(B, C, H, W)``."""
        return self.full_model(image)


def _classifier(config: TimmClassifierConfig, *, in_channels: int, pretrained: bool) -> nn.Module:
    if not is_timm_model(config.name):
        raise ConfigError(f"timm knows no model {config.name!r:.80}; see timm.list_models()")
    options: dict[str, Any] = {
        "in_chans": in_channels,
        "num_classes": 1,
        "drop_rate": config.dropout,
    }
    if _has_one_size(config.name):
        options["img_size"] = (config.crop.height_px, config.crop.width_px)
    if config.pretrained is None or not pretrained:
        return _created(config.name, options)
    path = config.pretrained.weights_path
    if path is not None:
        options["pretrained_cfg_overlay"] = {"file": str(checked_weights_path(path))}
    with hub_access(config.name):
        return _created(config.name, options | {"pretrained": True})


def _has_one_size(name: str) -> bool:
    """Return whether a network is built for one size of image, as most transformers are."""
    try:
        card = timm.get_pretrained_cfg(name)
    except RuntimeError as error:
        known = timm.list_pretrained(f"{name.partition('.')[0]}.*")
        raise ConfigError(
            f"timm knows no weights {name!r}, only {', '.join(known) or 'none of that model'}"
        ) from error
    return card is not None and card.fixed_input_size


def _created(name: str, options: dict[str, Any]) -> nn.Module:
    try:
        return timm.create_model(name, **options)
    except (AssertionError, RuntimeError, TypeError, ValueError) as error:
        raise ConfigError(f"timm cannot build {name} with {options}: {error}") from error
