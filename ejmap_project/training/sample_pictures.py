"""What models learn from, a few samples at a glance."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ejmap_project.artefact import Picture
from ejmap_project.pictures import MAX_SIDE_PX

# Arrays of a store that are pictures; the first band of each is shown.
PICTURED = ("crop", "image", "view")
ROWS, GAP_PX = 6, 2
# Views along a ray are far wider than high.
NARROW_COLUMNS, WIDE_COLUMNS = 8, 2
WIDE_ASPECT = 2
STRETCHED_PERCENT = (1, 99)


def samples_picture(folder: Path) -> Picture | None:
    """Show some samples of a folder of tile stores, one a crater; None if it holds no pictures."""
    first = next(_samples(folder), None)
    if first is None:
        return None
    height, width = first.shape
    columns = WIDE_COLUMNS if width >= WIDE_ASPECT * height else NARROW_COLUMNS
    tile_width_px = MAX_SIDE_PX // columns - GAP_PX
    size = (tile_width_px, max(1, round(tile_width_px * height / width)))
    tiles = [_resized(tile, size) for tile in islice(_samples(folder), ROWS * columns)]
    lines = [tiles[start : start + columns] for start in range(0, len(tiles), columns)]
    sheet = np.full((len(lines) * (size[1] + GAP_PX), columns * (size[0] + GAP_PX)), 255, np.uint8)
    for row, line in enumerate(lines):
        for col, tile in enumerate(line):
            top, left = row * (size[1] + GAP_PX), col * (size[0] + GAP_PX)
            sheet[top : top + size[1], left : left + size[0]] = tile
    return Picture(np.repeat(sheet[..., None], 3, axis=-1), alt="some of the samples")


def _samples(folder: Path) -> Iterator[NDArray[np.float32]]:
    """Yield a sample of every crater, planet after planet."""
    from ejmap_ml.stores.tile_group import TileStore

    for path in sorted(folder.glob("*.zarr")):
        store = TileStore.open(path)
        for name in store.group_names:
            group = store[name]
            pictured = next((one for one in PICTURED if one in group.array_names), None)
            if pictured is None:
                continue
            # Stores of views hold one a crater, others many tiles a crater.
            count = group.tile_count if pictured == "view" else min(group.tile_count, 1)
            for position in range(count):
                yield group.read(pictured, range(position, position + 1))[0, 0].astype(np.float32)


def _resized(tile: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.uint8]:
    dark, bright = np.percentile(tile[np.isfinite(tile)], STRETCHED_PERCENT)
    grey = np.nan_to_num((tile - dark) / max(bright - dark, 1e-6)).clip(0, 1) * 255
    return np.asarray(Image.fromarray(grey.astype(np.uint8)).resize(size, Image.Resampling.BOX))
