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
    """Write a file of safetensors.

    A float32 tensor whose values are all float16 values is stored as float16, which loses nothing
    and takes half the space; :func:`read_weights` gives it back as float32.
    """
    # save_file would make a file that only its owner may read.
    stored = {name: _as_stored(value) for name, value in _plain(weights).items()}
    path.write_bytes(save(stored))


def rounded_to_half(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return weights whose float32 values are rounded to the nearest float16 value.

    Types and shapes stay; a tie goes to the even neighbour.

    Raises:
        BundleError: A value is not finite, or beyond the largest float16 value, 65504.
    """
    rounded: dict[str, Tensor] = {}
    for name, value in _plain(weights).items():
        if value.dtype is torch.float32:
            value = value.half().float()  # noqa: PLW2901 - the same weights, rounded
            if not bool(value.isfinite().all()):
                raise BundleError(
                    f"{name} holds values that are not finite in half precision, whose largest "
                    f"value is {torch.finfo(torch.float16).max:.0f}; keep this model in float32"
                )
        rounded[name] = value
    return rounded


def read_weights(path: Path, *, wanted: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Read a file of safetensors.

    Args:
        path: The file.
        wanted: Names, shapes and types that it must have; on the meta device. What is wanted as
            float32 may be stored as float16.

    Raises:
        BundleError: It is missing, too large, damaged, or holds other weights.
    """
    checked_file(path, largest_bytes=LARGEST_WEIGHTS_BYTES)
    try:
        weights = load_file(path)
    except SafetensorError as error:
        raise BundleError(f"{path} cannot be read as safetensors: {error}") from error
    weights = {name: _as_wanted(value, wanted.get(name)) for name, value in weights.items()}
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


def _as_stored(value: Tensor) -> Tensor:
    if value.dtype is not torch.float32:
        return value
    half = value.half()
    # As bits: 0.0 and -0.0 are equal numbers, but the digest of a bundle tells them apart.
    is_exact = torch.equal(half.float().view(torch.int32), value.view(torch.int32))
    return half if is_exact else value


def _as_wanted(value: Tensor, wanted: Tensor | None) -> Tensor:
    # Only with the shape of the network: what grows in memory is what the network needs anyway.
    if wanted is None or value.shape != wanted.shape:
        return value
    is_widened = (value.dtype, wanted.dtype) == (torch.float16, torch.float32)
    return value.float() if is_widened else value


def _described(value: Tensor) -> str:
    return f"{str(value.dtype).removeprefix('torch.')} {tuple(value.shape)}"
