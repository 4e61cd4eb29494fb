"""A tile store as it lies on disk, looked at before Zarr opens it: whole, regular, no bomb."""

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ejmap_ml.errors import TileStoreError

METADATA = "zarr.json"
FILES = "files"
LARGEST_METADATA_BYTES = 2**24
# An array of nothing but zeros has no shards; beyond this size its shards must account for it.
UNCOUNTED_BYTES = 2**32
# LZ4 shrinks to no less than a 255th.
MOST_SHRUNK = 300


class _Entry(NamedTuple):
    path: str
    size_bytes: int


def list_files(store: Path) -> list[str]:
    """Return the files of a store by path from its folder.

    Raises:
        TileStoreError: One of them is no regular file.
    """
    root = f"{store}{os.sep}"
    return sorted(one.path.removeprefix(root) for one in _entries(str(store)))


def check_store(store: Path) -> None:
    """Refuse a store that lacks files, holds others than regular ones, or declares absurd sizes.

    Raises:
        TileStoreError: It does.
    """
    sizes = dict(_entries(str(store)))
    root = _metadata(store / METADATA, sizes)
    listed = root.get("attributes", {}).get(FILES, [])
    if not isinstance(listed, list):
        raise _damaged(store / METADATA, "its files are no list")
    absent = [name for name in listed if f"{store}{os.sep}{name}" not in sizes]
    if absent:
        raise TileStoreError(
            f"{store} lacks {len(absent)} of its {len(listed)} files, such as {absent[0]}; delete "
            "it and make it again"
        )
    for path in sizes:
        if path.endswith(f"{os.sep}{METADATA}"):
            _check_array(Path(path), sizes)


def _check_array(path: Path, sizes: dict[str, int]) -> None:
    match _metadata(path, sizes):
        case {"node_type": "group"}:
            return
        case {"node_type": "array", "shape": [*shape], "data_type": str(kind)} if (
            kind in np.sctypeDict and all(isinstance(length, int) for length in shape)
        ):
            declared = math.prod(shape) * np.dtype(kind).itemsize
        case _:
            raise _damaged(path, "neither a group nor an array of numbers")
    folder = f"{path.parent}{os.sep}"
    stored = sum(size for name, size in sizes.items() if name.startswith(folder))
    if declared > max(UNCOUNTED_BYTES, stored * MOST_SHRUNK):
        raise TileStoreError(
            f"{path} declares {declared / 1e9:.0f} GB and its shards hold {stored / 1e9:.3f} GB, "
            "so it is damaged; delete its tile store and make it again"
        )


def _metadata(path: Path, sizes: dict[str, int]) -> dict[str, Any]:
    size = sizes.get(str(path))
    if size is None:
        raise TileStoreError(f"there is no tile store at {path.parent}; make it again")
    if size > LARGEST_METADATA_BYTES:
        raise TileStoreError(f"{path} has {size} bytes, which no tile store needs; make it again")
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path, error) from error
    if not isinstance(told, dict) or not isinstance(told.get("attributes", {}), dict):
        raise _damaged(path, "not an object")
    return told


def _damaged(path: Path, reason: object) -> TileStoreError:
    return TileStoreError(f"{path} is damaged ({reason}); delete its tile store and make it again")


def _entries(folder: str) -> Iterator[_Entry]:
    try:
        found = list(os.scandir(folder))
    except OSError as error:
        raise TileStoreError(
            f"there is no tile store at {folder}; materialise tile_store first"
        ) from error
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path)
        elif entry.is_file(follow_symlinks=False):
            yield _Entry(entry.path, entry.stat().st_size)
        else:
            raise TileStoreError(
                f"{entry.path} is no regular file, as all files of a tile store are; make the "
                "store again"
            )
