"""Tables that break their contract are stopped between steps."""

from typing import Any

import pandas as pd
import pandera.pandas as pa
import pytest
from pandera.errors import SchemaError

from ejmap_geo.body import MERCURY
from ejmap_geo.coords import LonLat
from ejmap_geo.craters import Crater, catalogue_from
from ejmap_geo.tables import ConnectionTable, CraterTable, TileTable

TILES: dict[str, list[Any]] = {
    "crater_id": [3, 3, 4],
    "tile_id": [0, 1, 0],
    "row": [0, 57, -3],
    "col": [0, 0, 5],
    "side_px": [64, 64, 64],
    "distance_m": [0.0, 1e5, 2e6],
    "kind": ["mapping", "labelled", "mapping"],
}
CONNECTIONS: dict[str, list[Any]] = {
    "crater_id": [3, 3],
    "tile_id": [0, 1],
    "probability": [0.2, 1.0],
    "vote_fraction": [0.0, 1.0],
    "is_connected": [False, True],
}
CRATERS = catalogue_from(
    [Crater(crater_id=0, name="", center=LonLat(180, 90), radius_m=500.0)], MERCURY
)


@pytest.mark.parametrize(
    ("schema", "table"),
    [
        pytest.param(CraterTable, CRATERS, id="craters"),
        pytest.param(TileTable, pd.DataFrame(TILES), id="tiles"),
        pytest.param(ConnectionTable, pd.DataFrame(CONNECTIONS), id="connections"),
    ],
)
def test_tables_of_our_own_making_pass(
    schema: type[pa.DataFrameModel], table: pd.DataFrame
) -> None:
    """A catalogue made from craters and the smallest tables are valid as they are."""
    assert schema.validate(table).equals(table)


@pytest.mark.parametrize(
    ("schema", "table", "column"),
    [
        pytest.param(CraterTable, CRATERS.assign(lon_deg=180.0), "lon_deg", id="not-normalised"),
        pytest.param(CraterTable, CRATERS.assign(radius_m=57.0), "radius_m", id="kilometres"),
        pytest.param(CraterTable, pd.concat([CRATERS, CRATERS]), "crater_id", id="doubles"),
        pytest.param(
            TileTable,
            pd.DataFrame(TILES | {"tile_id": [0, 0, 0], "kind": ["mapping"] * 3}),
            "tile_id",
            id="same-tile",
        ),
        pytest.param(
            TileTable,
            pd.DataFrame(TILES | {"kind": ["x"] * 3}),
            "kind",
            id="unknown-kind",
        ),
        pytest.param(
            ConnectionTable,
            pd.DataFrame(CONNECTIONS | {"probability": [0.2, 1.1]}),
            "probability",
            id="probability",
        ),
    ],
)
def test_a_broken_table_is_stopped(
    schema: type[pa.DataFrameModel], table: pd.DataFrame, column: str
) -> None:
    """The column at fault is in the message."""
    with pytest.raises(SchemaError, match=column):
        schema.validate(table)


def test_narrow_types_are_widened() -> None:
    """Predictions arrive as float32 and leave as float64 with the same values."""
    table = pd.DataFrame(CONNECTIONS).astype({"probability": "float32", "crater_id": "int32"})

    checked = ConnectionTable.validate(table)

    assert (checked["probability"] == table["probability"]).all()
    assert checked["probability"].dtype == "float64"
