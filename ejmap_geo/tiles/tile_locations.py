"""Tile locations: rectangles of the basemap in which the ejecta of every crater are known."""

import itertools
import math
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.crater_table import listed
from ejmap_geo.errors import GridError, TileLocationError
from ejmap_geo.grids.grid import BasemapGrid
from ejmap_geo.grids.window import Window
from ejmap_geo.tables.numbers import numbers_of
from ejmap_geo.tables.user_table import read_user_table
from ejmap_geo.tiles.tile_polygons import boxes_of

TILE_ID, CRATER_ID = "tile_id", "crater_id"
PLACE = ("row", "col", "height_px", "width_px")

# Columns that people have instead.
SUBSTITUTES = {
    "pos_index": "rename pos_index to tile_id",
    "fid": "rename fid to tile_id",
    "id": "rename id to tile_id",
    "y": "rename y to row",
    "x": "rename x to col",
    "height": "rename height to height_px",
    "width": "rename width to width_px",
}
# Beyond this a float does not tell whole numbers apart.
LARGEST_NUMBER = 2.0**53


class OwnedLocation(NamedTuple):
    """A rectangle of the basemap in which a person mapped ejecta.

    Attributes:
        tile_id: Its number.
        crater_id: The only crater whose ejecta were mapped there; None for every labelled crater.
        window: The rectangle.
    """

    tile_id: int
    crater_id: int | None
    window: Window


def tile_locations(basemap: BasemapGrid, *, side_px: int) -> dict[int, Window]:
    """Cover a planet with rectangles that are about square on the ground, without overlap.

    Rows of equal height, as near to ``side_px`` as whole numbers of them allow; in each as many
    columns of equal width as make the middle of a rectangle about as wide as high, at least one.
    Heights, and widths within a row, differ by one pixel at most. No rectangle crosses the
    antimeridian.

    Args:
        basemap: Grid of the rectangles.
        side_px: Height of a rectangle, and its width at the equator.

    Returns:
        Rectangles by number, counted from the north and from -180 degrees.

    Raises:
        GridError: If rectangles are empty or higher than the basemap.
    """
    rows, cols = basemap.shape
    if not 1 <= side_px <= rows:
        raise GridError(f"tiles must be 1 to {rows} px high on this mosaic, got {side_px}")
    windows: list[Window] = []
    edges = _edges(rows, round(rows / side_px))
    for top, bottom in itertools.pairwise(edges):
        cos_lat = math.sin((top + bottom) / 2 / rows * math.pi)
        across = _edges(cols, max(1, round(cols * cos_lat / side_px)))
        windows += [
            Window(row=top, col=left, height=bottom - top, width=right - left)
            for left, right in itertools.pairwise(across)
        ]
    return dict(enumerate(windows))


def read_tile_locations(path: Path, *, basemap: BasemapGrid) -> dict[int, Window]:
    """Read the rectangles in which a person mapped the ejecta of every labelled crater.

    Either columns ``row``, ``col``, ``height_px`` and ``width_px`` in pixels of the basemap (row 0
    is the northernmost, column 0 begins at -180 degrees; a rectangle may run on past the last
    column), or polygons in any CRS on the sphere of the body, of which the bounding box in
    longitude and latitude is taken, to the nearest pixel. Both need ``tile_id``.

    Args:
        path: CSV, Parquet, GeoParquet, GeoPackage or Shapefile.
        basemap: Grid of the rectangles.

    Returns:
        Rectangles by ``tile_id``, in rising order.

    Raises:
        CrsError: If polygons have no CRS or another planet's.
        TileLocationError: If the table cannot be read, is empty, incomplete or ambiguous, or a
            rectangle does not lie on the basemap.
    """
    return {one.tile_id: one.window for one in read_owned_locations(path, basemap=basemap)}


