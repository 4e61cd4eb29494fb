"""Facts about an artefact as Dagster's metadata values: numbers, words, pictures and tables."""

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import dagster as dg
import numpy as np
import pandas as pd
from dagster import MetadataValue

from ejmap_project.artefact import Markdown, Picture, not_drawn
from ejmap_project.pictures.picture_store import PictureStore

MetadataEntry: TypeAlias = MetadataValue[Any] | str | float | int | bool
Metadata: TypeAlias = dict[str, MetadataEntry]

MAX_ROWS = 60
# Digits of a number that are shown; of a cell of a table also no more than so many decimals.
DIGITS, CELL_DECIMALS = 6, 4


def metadata_of(facts: Mapping[str, object], pictures: PictureStore) -> Metadata:
    """Return facts as the UI shows them: pictures by address, tables as tables, the rest as values.

    Pictures and links come first, since people look before they read.

    Args:
        facts: Facts by name; those of a restored result are Dagster's values already.
        pictures: Where the pictures go.
    """
    shown = {name: _entry(name, fact, pictures) for name, fact in facts.items()}
    return dict(sorted(shown.items(), key=lambda one: not _is_looked_at(one[1])))


def _is_looked_at(entry: MetadataEntry) -> bool:
    return isinstance(entry, dg.MarkdownMetadataValue)


def _entry(name: str, fact: object, pictures: PictureStore) -> MetadataEntry:
    match fact:
        # First: some of Dagster's values are tuples themselves.
        case MetadataValue():
            if isinstance(fact, dg.MarkdownMetadataValue):
                pictures.use_again(fact.value or "")
            return fact
        case Picture():
            return MetadataValue.md(_stored(name, fact, pictures))
        case Markdown():
            return MetadataValue.md(fact.text)
        case pd.DataFrame():
            return table_metadata(fact)
        case dict() | list() | tuple():
            return MetadataValue.json(fact)
        case str() | float() | int():
            return _shown(fact) if isinstance(fact, float) else fact
        case _:
            raise TypeError(f"{type(fact).__name__} cannot be shown in the UI: {fact!r:.80}")


def _stored(name: str, picture: Picture, pictures: PictureStore) -> str:
    """Return Markdown that shows a picture; one that cannot be drawn fails nothing."""
    try:
        return pictures.store(name, picture)
    except OSError:
        # A full disk fails the artefact too.
        raise
    except Exception as error:  # noqa: BLE001 - what draws text raises anything at what it meets
        return not_drawn(f"picture {name} of {pictures.asset}", error).text


def table_metadata(table: pd.DataFrame) -> dg.TableMetadataValue:
    """Return the first rows of a table of numbers, words and truth values."""
    shown = table.head(MAX_ROWS)
    columns = [dg.TableColumn(str(name), type=str(dtype)) for name, dtype in shown.dtypes.items()]
    records = [
        dg.TableRecord({str(name): _plain(value) for name, value in row.items()})
        for row in shown.to_dict("records")
    ]
    return MetadataValue.table(records=records, schema=dg.TableSchema(columns))


def _plain(value: object) -> str | int | float | bool:
    # Records accept only Python's own types.
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, float):
        # The UI parses strict JSON, which has no NaN: one NaN would hide the whole row.
        return round(_shown(plain), CELL_DECIMALS) if math.isfinite(plain) else ""
    return plain if isinstance(plain, (bool, int)) else str(plain)


def _shown(number: float) -> float:
    """Return a number in the digits that are shown; those before the point are all kept."""
    if not math.isfinite(number) or number == 0:
        return number
    return round(number, max(0, DIGITS - 1 - math.floor(math.log10(abs(number)))))
