"""Dagster types of tables follow their schemas."""

import dagster as dg
import numpy as np
import pandas as pd
import pytest

from ejmap_assets.lineage.rows import LINEAGE
from ejmap_assets.metadata.table_types import (
    COLUMN_SCHEMA,
    ROW_COUNT,
    column_schema,
    table_facts,
    table_type,
)
from ejmap_geo.craters.schemas import ConnectionTable, SplitTable, TileScoreTable
from ejmap_project.errors import StepError


def _connections(**columns: object) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "crater_id": [3, 3],
            "tile_id": [0, 1],
            "probability": [0.25, 0.75],
            "vote_fraction": [0.0, 1.0],
            "is_connected": [False, True],
        }
    )
    return table.assign(**columns)


def test_every_column_that_is_declared_is_described() -> None:
    """Every declared column of a table has a description for the UI."""
    undescribed = [
        f"{asset}.{column.name}"
        for asset, row in LINEAGE.items()
        for column in (column_schema(row.table).columns if row.table else ())
        if not (column.description or "").endswith(".")
    ]

    assert undescribed == []


def test_the_ui_is_told_columns_bounds_and_rows() -> None:
    """The metadata hold columns, bounds and row count under Dagster's names."""
    facts = table_facts("connection_predictions", ConnectionTable, _connections())

    shown = facts[COLUMN_SCHEMA]
    assert isinstance(shown, dg.TableSchemaMetadataValue)
    schema = shown.schema
    probability = next(one for one in schema.columns if one.name == "probability")
    assert facts[ROW_COUNT] == 2
    assert probability.type == "float64"
    assert len(probability.constraints.other) == 2


def test_columns_that_not_every_table_has_are_described_by_their_pattern() -> None:
    """Columns declared by a pattern, such as splits, get the description of the pattern."""
    table = pd.DataFrame(
        {"planet": ["own"], "crater_id": [1], "tile_id": [2], "test_7": np.array([1], np.int8)}
    )

    assert "tests" in (column_schema(SplitTable, table).columns[-1].description or "")


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        pytest.param({"probability": [0.25, 1.5]}, "probability", id="out-of-bounds"),
        pytest.param({"probability": [0.25, np.nan]}, "probability", id="missing"),
        pytest.param({"tile_id": [1, 1]}, "tile_id", id="twice"),
    ],
)
def test_a_table_that_breaks_its_word_is_refused(broken: dict[str, object], word: str) -> None:
    """A table that does not fit its schema is refused with the name of the column."""
    with pytest.raises(StepError, match=rf"connection_predictions.*{word}"):
        table_facts("connection_predictions", ConnectionTable, _connections(**broken))


def test_a_column_that_is_missing_is_named() -> None:
    """A missing column is named before other errors of the table."""
    with pytest.raises(StepError, match="Required column is_connected"):
        table_facts(
            "connection_predictions", ConnectionTable, _connections().drop(columns="is_connected")
        )


def test_types_say_what_their_tables_are() -> None:
    """The description of a table type is the docstring of its schema."""
    assert (table_type(TileScoreTable).description or "").startswith("How well the map agrees")
