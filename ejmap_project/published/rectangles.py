"""Labelled tiles as rectangles of the mosaic: where a person mapped the ejecta of every crater."""

from pathlib import Path

import numpy as np
import pandas as pd

from ejmap_geo.grids.grid import BasemapGrid
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.csv_columns import read_columns
from ejmap_project.published.layout import PublishedFolder

TILE = "pos_index"
PLACE = ("x", "y", "height", "width")
OURS = {
    "y": "basemap_row",
    "x": "basemap_col",
    "height": "basemap_height_px",
    "width": "basemap_width_px",
}
COLUMNS = tuple(OURS.values())


def read_rectangles(
    published: PublishedFolder, crater_id: int, *, basemap: BasemapGrid
) -> pd.DataFrame:
    """Read the rectangles in which the ejecta of a crater were mapped.

    A crater without a table of its own takes the rectangles of all craters.

    Returns:
        ``basemap_row``, ``basemap_col``, ``basemap_height_px`` and ``basemap_width_px`` by
        ``tile_id``; empty when there is neither table.

    Raises:
        SourceError: If a table does not fit the mosaic.
    """
    path = published.file(layout.RECTANGLES, crater=crater_id)
    path = path or published.file(layout.ALL_RECTANGLES)
    if path is None:
        index = pd.Index(np.empty(0, np.int64), name="tile_id")
        return pd.DataFrame(columns=list(COLUMNS), index=index, dtype=np.int64)
    table = read_columns(path, whole=[TILE, *PLACE], unique=[TILE])
    _require_on(table, path, basemap)
    return table.rename(columns={TILE: "tile_id", **OURS}).set_index("tile_id")[list(COLUMNS)]


def _require_on(table: pd.DataFrame, path: Path, basemap: BasemapGrid) -> None:
    rows, cols = basemap.shape
    x, y, height, width = table[list(PLACE)].to_numpy(np.int64).T
    # A rectangle may run past the antimeridian, but not past a pole.
    beyond = (x < 0) | (x >= cols) | (width > cols) | (y < 0) | (y + height > rows)
    beyond |= (height < 1) | (width < 1)
    if beyond.any():
        row = int(np.flatnonzero(beyond)[0])
        raise SourceError(
            f"{path}: tile {table[TILE].iloc[row]} lies at x {x[row]}, y {y[row]} with "
            f"{width[row]}x{height[row]} px, outside of a mosaic of {cols}x{rows} px; give the "
            "mosaic that the tiles were drawn on"
        )
