"""Real networks that give the same probability everywhere: all weights are 0 but the last bias."""

import math

import torch
import yaml

from ejmap_ml.bundles.bundle import ModelBundle, Provenance
from ejmap_ml.bundles.network import NormalizedNetwork, build_network
from ejmap_ml.bundles.normalization import Normalization
from ejmap_ml.config.bands import Reads
from ejmap_ml.config.model_config import ModelConfig


def constant_bundle(preset: str, probability: float, *, reads: Reads | None = None) -> ModelBundle:
    """Return a network that says the same of every tile or pixel.

    Args:
        preset: Its configuration, as YAML.
        probability: What it says.
        reads: The bands that it states to read; None leaves those of the configuration.
    """
    config = ModelConfig.model_validate(yaml.safe_load(preset))
    if reads is not None:
        config = config.reading(reads)
    is_view = config.normalization.kind == "none"
    normalization = None if is_view else Normalization.fixed(bands=config.bands, extra_scale=2)
    network = NormalizedNetwork(build_network(config), normalization)
    parameters = list(network.parameters())
    with torch.no_grad():
        for parameter in parameters:
            parameter.zero_()
        # The bias of the head is the last parameter.
        parameters[-1].fill_(math.log(probability / (1 - probability)))
    return ModelBundle(
        config=config,
        weights=network.state_dict(),
        normalization=normalization,
        provenance=Provenance(created_utc=""),
    )
