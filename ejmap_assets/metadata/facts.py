"""Facts about an artefact as Dagster's metadata values."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import pandas as pd
from dagster import MetadataValue

from ejmap_assets.metadata.pictures import inline_picture
from ejmap_assets.metadata.table_metadata import table_metadata
from ejmap_project.artefact import Picture

MetadataEntry: TypeAlias = MetadataValue[Any] | str | float | int | bool
Metadata: TypeAlias = dict[str, MetadataEntry]


def metadata_of(facts: Mapping[str, object]) -> Metadata:
    """Return facts as the UI shows them: pictures inline, tables as tables, the rest as values."""
    return {name: _entry(fact) for name, fact in facts.items()}


def _entry(fact: object) -> MetadataEntry:
    match fact:
        # First: some of Dagster's values are tuples themselves.
        case MetadataValue():
            return fact
        case Picture():
            return inline_picture(fact)
        case pd.DataFrame():
            return table_metadata(fact)
        case dict() | list() | tuple():
            return MetadataValue.json(fact)
        case str() | float() | int():
            return fact
        case _:
            raise TypeError(f"{type(fact).__name__} cannot be shown in the UI: {fact!r:.80}")
