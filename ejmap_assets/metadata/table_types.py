"""Dagster types of the tables that the UI shows: columns, their meaning, and validation.

``dagster-pandas`` builds the types from pandera schemas.
"""

import re
import warnings
from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

import dagster as dg
import pandas as pd
import pandera.pandas as pa
from dagster_pandas import PandasColumn, create_dagster_pandas_dataframe_type
from dagster_pandas.constraints import DataFrameConstraint, DataFrameConstraintViolationException
from pandera.errors import SchemaError, SchemaErrors

from ejmap_assets.metadata.facts import Metadata
from ejmap_project.errors import StepError

COLUMN_SCHEMA, ROW_COUNT = "dagster/column_schema", "dagster/row_count"
Schema: TypeAlias = type[pa.DataFrameModel]


class FitsSchema(DataFrameConstraint):
    """A table fits its pandera schema, columns and rows."""

    def __init__(self, model: Schema) -> None:
        text = f"fits the schema {model.__name__}"
        super().__init__(error_description=text, markdown_description=text)
        self._model = model

    def validate(self, dataframe: pd.DataFrame) -> None:
        """Raise the exception of ``dagster-pandas`` for the first column that does not fit."""
        try:
            self._model.validate(dataframe)
        except (SchemaError, SchemaErrors) as error:
            reason = " ".join(str(error).split())
            raise DataFrameConstraintViolationException(self._model.__name__, reason) from error


@cache
def table_type(model: Schema) -> dg.DagsterType:
    """Return the type of the tables of a schema."""
    with warnings.catch_warnings():
        # Safe: we pin Dagster to one minor version, which does not change its beta interfaces.
        warnings.simplefilter("ignore", dg.BetaWarning)
        columns = [
            PandasColumn.exists(name, non_nullable=not column.nullable, unique=column.unique)
            for name, column in model.to_schema().columns.items()
            if not column.regex and column.required
        ]
        return create_dagster_pandas_dataframe_type(
            name=model.__name__,
            description=" ".join((model.__doc__ or "").split()),
            columns=columns,
            dataframe_constraints=[FitsSchema(model)],
        )


def column_schema(model: Schema, table: pd.DataFrame | None = None) -> dg.TableSchema:
    """Return the columns of a table as the UI shows them: types, meanings, bounds.

    Args:
        model: Schema of the table.
        table: The table, to include its optional columns; None returns those of the schema.
    """
    declared = model.to_schema().columns
    if table is None:
        names = [name for name, column in declared.items() if not column.regex]
    else:
        names = [str(name) for name in table.columns]
    return dg.TableSchema([_column(name, declared, table) for name in names])


def column_metadata(model: Schema | None) -> dict[str, dg.TableSchema]:
    """Return the columns of an asset's table for its definition; nothing if it has no table."""
    return {} if model is None else {COLUMN_SCHEMA: column_schema(model)}


def table_facts(asset: str, model: Schema | None, table: pd.DataFrame | None) -> Metadata:
    """Check the table of an asset, and return its columns and row count for the UI.

    Args:
        asset: Name of the asset.
        model: Schema of its table; None if it has no table.
        table: The table; None if the run wrote none.

    Raises:
        StepError: If the table is not of its type.
    """
    if model is None or table is None:
        return {}
    plain = pd.DataFrame(table)
    found = table_type(model).type_check(None, plain)  # pyright: ignore[reportArgumentType] - it reads only the table
    if not found.success:
        raise StepError(f"the table of {asset} does not fit its schema: {found.description}")
    schema = dg.MetadataValue.table_schema(column_schema(model, plain))
    return {COLUMN_SCHEMA: schema, ROW_COUNT: len(plain)}


def _column(
    name: str, declared: Mapping[str, pa.Column], table: pd.DataFrame | None
) -> dg.TableColumn:
    column = declared.get(name) or next(
        (one for key, one in declared.items() if one.regex and re.search(key, name)), None
    )
    dtype = str(table[name].dtype) if table is not None else str(column.dtype if column else "")
    if column is None:
        return dg.TableColumn(name, type=dtype)
    return dg.TableColumn(
        name,
        type=dtype,
        description=column.description,
        constraints=dg.TableColumnConstraints(
            nullable=column.nullable,
            unique=column.unique,
            other=[str(check.error or check.name) for check in column.checks or []],
        ),
    )
