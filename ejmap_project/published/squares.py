"""Square tiles of azimuthal rasters as published, and as tiles of a crater's own raster."""

from pathlib import Path

import numpy as np
import pandas as pd

from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.tiles.tiling import Tile, tiles_of
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.csv_columns import read_columns
from ejmap_project.published.grid import published_half_px, shift_px
from ejmap_project.published.layout import PublishedFolder

PLACE = ("x", "y", "height", "width")
TOUCHES_LABELLED = "train_intersect"


def read_mapping_squares(
    published: PublishedFolder, crater_id: int, *, basemap: BasemapGrid
) -> pd.DataFrame:
    """Read the mapping tiles of a crater.

    Returns:
        ``tile_id``, ``x`` and ``y`` (left and upper edge in pixels from the published corner),
        ``side_px`` and ``train_intersect`` (1 where the tile touches a labelled one).

    Raises:
        SourceError: If the table is missing or does not fit the mosaic.
    """
    path = published.required(layout.MAPPING_SQUARES, crater=crater_id)
    name = "eval_pos_index"
    table = read_columns(path, whole=[name, *PLACE, TOUCHES_LABELLED], unique=[name])
    return _squares(table, name, path, basemap=basemap).assign(
        **{TOUCHES_LABELLED: table[TOUCHES_LABELLED]}
    )


def read_labelled_squares(
    published: PublishedFolder, crater_id: int, *, basemap: BasemapGrid
) -> pd.DataFrame:
    """Read the labelled tiles of a crater on its azimuthal raster; none where there is no table.

    Returns:
        ``tile_id``, ``x``, ``y`` and ``side_px`` as of :func:`read_mapping_squares`.

    Raises:
        SourceError: If the table does not fit the mosaic.
    """
    path = published.file(layout.LABELLED_SQUARES, crater=crater_id)
    if path is None:
        return pd.DataFrame(columns=["tile_id", "x", "y", "side_px"], dtype=np.int64)
    name = "pos_index"
    table = read_columns(path, whole=[name, *PLACE], unique=[name])
    return _squares(table, name, path, basemap=basemap)


def tiles_on(
    squares: pd.DataFrame, *, azimuthal: AzimuthalGrid, basemap: BasemapGrid
) -> list[Tile]:
    """Return those published tiles that lie on a crater's own raster, pixel for pixel.

    Args:
        squares: As of :func:`read_mapping_squares`.
        azimuthal: Grid of the crater.
        basemap: Grid of the mosaic.
    """
    shift, size = shift_px(azimuthal, basemap), azimuthal.shape[0]
    own = squares.assign(row=squares["y"] + shift, col=squares["x"] + shift)
    near, far = own[["row", "col"]].min(axis=1), own[["row", "col"]].max(axis=1)
    own = own[(near >= 0) & (far + own["side_px"] <= size)]
    middle = own["side_px"] / 2 - azimuthal.half_size_px
    distance_m = np.hypot(own["row"] + middle, own["col"] + middle) * azimuthal.resolution_m
    return tiles_of(own.assign(distance_m=distance_m))


def _squares(table: pd.DataFrame, name: str, path: Path, *, basemap: BasemapGrid) -> pd.DataFrame:
    size = 2 * published_half_px(basemap)
    x, y, height, width = table[list(PLACE)].to_numpy(np.int64).T
    wrong = np.flatnonzero(height != width)
    if wrong.size:
        raise SourceError(
            f"{path}: tile {table[name].iloc[wrong[0]]} is {height[wrong[0]]}x{width[wrong[0]]} "
            "px, but tiles are square; correct it or take the published file"
        )
    beyond = (x < 0) | (y < 0) | (height < 1) | (x + width > size) | (y + height > size)
    if beyond.any():
        row = int(np.flatnonzero(beyond)[0])
        raise SourceError(
            f"{path}: tile {table[name].iloc[row]} lies at x {x[row]}, y {y[row]} with a side of "
            f"{width[row]} px, outside of the {size} px of an azimuthal raster of a mosaic "
            f"{basemap.width_px} px wide; give the mosaic that the tiles were made for"
        )
    return pd.DataFrame({"tile_id": table[name], "x": x, "y": y, "side_px": width})
