"""Folders of images: one sub-folder a class, pictures of any size and format, as published.

The pictures are anybody's: nothing in them is run, sizes are checked before pixels are read, and
what cannot be read is named.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ejmap_geo.craters.local_tiles import LIGHT_FROM_DEG, SIDE_PX, LocalTiles
from ejmap_ml.errors import SampleError
from ejmap_ml.sgan.data import UNLABELLED

UNLABELLED_FOLDER = "unlabelled"
LARGEST_FILE_BYTES = 2**26
LARGEST_PICTURE_PX = 2**26
MOST_PICTURES = 200_000
# Pillow hands EPS to Ghostscript, which runs the program that such a file is.
REFUSED_FORMATS = frozenset({"EPS"})
# Modes whose values do not fit into 8 bits; others become grey as the eye weighs colours.
WIDE_MODES = frozenset({"I", "F", "I;16", "I;16B", "I;16L", "I;16N"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FolderTiles:
    """The pictures of a folder.

    Attributes:
        tiles: Grey tiles in the order of class and file name.
        label: ``(tile,)`` position in ``classes``, -1 for pictures without a label.
        classes: Names of the sub-folders, sorted.
        paths: Where each tile comes from.
    """

    tiles: LocalTiles
    label: NDArray[np.int64]
    classes: tuple[str, ...]
    paths: tuple[Path, ...]


def read_image_folder(
    folder: Path, *, side_px: int = SIDE_PX, light_from_deg: float | None = None
) -> FolderTiles:
    """Read all pictures of a folder as tiles.

    Every sub-folder is a class named after it; pictures in one called "unlabelled" have none.
    Hidden files are passed over. Pictures are made grey and resized, also when they are no squares.

    Args:
        folder: The folder of sub-folders.
        side_px: Rows and columns of a tile.
        light_from_deg: Where the light comes from in all pictures, clockwise from their upper edge;
            None if it is not known. They are turned by quarters until it comes from the left or
            within 45 degrees of that.

    Raises:
        SampleError: There are no classes, no pictures or too many, or one cannot be read.
    """
    classes = _classes(folder)
    paths: list[Path] = []
    labels: list[int] = []
    for label, name in [*enumerate(classes), (UNLABELLED, UNLABELLED_FOLDER)]:
        found = _files(folder / name)
        paths += found
        labels += [label] * len(found)
    if not paths:
        raise SampleError(f"{folder} holds no pictures; put some into {', '.join(classes)}")
    if len(paths) > MOST_PICTURES:
        raise SampleError(
            f"{folder} holds {len(paths)} pictures, more than {MOST_PICTURES}; take a part of them"
        )
    values = np.stack([read_picture(path, side_px=side_px) for path in paths])
    quarters = 0 if light_from_deg is None else round((light_from_deg - LIGHT_FROM_DEG) / 90)
    tiles = LocalTiles(
        values=np.rot90(values, quarters, axes=(1, 2)).copy(),
        valid_share=np.ones(len(paths), np.float32),
        light_from_deg=None if light_from_deg is None else (light_from_deg - 90 * quarters) % 360,
    )
    return FolderTiles(
        tiles=tiles, label=np.array(labels, np.int64), classes=classes, paths=tuple(paths)
    )


def read_picture(path: Path, *, side_px: int = SIDE_PX) -> NDArray[np.float32]:
    """Read a picture in grey, resized to ``(side_px, side_px)``; pixels are averaged, not skipped.

    Raises:
        SampleError: It is too large, no picture, or broken.
    """
    if (size := path.stat().st_size) > LARGEST_FILE_BYTES:
        raise SampleError(
            f"picture {path} is {size} bytes, more than {LARGEST_FILE_BYTES}; make it smaller"
        )
    try:
        with warnings.catch_warnings():
            # Readers warn of odd headers and of pictures just below the limit that is checked here.
            warnings.simplefilter("ignore")
            return _grey(path, side_px)
    except Image.DecompressionBombError as error:
        raise SampleError(f"picture {path} has too many pixels; make it smaller") from error
    except SampleError:
        raise
    except Exception as error:  # each of Pillow's dozens of readers fails in its own way
        raise SampleError(
            f"{path} is no picture that can be read ({type(error).__name__}); remove it or save it "
            "anew as PNG"
        ) from error


def _grey(path: Path, side_px: int) -> NDArray[np.float32]:
    Image.init()
    formats = [name for name in Image.OPEN if name not in REFUSED_FORMATS]
    with Image.open(path, formats=formats) as picture:
        if picture.width * picture.height > LARGEST_PICTURE_PX:
            raise SampleError(
                f"picture {path} is {picture.width} x {picture.height} px, more than "
                f"{LARGEST_PICTURE_PX} pixels; make it smaller"
            )
        if picture.mode in WIDE_MODES:
            values = np.asarray(picture).astype(np.float32)
        else:
            # By way of RGB: palettes and transparency become what is seen.
            values = np.asarray(picture.convert("RGB").convert("L"), np.float32)
    if not np.isfinite(values).all():
        raise SampleError(f"picture {path} holds values that are no numbers; save it anew as PNG")
    resized = Image.fromarray(values).resize((side_px, side_px), Image.Resampling.BILINEAR)
    return np.asarray(resized, np.float32)


def _classes(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        raise SampleError(f"{folder} is no folder; give one with a sub-folder for every class")
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and _is_seen(entry))
    classes = tuple(name for name in names if name != UNLABELLED_FOLDER)
    if len(classes) < 2:
        raise SampleError(
            f"{folder} needs a sub-folder for each of two or more classes, found "
            f"{', '.join(classes) or 'none'}; name one of them crater"
        )
    return classes


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(entry for entry in folder.iterdir() if entry.is_file() and _is_seen(entry))


def _is_seen(entry: Path) -> bool:
    return not entry.name.startswith(".")
