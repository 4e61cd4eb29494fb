"""Published tiles: one .npy file a channel and tile, brought to one size.

Every reader raises SourceError where a file is missing or holds something else.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.file_family import FileFamily
from ejmap_project.published.layout import PublishedFolder

# The files of a labelled tile.
EJCONN_TILE = (layout.EJCONN_IMAGE, layout.EJCONN_ATTENTION)
EJSEG_TILE = (layout.EJSEG_IMAGE, layout.EJSEG_DISTANCE, layout.EJSEG_MASK)
BANDS = 3
LARGEST_SIDE_PX = 4096
LARGEST_ATTENTION = 2
NUMBERS = "uifb"


def has_tile(
    published: PublishedFolder, families: Iterable[FileFamily], crater_id: int, tile_id: int
) -> bool:
    """Return whether all those files of a labelled tile were published."""
    return all(published.file(one, tile=tile_id, crater=crater_id) for one in families)


def read_crops(
    published: PublishedFolder, crater_id: int, tile_ids: Sequence[int], *, side_px: int
) -> NDArray[Any]:
    """Read what the published EJCONN saw of labelled tiles, stretched to squares.

    Returns:
        ``(tile, 4, side_px, side_px)``: the bands, and attention from 0 to 2. uint8, or float32
        when an attention is no whole number.
    """
    # Mixed types are stacked as float32.
    return np.stack([_crop(published, crater_id, tile_id, side_px) for tile_id in tile_ids])


def read_images(
    published: PublishedFolder, crater_id: int, tile_ids: Sequence[int], *, side_px: int
) -> NDArray[np.uint8]:
    """Read the images that the published EJSEG saw, ``(tile, 3, side_px, side_px)``."""
    images = (_image(published, layout.EJSEG_IMAGE, crater_id, tile_id) for tile_id in tile_ids)
    return np.stack([_stretched(image, side_px) for image in images])


def read_distances_m(
    published: PublishedFolder, crater_id: int, tile_ids: Sequence[int], *, side_px: int
) -> NDArray[np.float32]:
    """Read the distances from the crater's centre in metres, ``(tile, side_px, side_px)``."""
    family = layout.EJSEG_DISTANCE
    planes = _planes(published, family, crater_id, tile_ids, side_px, largest=np.inf)
    return planes.astype(np.float32)


def read_tile_masks(
    published: PublishedFolder, crater_id: int, tile_ids: Sequence[int], *, side_px: int
) -> NDArray[np.bool_]:
    """Read where a person saw ejecta of the crater, ``(tile, side_px, side_px)``."""
    return _planes(published, layout.EJSEG_MASK, crater_id, tile_ids, side_px, largest=1) > 0


def read_array(path: Path, *, dimensions: int) -> NDArray[Any]:
    """Read an array of numbers from an untrusted .npy file.

    Args:
        path: The file.
        dimensions: How many it must have.

    Raises:
        SourceError: If it is no such file, would run code when read, or is not of that shape.
    """
    try:
        # Mapped first: a header that promises terabytes then fails instead of filling the memory.
        mapped = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, OSError, EOFError, SyntaxError, TypeError) as error:
        reason = " ".join(str(error).split()) or "it is empty"
        raise SourceError(f"{path} is no plain array of numbers ({reason}); copy it again") from (
            error
        )
    too_large = mapped.ndim != dimensions or not 0 < max(mapped.shape) <= LARGEST_SIDE_PX
    if mapped.dtype.kind not in NUMBERS or too_large or 0 in mapped.shape:
        raise SourceError(
            f"{path} holds {mapped.dtype} of shape {mapped.shape}; a published tile has numbers in "
            f"{dimensions} dimensions of at most {LARGEST_SIDE_PX}"
        )
    return np.array(mapped)


def _crop(published: PublishedFolder, crater_id: int, tile_id: int, side_px: int) -> NDArray[Any]:
    image = _image(published, layout.EJCONN_IMAGE, crater_id, tile_id)
    path = published.required(layout.EJCONN_ATTENTION, tile=tile_id, crater=crater_id)
    attention = read_array(path, dimensions=3)
    if attention.shape != (1, *image.shape[1:]):
        raise SourceError(
            f"{path} has shape {attention.shape}, but the image of the tile is {image.shape}; "
            "copy both again"
        )
    _require_values(attention, path, largest=LARGEST_ATTENTION)
    is_whole = bool((attention == np.rint(attention)).all())
    attention = attention.astype(np.uint8 if is_whole else np.float32)
    return _stretched(np.concatenate([image, attention]), side_px)


def _image(
    published: PublishedFolder, family: FileFamily, crater_id: int, tile_id: int
) -> NDArray[np.uint8]:
    path = published.required(family, tile=tile_id, crater=crater_id)
    image = read_array(path, dimensions=3)
    if image.shape[0] != BANDS:
        raise SourceError(f"{path} has {image.shape[0]} bands; published images have {BANDS}")
    _require_values(image, path, largest=255)
    return image.astype(np.uint8)


def _planes(
    published: PublishedFolder,
    family: FileFamily,
    crater_id: int,
    tile_ids: Iterable[int],
    side_px: int,
    *,
    largest: float,
) -> NDArray[Any]:
    planes: list[NDArray[Any]] = []
    for tile_id in tile_ids:
        path = published.required(family, tile=tile_id, crater=crater_id)
        plane = read_array(path, dimensions=2)
        _require_values(plane, path, largest=largest)
        planes.append(_stretched(plane, side_px))
    return np.stack(planes)


def _require_values(values: NDArray[Any], path: Path, *, largest: float) -> None:
    low, high = float(values.min()), float(values.max())
    # Comparisons with NaN are false.
    if not (low >= 0 and high <= largest and np.isfinite(high)):
        raise SourceError(
            f"{path} holds values from {low:g} to {high:g}, not from 0 to {largest:g}; "
            "copy it again"
        )


def _stretched(array: NDArray[Any], side_px: int) -> NDArray[Any]:
    """Return ``(..., side_px, side_px)`` with the nearest pixel of each axis."""
    rows, cols = (
        ((np.arange(side_px) + 0.5) * size / side_px).astype(np.intp) for size in array.shape[-2:]
    )
    return array[..., rows[:, None], cols]
