"""Small pictures of big rasters, with a legend that can be read."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ejmap_geo.maps.color import Rgb

INK = (235, 235, 235)
PAPER = (24, 24, 24)
FONT_PX = 16
LINE_PX = 26
MARGIN_PX = 14
SWATCH_PX = 16


class LegendEntry(NamedTuple):
    """A line of a legend."""

    text: str
    color: Rgb


def shrink(bands: NDArray[np.uint8], *, max_width_px: int) -> NDArray[np.uint8]:
    """Average blocks of pixels until a raster is at most ``max_width_px`` wide.

    Rows and columns that do not fill a last block are left out.

    Args:
        bands: ``(band, rows, cols)``.
        max_width_px: Largest width wanted.

    Returns:
        ``(band, rows // k, cols // k)`` with the smallest whole k that is enough.
    """
    block = -(-bands.shape[2] // max_width_px)
    rows, cols = bands.shape[1] // block, bands.shape[2] // block
    small = np.empty((bands.shape[0], rows, cols), np.uint8)
    for row in range(rows):
        strip = bands[:, row * block : (row + 1) * block, : cols * block]
        blocks = strip.reshape(-1, block, cols, block)
        small[:, row] = np.rint(blocks.mean(axis=(1, 3), dtype=np.float32))
    return small


def with_legend(bands: NDArray[np.uint8], entries: Sequence[LegendEntry]) -> Image.Image:
    """Set a legend in columns below a picture.

    Args:
        bands: Red, green and blue, ``(3, rows, cols)``.
        entries: Lines of the legend, in the order they are read; none gives the bare picture.

    Returns:
        The picture with a strip as high as the legend needs.
    """
    height, width = bands.shape[1:]
    # Pillow's own font lacks letters of crater names (Bashō, Erté, Bartók); matplotlib has DejaVu.
    font = ImageFont.truetype(Path(mpl.get_data_path(), "fonts/ttf/DejaVuSans.ttf"), FONT_PX)
    longest = max((font.getlength(entry.text) for entry in entries), default=0)
    column_px = int(longest) + SWATCH_PX + 2 * MARGIN_PX
    columns = max(1, (width - MARGIN_PX) // column_px)
    lines = -(-len(entries) // columns)
    strip_px = lines * LINE_PX + 2 * MARGIN_PX if entries else 0
    picture = Image.new("RGB", (width, height + strip_px), PAPER)
    picture.paste(Image.fromarray(np.ascontiguousarray(np.moveaxis(bands, 0, -1))), (0, 0))
    draw = ImageDraw.Draw(picture)
    for number, (text, color) in enumerate(entries):
        # Down the columns, as an index is read.
        left = MARGIN_PX + number // lines * column_px
        top = height + MARGIN_PX + number % lines * LINE_PX
        draw.rectangle((left, top, left + SWATCH_PX, top + SWATCH_PX), fill=color)
        middle = (left + SWATCH_PX + MARGIN_PX // 2, top + SWATCH_PX // 2)
        draw.text(middle, text, fill=INK, font=font, anchor="lm")
    return picture
