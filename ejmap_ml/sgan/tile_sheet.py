"""Tile sheets: many tiles as one picture, plain or with a line of words under each."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ejmap_geo.craters.local_tiles import LocalTiles
from ejmap_ml.errors import SampleError
from ejmap_ml.sgan.config import StretchConfig
from ejmap_ml.sgan.data import stretched

COLUMNS = 8
GAP_PX = 2
PAPER = 255
MAGNIFIED = 3
WORDS_PX = 14


def tile_sheet(
    values: NDArray[np.floating], *, columns: int = COLUMNS, below_px: int = 0
) -> NDArray[np.uint8]:
    """Lay tiles out in rows on white.

    Args:
        values: ``(tile, row, col)`` in -1 (black) to 1 (white).
        columns: Tiles in a row.
        below_px: White rows left under every tile.

    Returns:
        ``(rows, cols)``.
    """
    count, height, width = values.shape
    grey = np.rint((values.clip(-1, 1) + 1) / 2 * 255).astype(np.uint8)
    cell = (height + GAP_PX + below_px, width + GAP_PX)
    lines = max(1, -(-count // columns))
    sheet = np.full((lines * cell[0] + GAP_PX, columns * cell[1] + GAP_PX), PAPER, np.uint8)
    for number, tile in enumerate(grey):
        row, col = divmod(number, columns)
        top, left = row * cell[0] + GAP_PX, col * cell[1] + GAP_PX
        sheet[top : top + height, left : left + width] = tile
    return sheet


def least_sure(scores: NDArray[np.floating], *, count: int) -> NDArray[np.intp]:
    """Return the positions of the lowest scores, the lowest first, equal ones in their order."""
    return np.argsort(scores, kind="stable")[:count]


def contact_sheet(
    tiles: LocalTiles,
    scores: NDArray[np.floating],
    names: Sequence[str],
    *,
    count: int = 24,
    columns: int = 6,
    stretch: StretchConfig | None = None,
) -> NDArray[np.uint8]:
    """Show the least sure tiles, each over its score and name, the least sure first.

    Args:
        tiles: All tiles.
        scores: ``(tile,)`` probabilities of a crater.
        names: What each is called, such as its crater id.
        count: Tiles to show, at most.
        columns: Tiles in a row.
        stretch: How tiles are stretched; None as the default classifier does.

    Returns:
        ``(rows, cols, 3)``.

    Raises:
        SampleError: There are not as many scores and names as tiles.
    """
    if not len(tiles.values) == len(scores) == len(names):
        raise SampleError(
            f"{len(tiles.values)} tiles need as many scores and names, got {len(scores)} and "
            f"{len(names)}"
        )
    shown = least_sure(scores, count=count)
    values = stretched(tiles.values[shown], stretch or StretchConfig())[:, 0].numpy()
    large = values.repeat(MAGNIFIED, axis=1).repeat(MAGNIFIED, axis=2)
    sheet = Image.fromarray(tile_sheet(large, columns=columns, below_px=WORDS_PX)).convert("RGB")
    pen = ImageDraw.Draw(sheet)
    side_px = large.shape[1]
    for number, position in enumerate(shown.tolist()):
        row, col = divmod(number, columns)
        # One space is so narrow that score and number would read as one number.
        words = f"{scores[position]:.2f}  {names[position]}"
        left = GAP_PX + col * (side_px + GAP_PX)
        bottom = (row + 1) * (side_px + GAP_PX) + row * WORDS_PX
        pen.text((left, bottom), _fitting(words, pen, width_px=side_px), fill=(0, 0, 0))
    return np.asarray(sheet)


def _fitting(words: str, pen: ImageDraw.ImageDraw, *, width_px: int) -> str:
    """Return as much of the beginning of ``words`` as is no wider than the tile."""
    while words and pen.textlength(words) > width_px:
        words = words[:-1]
    return words
