"""Labelled tiles of a published folder: where they lie, what they hold, and how they were split."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from ejmap_geo.craters.schemas import LabelledTileTable
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.csv_columns import read_columns
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.rectangles import COLUMNS, read_rectangles
from ejmap_project.published.squares import read_labelled_squares, tiles_on

PLANET = "own"
SPLIT_PREFIX = "test_"
KEY = ("crater_id", "tile_id")
# Two times five classes: of tiles with and without ejecta, by distance.
CLASSES = 10
UNUSED = -1
OURS = {
    "crat_FID": "crater_id",
    "pos_index": "tile_id",
    "distance": "distance_m",
    "num_1": "ejecta_px",
    "h_num_1": "any_ejecta_px",
    "split_class": "split_class",
}


def read_labelled_tiles(
    published: PublishedFolder,
    *,
    basemap: BasemapGrid,
    grids: Mapping[int, AzimuthalGrid],
) -> gpd.GeoDataFrame:
    """Read the labelled tiles of every crater.

    Rows of craters that are not among ``grids`` are left out, and so are tiles without a rectangle
    on the mosaic. A tile whose azimuthal square was not published, or does not lie on its crater's
    raster whole, has a ``side_px`` of 0.

    Args:
        published: The folder.
        basemap: Grid of the mosaic.
        grids: The azimuthal grid of each crater by its id.

    Returns:
        One row a crater and tile, sorted by both, under ``LabelledTileTable``; the geometry is the
        rectangle in the CRS of the basemap.

    Raises:
        SourceError: If a table is missing or does not fit.
    """
    table = _labelled(published)[0]
    known = table[table["crater_id"].isin(list(grids))]
    placed = [
        _placed(published, rows, basemap=basemap, azimuthal=grids[int(str(crater_id))])
        for crater_id, rows in known.groupby("crater_id")
    ]
    if not placed or not sum(map(len, placed)):
        raise SourceError(
            f"{published.folder} has labelled tiles, but none of a crater whose rectangles are "
            "known; add data/cyl_data/positions_crater_*.csv"
        )
    tiles = pd.concat(placed).sort_values(list(KEY)).reset_index(drop=True)
    tiles.insert(0, "planet", PLANET)
    LabelledTileTable.validate(tiles)
    return gpd.GeoDataFrame(tiles, geometry=_boxes(tiles, basemap), crs=basemap.crs)


def read_splits(published: PublishedFolder) -> pd.DataFrame:
    """Read the published splits.

    Returns:
        ``planet``, ``crater_id``, ``tile_id`` and one column ``test_K`` a split (0 train and
        validation, 1 test, -1 unused), sorted by crater and tile.

    Raises:
        SourceError: If the table is missing or a split holds other values.
    """
    table, path = _labelled(published)
    names = [name for name in map(str, table) if name.startswith(SPLIT_PREFIX)]
    for name in names:
        if table[name].max() > 1:
            raise SourceError(
                f"{path}: column {name} must hold 0 (train and validation), 1 (test) or less "
                f"(unused), found {table[name].max()}; take the published file"
            )
    ordered = table.sort_values(list(KEY)).reset_index(drop=True)
    keys = pd.DataFrame(ordered[list(KEY)])
    keys.insert(0, "planet", PLANET)
    # Put together at once: a hundred columns added one by one are slow and warned of.
    return pd.concat([keys, ordered[names].clip(lower=UNUSED).astype(np.int8)], axis=1)


def _labelled(published: PublishedFolder) -> tuple[pd.DataFrame, Path]:
    path = published.required(layout.LABELLED_TILES)
    whole = [name for name in OURS if name != "distance"]
    table = read_columns(
        path,
        whole=whole,
        real=["distance"],
        unique=["crat_FID", "pos_index"],
        prefix=SPLIT_PREFIX,
    )
    _require_counts(table, path)
    table["split_class"] = table["split_class"].clip(lower=UNUSED)
    return table.rename(columns=OURS), path


def _require_counts(table: pd.DataFrame, path: Path) -> None:
    smallest = {"crat_FID": 0, "pos_index": 0, "distance": 0, "num_1": 0, "h_num_1": 0}
    for name, least in smallest.items():
        if table[name].min() < least:
            raise SourceError(
                f"{path}: column {name} must not be below {least}, found {table[name].min():g}; "
                "take the published file"
            )
    if table["split_class"].max() >= CLASSES:
        raise SourceError(
            f"{path}: column split_class must lie below {CLASSES} (connected * 5 + distance class),"
            f" found {table['split_class'].max()}; take the published file"
        )


def _placed(
    published: PublishedFolder,
    rows: pd.DataFrame,
    *,
    basemap: BasemapGrid,
    azimuthal: AzimuthalGrid,
) -> pd.DataFrame:
    """Return the tiles of one crater with their rectangles and squares."""
    crater_id = int(rows["crater_id"].iloc[0])
    rectangles = read_rectangles(published, crater_id, basemap=basemap)
    squares = read_labelled_squares(published, crater_id, basemap=basemap)
    tiles = tiles_on(squares, azimuthal=azimuthal, basemap=basemap)
    square = ["row", "col", "side_px"]
    places = pd.DataFrame(tiles, columns=["tile_id", *square], dtype=np.int64).set_index("tile_id")
    found = rows.join(rectangles, on="tile_id", how="inner").join(places, on="tile_id")
    found[square] = found[square].fillna(0).astype(np.int64)
    return found[
        [*KEY, *COLUMNS, *square, "distance_m", "ejecta_px", "any_ejecta_px", "split_class"]
    ]


def _boxes(tiles: pd.DataFrame, basemap: BasemapGrid) -> gpd.GeoSeries:
    row, col, height, width = tiles[list(COLUMNS)].to_numpy(np.float64).T
    west, north = basemap.transform.c, basemap.transform.f
    px = basemap.resolution_m
    shapes = box(
        west + col * px, north - (row + height) * px, west + (col + width) * px, north - row * px
    )
    return gpd.GeoSeries(shapes, crs=basemap.crs)
