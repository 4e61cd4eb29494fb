"""Tables that break their contract are stopped between steps."""

from typing import Any

import pandas as pd
import pandera.pandas as pa
import pytest
from pandera.errors import SchemaError

from ejmap_geo.craters.catalogue import Crater, catalogue_from
from ejmap_geo.craters.schemas import (
    ConnectionTable,
    CraterTable,
    LabelledTileTable,
    SplitIndex,
    SplitTable,
    TileScoreTable,
)
from ejmap_geo.grids.body import MERCURY
from ejmap_geo.grids.coords import LonLat

CONNECTIONS: dict[str, list[Any]] = {
    "crater_id": [3, 3],
    "tile_id": [0, 1],
    "probability": [0.2, 1.0],
    "vote_fraction": [0.0, 1.0],
    "is_connected": [False, True],
}
LABELLED: dict[str, list[Any]] = {
    "planet": ["own", "planet_7"],
    "crater_id": [0, 0],
    "tile_id": [5, 5],
    "basemap_row": [0, 64],
    "basemap_col": [2040, 0],
    "basemap_height_px": [64, 64],
    "basemap_width_px": [80, 64],
    "row": [-3, 0],
    "col": [4, 0],
    "side_px": [60, 0],
    "distance_m": [2e5, 7e6],
    "ejecta_px": [10, 0],
    "any_ejecta_px": [12, 3],
    "split_class": [9, -1],
}
SPLITS: dict[str, list[Any]] = {
    "planet": ["own", "own"],
    "crater_id": [0, 0],
    "tile_id": [5, 6],
}
INDEX: dict[str, list[Any]] = {
    "split": [0, 1025],
    "kind": ["random", "learning_curve"],
    "locations": [200, 25],
    "train_tiles": [800, 100],
    "test_tiles": [200, 200],
}
SCORES: dict[str, list[Any]] = {
    "crater_id": [0],
    "tile_id": [5],
    "is_test": [True],
    "is_ejecta_true": [True],
    "is_ejecta_found": [False],
    "is_connected_found": [True],
    "true_positive": [0],
    "false_positive": [0],
    "false_negative": [9],
    "true_negative": [7],
    "scale9_ceiling_true_positive": [8],
}
CRATERS = catalogue_from(
    [Crater(crater_id=0, name="", center=LonLat(180, 90), radius_m=500.0)], MERCURY
)


@pytest.mark.parametrize(
    ("schema", "table"),
    [
        pytest.param(CraterTable, CRATERS, id="craters"),
        pytest.param(ConnectionTable, pd.DataFrame(CONNECTIONS), id="connections"),
        pytest.param(LabelledTileTable, pd.DataFrame(LABELLED), id="labelled-tiles"),
        pytest.param(SplitTable, pd.DataFrame(SPLITS), id="no-splits"),
        pytest.param(SplitIndex, pd.DataFrame(INDEX), id="split-index"),
        pytest.param(TileScoreTable, pd.DataFrame(SCORES), id="tile-scores"),
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
            ConnectionTable,
            pd.DataFrame(CONNECTIONS | {"probability": [0.2, 1.1]}),
            "probability",
            id="probability",
        ),
        pytest.param(
            LabelledTileTable,
            pd.DataFrame(LABELLED | {"planet": ["own", "own"]}),
            "planet",
            id="same-labelled-tile",
        ),
        pytest.param(
            LabelledTileTable,
            pd.DataFrame(LABELLED | {"split_class": [10, 0]}),
            "split_class",
            id="split-class",
        ),
        pytest.param(
            SplitTable,
            pd.DataFrame(SPLITS | {"test_0": [0, 1], "test_61": [0, 2]}),
            "test_61",
            id="neither-train-nor-test",
        ),
        pytest.param(
            SplitIndex, pd.DataFrame(INDEX | {"kind": ["random", "x"]}), "kind", id="split-kind"
        ),
        pytest.param(
            TileScoreTable,
            pd.DataFrame(SCORES | {"scale9_ceiling_true_positive": [-1]}),
            "scale9_ceiling_true_positive",
            id="negative-count",
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


def test_flags_of_splits_take_a_byte() -> None:
    """Hundreds of splits of tens of thousands of tiles are kept as int8."""
    table = pd.DataFrame(SPLITS | {"test_0": [0, 1], "test_61": [-1, 0]})

    checked = SplitTable.validate(table)

    assert [str(checked[name].dtype) for name in ("test_0", "test_61")] == ["int8", "int8"]
    assert checked["test_61"].tolist() == [-1, 0]