def read_owned_locations(path: Path, *, basemap: BasemapGrid) -> list[OwnedLocation]:
    """Read rectangles as :func:`read_tile_locations` does, with the crater that each is of.

    A column ``crater_id`` names the only crater whose ejecta were mapped in a rectangle; where the
    cell is empty, or without the column, those of every labelled crater were.

    Args:
        path: CSV, Parquet, GeoParquet, GeoPackage or Shapefile.
        basemap: Grid of the rectangles.

    Returns:
        Rectangles by rising ``tile_id``.

    Raises:
        CrsError: If polygons have no CRS or another planet's.
        TileLocationError: As :func:`read_tile_locations`, or if a crater is no whole number.
    """
    what = f"table of tiles {path.name}"
    read = read_user_table(path, what="table of tiles", error=TileLocationError)
    table = read.table
    is_drawn = isinstance(table, gpd.GeoDataFrame)
    _require_columns(table, (TILE_ID,) if is_drawn else (TILE_ID, *PLACE), what)
    if table.empty:
        raise TileLocationError(f"{what} is empty; give at least one rectangle")
    ids = _tile_ids(table, what)
    if isinstance(table, gpd.GeoDataFrame):
        places = boxes_of(
            table,
            ids,
            basemap=basemap,
            what=what,
            is_of_default_crs=read.is_of_default_crs,
        )
    else:
        places = np.column_stack([_whole_numbers(table, name, what) for name in PLACE])
    _require_on_basemap(places, ids, basemap, what)
    owners = _owners(table, what)
    found = [
        OwnedLocation(
            tile_id=int(tile_id),
            crater_id=owner,
            window=Window(row=int(row), col=int(col), height=int(height), width=int(width)),
        )
        for tile_id, owner, (row, col, height, width) in zip(ids, owners, places, strict=True)
    ]
    return sorted(found, key=lambda one: one.tile_id)


def _edges(length_px: int, parts: int) -> list[int]:
    return [round(part * length_px / parts) for part in range(parts + 1)]


def _require_columns(table: pd.DataFrame, needed: tuple[str, ...], what: str) -> None:
    missing = [name for name in needed if name not in table.columns]
    if missing:
        found = [str(name) for name in table.columns if name != "geometry"]
        advice = [SUBSTITUTES[name.lower()] for name in found if name.lower() in SUBSTITUTES]
        raise TileLocationError(
            f"{what} has no column {', '.join(missing)}; found {', '.join(found) or 'none'}; "
            f"{'; '.join(advice) if advice else 'add what is missing'}"
        )


def _tile_ids(table: pd.DataFrame, what: str) -> NDArray[np.int64]:
    ids = _whole_numbers(table, TILE_ID, what)
    values, counts = np.unique(ids, return_counts=True)
    if (counts > 1).any():
        raise TileLocationError(
            f"{what}: tile_id must be unique, but {listed(values[counts > 1])} occur more than "
            "once; renumber or remove the doubles"
        )
    if values[0] < 0:
        raise TileLocationError(
            f"{what}: tile_id must not be negative, found {listed(values[values < 0])}; renumber "
            "these tiles"
        )
    return ids


def _owners(table: pd.DataFrame, what: str) -> list[int | None]:
    if CRATER_ID not in table.columns:
        return [None] * len(table)
    # Text tables have text in every cell.
    column = pd.Series(table[CRATER_ID])
    is_owned = (column.notna() & (column.astype(str).str.strip() != "")).to_numpy()
    owners: list[int | None] = [None] * len(table)
    if is_owned.any():
        ids = _whole_numbers(pd.DataFrame(table[is_owned]), CRATER_ID, what)
        for place, crater_id in zip(np.flatnonzero(is_owned), ids, strict=True):
            owners[place] = int(crater_id)
    return owners


def _whole_numbers(table: pd.DataFrame, name: str, what: str) -> NDArray[np.int64]:
    column = pd.Series(table[name])
    try:
        numbers = numbers_of({name: column})[name]
    except ValueError as error:
        raise TileLocationError(f"{what}: {name} {error}") from error
    bad = ~(np.abs(numbers) < LARGEST_NUMBER) | (numbers != np.round(numbers))
    if bad.any():
        raise TileLocationError(
            f"{what}: {name} must be a whole number in every row, found "
            f"{listed(column[bad].to_numpy())}; correct these rows"
        )
    return numbers.astype(np.int64)


def _require_on_basemap(
    places: NDArray[np.int64], ids: NDArray[np.int64], basemap: BasemapGrid, what: str
) -> None:
    rows, cols = basemap.shape
    row, col, height, width = places.T
    thin = (height < 1) | (width < 1)
    if thin.any():
        raise TileLocationError(
            f"{what}: tiles must be at least one pixel high and wide, but {listed(ids[thin])} are "
            "not; enlarge or remove them"
        )
    beyond = (row < 0) | (row + height > rows) | (col < 0) | (col >= cols) | (width > cols)
    if beyond.any():
        first = int(np.flatnonzero(beyond)[0])
        raise TileLocationError(
            f"{what}: tile {ids[first]} at row {row[first]}, col {col[first]} with "
            f"{height[first]}x{width[first]} px does not lie on the mosaic of {rows}x{cols} px "
            f"({np.count_nonzero(beyond)} such tile(s)); give rows from the north pole and columns "
            "from -180 degrees, in pixels of this mosaic"
        )
