"""Mapping tiles, and which of them are connected, as published."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.craters.catalogue import Crater
from ejmap_geo.tiles.tiling import COLUMNS, tiles_of, touches_any
from ejmap_project.export.export import Export
from ejmap_project.export.labels import ROOT, published_squares
from ejmap_project.files.connection_table import read_connections
from ejmap_project.published import layout
from ejmap_project.published.connections import TILE
from ejmap_project.published.squares import TOUCHES_LABELLED
from ejmap_project.published.tiles import PLANET


def export_connections(export: Export) -> list[str]:
    """Write the mapping tiles of each crater, and those that are connected."""
    labelled = _labelled(export)
    left_out: list[str] = []
    for crater in export.craters:
        path = export.paths.connections(crater.key)
        if not path.is_file():
            left_out.append(crater.key)
            continue
        table = read_connections(path)
        own = pd.DataFrame(labelled[labelled["crater_id"] == crater.crater_id])
        _write(export, crater, table, touched=_touched(table, own))
    return [f"connections of {', '.join(left_out)}: not made yet"] if left_out else []


def _labelled(export: Export) -> pd.DataFrame:
    if not export.paths.labelled_tiles.is_file():
        return pd.DataFrame(columns=["crater_id", *COLUMNS])
    labelled = pd.read_parquet(export.paths.labelled_tiles)
    return labelled[(labelled["planet"] == PLANET) & (labelled["side_px"] > 0)]


def _touched(table: pd.DataFrame, labelled: pd.DataFrame) -> NDArray[np.int64]:
    """Return 1 for each mapping tile that shares a pixel with a labelled one, else 0."""
    return touches_any(tiles_of(table), tiles_of(labelled)).astype(np.int64)


def _write(
    export: Export, crater: Crater, table: pd.DataFrame, *, touched: NDArray[np.int64]
) -> None:
    squares = published_squares(export, crater, table)
    touches = pd.Series(touched, index=table["tile_id"].to_numpy())
    name = layout.AZIMUTHAL_MOSAIC.template.format(crater=crater.crater_id)
    every = squares.assign(**{TOUCHES_LABELLED: touches}, filename=f"{ROOT}/{name}", priority=1)
    path = export.place(layout.MAPPING_SQUARES, crater=crater.crater_id)
    every.to_csv(path, index_label=TILE)
    connected = table.loc[table["is_connected"], "tile_id"]
    path = export.place(
        layout.CONNECTIONS,
        version=export.names.ejconn,
        split=export.names.split,
        crater=crater.crater_id,
    )
    every[every.index.isin(connected)].to_csv(path, index_label=TILE)
