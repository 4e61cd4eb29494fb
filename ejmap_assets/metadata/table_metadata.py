"""Tables inside metadata, as the UI shows them."""

import math

import dagster as dg
import numpy as np
import pandas as pd

MAX_ROWS = 60


def table_metadata(table: pd.DataFrame) -> dg.TableMetadataValue:
    """Return the first rows of a table of numbers, words and truths."""
    shown = table.head(MAX_ROWS)
    columns = [dg.TableColumn(str(name), type=str(dtype)) for name, dtype in shown.dtypes.items()]
    records = [
        dg.TableRecord({str(name): _plain(value) for name, value in row.items()})
        for row in shown.to_dict("records")
    ]
    return dg.MetadataValue.table(records=records, schema=dg.TableSchema(columns))


def _plain(value: object) -> str | int | float | bool:
    # Records take Python's own types only.
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, float):
        # JSON knows no NaN: one of them and the UI shows nothing of the row.
        return round(plain, 4) if math.isfinite(plain) else ""
    return plain if isinstance(plain, (bool, int)) else str(plain)
