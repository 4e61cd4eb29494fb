"""Files that ``torch.save`` writes, from anybody: their tensors, and nothing that runs.

Torch has two formats: a zip archive, and before 2020 a row of pickles with the numbers behind them.
Nothing is imported or called (see :mod:`ejmap_ml.published.unpickler`), and no more is read into
memory than the file is long, whatever it claims.
"""

import hashlib
import io
import math
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import torch
from torch import Tensor

from ejmap_ml.errors import CheckpointError
from ejmap_ml.published.tensor_ref import StorageRef, TensorRef
from ejmap_ml.published.unpickler import MALFORMED, MOST_PICKLE_BYTES, unpickled

LARGEST_BYTES = 2**32
# What reading a file may meet that is cut off, altered or never was what it seems.
DAMAGED = (zipfile.BadZipFile, EOFError, OSError, RuntimeError, struct.error, *MALFORMED)
STATE = "state_dict"
PICKLE = "data.pkl"
LITTLE_ENDIAN = b"little"
# How the older format begins, and the version of it that has been written since 2017.
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LEGACY_VERSION = 1001
COUNT = struct.Struct("<q")

Storages = Callable[[StorageRef], bytes]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TensorFile:
    """What was read of a file.

    Attributes:
        tensors: Tensors by name: those of its ``state_dict`` when it has one, else its own.
        epoch: Epoch (from 0) that it was written in; None when it does not tell.
        step: Optimizer steps until then; None when it does not tell.
        sha256: Digest of the whole file.
    """

    tensors: Mapping[str, Tensor]
    epoch: int | None
    step: int | None
    sha256: str


def read_tensor_file(path: Path) -> TensorFile:
    """Read a file of ``torch.save``, such as a checkpoint of Lightning.

    Raises:
        CheckpointError: There is no such file, it is of another kind or damaged, it does not hold
            tensors by name, or it claims to hold more than it does.
    """
    if path.is_symlink() or not path.is_file():
        raise CheckpointError(f"there is no checkpoint {path} (links are not followed)")
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise CheckpointError(
            f"{path} is {size} bytes, more than the {LARGEST_BYTES} that a checkpoint may have"
        )
    with path.open("rb") as file:
        try:
            reader = _from_zip if zipfile.is_zipfile(file) else _from_legacy
            root, storages = reader(file, size)
            tensors = _tensors(root, storages, most_bytes=size)
        except CheckpointError as error:
            raise CheckpointError(f"{path} cannot be read: {error}") from error
        except DAMAGED as error:
            raise CheckpointError(
                f"{path} is damaged ({error}); fetch it again from where it came"
            ) from error
        file.seek(0)
        return TensorFile(
            tensors=tensors,
            epoch=_count(root, "epoch"),
            step=_count(root, "global_step"),
            sha256=hashlib.file_digest(file, "sha256").hexdigest(),
        )


def _from_zip(file: IO[bytes], size_bytes: int) -> tuple[object, Storages]:
    archive = zipfile.ZipFile(file)
    entries = _checked_entries(archive, size_bytes)
    roots = [name.removesuffix(PICKLE) for name in entries if name.endswith(f"/{PICKLE}")]
    if len(roots) != 1:
        raise CheckpointError("it is a zip archive, but none that torch.save wrote")
    root = roots[0]
    order = entries.get(f"{root}byteorder")
    if order is not None and archive.read(order) != LITTLE_ENDIAN:
        raise CheckpointError("it was written on a big-endian machine; write it on another")
    if entries[root + PICKLE].file_size > MOST_PICKLE_BYTES:
        raise CheckpointError(f"its {PICKLE} is longer than any that describes a network")

    def storage(ref: StorageRef) -> bytes:
        entry = entries.get(f"{root}data/{ref.key}")
        if entry is None or entry.file_size != _size_bytes(ref):
            raise CheckpointError(
                f"its part {ref.key} should hold {_size_bytes(ref)} bytes and does not"
            )
        return archive.read(entry)

    return unpickled(io.BytesIO(archive.read(entries[root + PICKLE]))).value, storage


