"""The table of a crater's tiles and whether they hold its ejecta."""

from pathlib import Path

import numpy as np
import pandas as pd
from pandera.errors import SchemaError

from ejmap_geo.craters.schemas import ConnectionTable
from ejmap_geo.grids.window import Window
from ejmap_project.errors import StepError
from ejmap_project.files.table_file import read_table, write_table

MOST_CHARACTERS = 200


def write_connections(table: pd.DataFrame, path: Path) -> None:
    """Write the table as Parquet, whole or not at all.

    Raises:
        SchemaError: If it is no table of connections.
    """
    ConnectionTable.validate(table)
    write_table(table, path)


def tile_windows(table: pd.DataFrame) -> list[Window]:
    """Return the place of each tile in its raster, in the order of the table."""
    places = table[["row", "col", "side_px"]].to_numpy(np.int64)
    return [
        Window(row=int(row), col=int(col), height=int(side_px), width=int(side_px))
        for row, col, side_px in places
    ]


def read_connections(path: Path) -> pd.DataFrame:
    """Read the table.

    Raises:
        StepError: If it is not there, damaged, or was changed by hand.
    """
    if not path.is_file():
        raise StepError(f"{path} is missing; materialise connection_predictions first")
    try:
        return ConnectionTable.validate(read_table(path))
    except SchemaError as error:
        reason = " ".join(str(error).split())[:MOST_CHARACTERS]
        raise StepError(
            f"{path} is no table of connections ({reason}); materialise connection_predictions "
            "again"
        ) from error
