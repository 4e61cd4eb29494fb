"""Tensors as a pickle of torch describes them: where their numbers lie, and in which order.

Nothing here is checked against the file yet. Functions are known by their names and never called.
"""

from dataclasses import dataclass
from typing import Any

import torch

DTYPES = {
    "DoubleStorage": torch.float64,
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
    "ComplexFloatStorage": torch.complex64,
    "ComplexDoubleStorage": torch.complex128,
}
# Torch has no tensors of more axes; the product of a million sizes takes hours.
MOST_AXES = 64


@dataclass(frozen=True, slots=True)
class Blank:
    """An object of which nothing is known but that it was there."""


@dataclass(frozen=True, slots=True)
class Global:
    """A name that a pickle refers to; never looked up."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class StorageRef:
    """The numbers of one or more tensors, which lie outside the pickle.

    Attributes:
        key: Where they lie.
        dtype: What they are.
        count: How many there are.
    """

    key: str
    dtype: torch.dtype
    count: int


@dataclass(frozen=True, slots=True)
class TensorRef:
    """A tensor as a view of a storage, as the pickle says and not yet checked."""

    storage: StorageRef
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


BLANK = Blank()
_REBUILD = (
    Global("torch._utils", "_rebuild_tensor"),
    Global("torch._utils", "_rebuild_tensor_v2"),
)
_PARAMETER = (
    Global("torch._utils", "_rebuild_parameter"),
    Global("torch._utils", "_rebuild_parameter_with_state"),
)
_ORDERED = Global("collections", "OrderedDict")
_SIZE = Global("torch", "Size")


def result_of(function: object, arguments: Any) -> object:  # noqa: ANN401 - from the pickle
    """Return what a call would return, or a blank where only the function itself knows.

    Raises:
        IndexError, TypeError: The arguments are of no such call.
    """
    if type(arguments) is not tuple:
        return BLANK
    if function in _REBUILD:
        return _tensor(*arguments[:4])
    if function in _PARAMETER and isinstance(arguments[0], TensorRef):
        return arguments[0]
    if function == _ORDERED:
        return {}
    if function == _SIZE and type(arguments[0]) is tuple:
        return arguments[0]
    return BLANK


def storage_of(named: Any) -> object:  # noqa: ANN401 - from the pickle
    """Return the storage that a persistent id of torch names; a blank for any other id."""
    match named:
        case ("storage", Global("torch", kind), str(key), _, int(count), *views):
            is_plain = kind in DTYPES and _is_count(count) and not any(views)
            return StorageRef(key, DTYPES[kind], count) if is_plain else BLANK
        case _:
            return BLANK


def _tensor(storage: object, offset: object, shape: object, strides: object) -> object:
    if (
        isinstance(storage, StorageRef)
        and _is_count(offset)
        and _is_counts(shape)
        and _is_counts(strides)
    ):
        return TensorRef(storage, offset, shape, strides)  # pyright: ignore[reportArgumentType] - checked above
    return BLANK


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_counts(values: object) -> bool:
    return (
        type(values) is tuple
        and len(values) <= MOST_AXES
        and all(_is_count(value) for value in values)
    )