def _checked_entries(archive: zipfile.ZipFile, size_bytes: int) -> dict[str, zipfile.ZipInfo]:
    entries = {entry.filename: entry for entry in archive.infolist()}
    for entry in entries.values():
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise CheckpointError(
                f"its part {entry.filename} is compressed, which torch never does; it may unpack "
                "to any size"
            )
    # Parts may claim the same place in the file.
    if sum(entry.file_size for entry in archive.infolist()) > size_bytes:
        raise CheckpointError("its parts overlap, which they never do in files that torch wrote")
    return entries


def _from_legacy(file: IO[bytes], size_bytes: int) -> tuple[object, Storages]:
    file.seek(0)
    if unpickled(file).value != LEGACY_MAGIC or unpickled(file).value != LEGACY_VERSION:
        raise CheckpointError("it was not written by torch.save")
    unpickled(file)  # sizes of C types on the machine that wrote it
    content = unpickled(file)
    starts: dict[str, int] = {}
    for key in cast("list[Any]", unpickled(file).value):
        if type(key) is not str:
            raise CheckpointError("the name of one of its parts is no text")
        ref = content.storages[key]
        (count,) = COUNT.unpack(file.read(COUNT.size))
        starts[key] = file.tell()
        end = starts[key] + _size_bytes(ref)
        if count != ref.count or end > size_bytes:
            raise CheckpointError(f"its part {key} does not hold the {ref.count} numbers it should")
        file.seek(end)

    def storage(ref: StorageRef) -> bytes:
        if content.storages[ref.key] != ref:
            raise CheckpointError(f"it describes its part {ref.key} in two ways")
        file.seek(starts[ref.key])
        return file.read(_size_bytes(ref))

    return content.value, storage


def _tensors(root: object, storages: Storages, *, most_bytes: int) -> dict[str, Tensor]:
    named = root.get(STATE, root) if isinstance(root, dict) else None
    if not isinstance(named, dict) or not named:
        raise CheckpointError("it holds no tensors by name")
    found: dict[str, Any] = named
    bare = [name for name, value in found.items() if not isinstance(value, TensorRef)]
    if bare:
        raise CheckpointError(f"{bare[0]} should be a tensor, and is none that can be read safely")
    refs: dict[str, TensorRef] = found
    # A tensor may repeat the numbers of a storage, and any number of tensors may share one.
    total = sum(math.prod(ref.shape) * ref.storage.dtype.itemsize for ref in refs.values())
    if total > most_bytes:
        raise CheckpointError(
            f"its tensors would take {total} bytes, more than the {most_bytes} that it has itself"
        )
    for name, ref in refs.items():
        _check_bounds(name, ref)
    # Read once: any number of tensors may be views of one storage.
    numbers = {ref.storage: _numbers(ref.storage, storages) for ref in refs.values()}
    return {name: _view(numbers[ref.storage], ref) for name, ref in refs.items()}


def _check_bounds(name: str, ref: TensorRef) -> None:
    if len(ref.shape) != len(ref.strides):
        raise CheckpointError(f"{name} has {len(ref.shape)} axes and {len(ref.strides)} strides")
    steps = ((size - 1) * stride for size, stride in zip(ref.shape, ref.strides, strict=True))
    last = ref.offset + sum(steps)
    if 0 not in ref.shape and last >= ref.storage.count:
        raise CheckpointError(
            f"{name} reaches number {last} of a part that holds {ref.storage.count}"
        )


def _numbers(ref: StorageRef, storages: Storages) -> Tensor:
    if ref.count == 0:
        return torch.empty(0, dtype=ref.dtype)
    content = bytearray(storages(ref))
    if ref.dtype == torch.bool:
        # Any other byte than 0 and 1 is no bool, and torch does not look.
        return torch.frombuffer(content, dtype=torch.uint8) != 0
    return torch.frombuffer(content, dtype=ref.dtype)


def _view(numbers: Tensor, ref: TensorRef) -> Tensor:
    if 0 in ref.shape:
        return torch.empty(ref.shape, dtype=ref.storage.dtype)
    # A copy: tensors that share a storage in the file must not share memory here.
    return numbers.as_strided(ref.shape, ref.strides, ref.offset).clone(
        memory_format=torch.contiguous_format
    )


def _size_bytes(ref: StorageRef) -> int:
    return ref.count * ref.dtype.itemsize


def _count(root: object, name: str) -> int | None:
    value = root.get(name) if isinstance(root, dict) else None
    return value if type(value) is int and 0 <= value < 2**63 else None
