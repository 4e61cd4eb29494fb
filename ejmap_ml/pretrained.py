"""Pretrained weights: from a local file that was named, or from the hub."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import timm
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from ejmap_ml.errors import WeightsUnavailableError

RGB = 3
# A name in the list of networks, and of weights behind a dot.
_TIMM_NAME = re.compile(r"\w+(\.[\w-]+)?", re.ASCII)


def is_timm_model(name: str) -> bool:
    """Return whether timm's list has a network; ``hf-hub:`` and ``local-dir:`` lead elsewhere."""
    return _TIMM_NAME.fullmatch(name) is not None and timm.is_model(name)


@contextmanager
def hub_access(name: str) -> Generator[None]:
    """Turn a hub that cannot be reached into one sentence.

    Raises:
        WeightsUnavailableError: What was done inside needed the hub and did not get it.
    """
    try:
        yield
    except OSError as error:
        raise WeightsUnavailableError(
            f"the hub that holds the pretrained weights of {name} cannot be reached "
            f"({type(error).__name__}); name a local safetensors file as pretrained.weights_path, "
            "or set pretrained to null to start at random"
        ) from error


def checked_weights_path(path: Path) -> Path:
    """Return ``path`` when it is a safetensors file; anything else could run code when read.

    Raises:
        WeightsUnavailableError: There is no such file, or it is of another kind.
    """
    if path.suffix != ".safetensors" or not path.is_file():
        raise WeightsUnavailableError(
            f"pretrained weights must be a .safetensors file, and {path} is none; convert the "
            "weights or correct pretrained.weights_path"
        )
    return path


def encoder_weights(path: Path, *, like: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights of an RGB encoder, fitted to the channels of the encoder ``like``.

    The first convolution repeats red, green, blue and is rescaled so that the response to equal
    channels keeps its size, as timm and smp do with weights from the hub.

    Raises:
        WeightsUnavailableError: The file cannot be read.
    """
    try:
        weights = load_file(checked_weights_path(path))
    except SafetensorError as error:
        raise WeightsUnavailableError(
            f"pretrained weights {path} cannot be read as safetensors: {error}"
        ) from error
    return {
        name: _fitted(value, like[name]) if name in like else value
        for name, value in weights.items()
    }


def _fitted(weight: Tensor, wanted: Tensor) -> Tensor:
    is_first = (
        weight.ndim == wanted.ndim == 4
        and weight.shape[1] == RGB
        and weight.shape[1] != wanted.shape[1]
    )
    if not is_first:
        return weight
    channels = wanted.shape[1]
    if channels == 1:
        return weight.sum(1, keepdim=True)
    repeated = weight.repeat(1, -(-channels // RGB), 1, 1)[:, :channels]
    return repeated * (RGB / channels)
