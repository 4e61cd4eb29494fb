"""Weights of networks: their file, their digest, and whether they fit a network.

Weights may come from anybody: they are read as safetensors only, and their size is checked before
anything is read.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from ejmap_ml.bundles.bundle_files import LARGEST_WEIGHTS_BYTES, checked_file
from ejmap_ml.errors import BundleError

SHOWN_DIFFERENCES = 8


def content_digest(texts: Iterable[str], weights: Mapping[str, Tensor]) -> str:
    """Return the SHA-256 of texts and weights; equal for equal weights in any order."""
    digest = hashlib.sha256("".join(texts).encode())
    for name, value in sorted(_plain(weights).items()):
        digest.update(f"{name} {value.dtype} {tuple(value.shape)};".encode())
        digest.update(value.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def write_weights(weights: Mapping[str, Tensor], path: Path) -> None:
    """Write a file of safetensors."""
    # save_file would make a file that only its owner may read.
    path.write_bytes(save(_plain(weights)))


def read_weights(path: Path, *, wanted: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Read a file of safetensors.

    Args:
        path: The file.
        wanted: Names, shapes and types that it must have; on the meta device.

    Raises:
        BundleError: It is missing, too large, damaged, or holds other weights.
    """
    checked_file(path, largest_bytes=LARGEST_WEIGHTS_BYTES)
    try:
        weights = load_file(path)
    except SafetensorError as error:
        raise BundleError(f"{path} cannot be read as safetensors: {error}") from error
    check_weights(weights, wanted=wanted)
    return weights


def check_weights(weights: Mapping[str, Tensor], *, wanted: Mapping[str, Tensor]) -> None:
    """Compare names, shapes and types of weights with those of a network.

    Raises:
        BundleError: They differ; the message names the differences.
    """
    found = {name: _described(value) for name, value in weights.items()}
    expected = {name: _described(value) for name, value in wanted.items()}
    differences = [
        *(f"missing {name}" for name in expected if name not in found),
        *(f"unknown {name}" for name in found if name not in expected),
        *(
            f"{name} is {found[name]}, not {expected[name]}"
            for name in expected
            if name in found and found[name] != expected[name]
        ),
    ]
    if differences:
        more = len(differences) - SHOWN_DIFFERENCES
        tail = f" and {more} more" if more > 0 else ""
        raise BundleError(
            f"weights do not fit their configuration: {'; '.join(differences[:SHOWN_DIFFERENCES])}"
            f"{tail}; use the configuration that they were trained with"
        )


def _plain(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    # channels_last weights are no contiguous tensors, which safetensors refuses.
    return {name: value.detach().cpu().contiguous() for name, value in weights.items()}


def _described(value: Tensor) -> str:
    return f"{str(value.dtype).removeprefix('torch.')} {tuple(value.shape)}"
