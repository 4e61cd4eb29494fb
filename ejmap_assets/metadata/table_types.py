"""Types of the tables that the UI shows: what each column means, and that a table is what it says.

The columns are those of pandera schemas; ``dagster-pandas`` turns them into Dagster's types.
"""

import re
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TypeAlias

import dagster as dg
import pandas as pd
import pandera.pandas as pa
from dagster_pandas import PandasColumn, create_dagster_pandas_dataframe_type
from dagster_pandas.constraints import (
    DataFrameConstraint,
    DataFrameConstraintViolationException,
)
from pandera.errors import SchemaError, SchemaErrors

from ejmap_assets.metadata.facts import Metadata
from ejmap_project.errors import StepError

COLUMN_SCHEMA, ROW_COUNT = "dagster/column_schema", "dagster/row_count"
Schema: TypeAlias = type[pa.DataFrameModel]


class FitsSchema(DataFrameConstraint):
    """A table keeps all that its pandera schema says of single columns and of rows."""

    def __init__(self, model: type[pa.DataFrameModel]) -> None:
        text = f"keeps the schema {model.__name__}"
        super().__init__(error_description=text, markdown_description=text)
        self._model = model

    def validate(self, dataframe: pd.DataFrame) -> None:
        """Raise the exception of ``dagster-pandas`` at the first column that breaks its word."""
        try:
            self._model.validate(dataframe)
        except (SchemaError, SchemaErrors) as error:
            reason = " ".join(str(error).split())
            raise DataFrameConstraintViolationException(self._model.__name__, reason) from error


@cache
def table_type(model: Schema) -> dg.DagsterType:
    """Return the type of the tables of a schema."""
    with warnings.catch_warnings():
        # We pin Dagster to one minor version, within which what is in beta may not change.
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
    """Return what the UI says of the columns of a table.

    Args:
        model: Schema of the table.
        table: The table, for columns that not every one has; None for what is always there.
    """
    declared = model.to_schema().columns
    if table is None:
        names = [name for name, column in declared.items() if not column.regex]
    else:
        names = [str(name) for name in table.columns]
    return dg.TableSchema([_column(name, declared, table) for name in names])


def column_metadata(model: Schema | None) -> dict[str, dg.TableSchema]:
    """Return what a definition says of an asset's table; nothing if it has none."""
    return {} if model is None else {COLUMN_SCHEMA: column_schema(model)}


def table_facts(asset: str, model: Schema | None, table: pd.DataFrame | None) -> Metadata:
    """Check the table of an asset, and return what the UI shows beside it.

    Args:
        asset: Name of the asset.
        model: Schema of its table; None when it has none.
        table: The table; None when none was written.

    Raises:
        StepError: If the table is not of its type.
    """
    if model is None or table is None:
        return {}
    plain = pd.DataFrame(table)
    # No context is needed: the type looks at nothing but the table.
    found = table_type(model).type_check(None, plain)  # pyright: ignore[reportArgumentType]
    if not found.success:
        raise StepError(f"the table of {asset} is not what it should be: {found.description}")
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
            nullable=column.nullable, unique=column.unique, other=list(_bounds(column))
        ),
    )


def _bounds(column: pa.Column) -> Iterator[str]:
    for check in column.checks or []:
        yield str(check.error or check.name)
