"""Published connections: which mapping tiles hold ejecta of a crater, as its authors found."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.schemas import ConnectionTable
from ejmap_geo.grids.grid import AzimuthalGrid, BasemapGrid
from ejmap_geo.tiles.tiling import COLUMNS, Tile
from ejmap_project.errors import SourceError
from ejmap_project.published import layout
from ejmap_project.published.csv_columns import read_columns
from ejmap_project.published.layout import PublishedFolder
from ejmap_project.published.squares import read_mapping_squares, tiles_on

TILE = "eval_pos_index"


def read_mapping_tiles(
    published: PublishedFolder,
    crater_id: int,
    *,
    azimuthal: AzimuthalGrid,
    basemap: BasemapGrid,
) -> list[Tile] | None:
    """Return the published mapping tiles of a crater on its own raster; None if there are none.

    Raises:
        SourceError: If the table does not fit the mosaic, or no tile lies on the raster.
    """
    if published.file(layout.MAPPING_SQUARES, crater=crater_id) is None:
        return None
    squares = read_mapping_squares(published, crater_id, basemap=basemap)
    tiles = tiles_on(squares, azimuthal=azimuthal, basemap=basemap)
    if not tiles:
        raise SourceError(
            f"none of the {len(squares)} mapping tiles of crater {crater_id} lies within "
            f"{azimuthal.half_size_px} px of it; give the crater a larger reach_m"
        )
    return tiles


def read_connections(
    published: PublishedFolder,
    crater_id: int,
    *,
    version: int,
    split: int,
    tiles: list[Tile],
) -> pd.DataFrame:
    """Read which mapping tiles of a crater are connected.

    Only decisions were published, so that probability and vote fraction are 1 or 0.

    Args:
        published: The folder.
        crater_id: The crater.
        version: Version of EJCONN.
        split: Split whose test tiles it never saw.
        tiles: The crater's mapping tiles, as :func:`read_mapping_tiles` returns them.

    Returns:
        A table under ``ConnectionTable`` with the places of the tiles, one row a tile.

    Raises:
        SourceError: If the table is missing, or names tiles that are not among the mapping tiles of
            the crater.
    """
    path = published.required(layout.CONNECTIONS, version=version, split=split, crater=crater_id)
    tile_ids = np.array([tile.tile_id for tile in tiles], np.int64)
    connected = read_connected(path, crater_id, tile_ids=tile_ids)
    is_connected = np.isin(tile_ids, connected)
    decided = is_connected.astype(np.float64)
    table = pd.DataFrame(
        {
            "crater_id": crater_id,
            **{name: [getattr(tile, name) for tile in tiles] for name in COLUMNS},
            "probability": decided,
            "vote_fraction": decided,
            "is_connected": is_connected,
        }
    )
    return ConnectionTable.validate(table)


def read_connected(path: Path, crater_id: int, *, tile_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Read the numbers of the connected tiles of a crater.

    Args:
        path: The published table.
        crater_id: The crater.
        tile_ids: Numbers of its mapping tiles.

    Raises:
        SourceError: If the file is no such table, or names tiles that are not among them.
    """
    connected = read_columns(path, whole=[TILE], unique=[TILE])[TILE].to_numpy(np.int64)
    unknown = connected[~np.isin(connected, tile_ids)]
    if unknown.size:
        raise SourceError(
            f"{path} connects tile {unknown[0]}, which is not among the {tile_ids.size} mapping "
            f"tiles of crater {crater_id}; take eval_positions_crater_{crater_id}.csv of the same "
            "release"
        )
    return connected
