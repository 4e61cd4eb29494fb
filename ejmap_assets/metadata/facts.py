"""Facts about an artefact as Dagster's metadata values: numbers, words, pictures and tables."""

import base64
import io
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import dagster as dg
import numpy as np
import pandas as pd
from dagster import MetadataValue
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from ejmap_project.artefact import Markdown, Picture
from ejmap_project.pictures import MAX_SIDE_PX, PALETTE_PX, png_of

MetadataEntry: TypeAlias = MetadataValue[Any] | str | float | int | bool
Metadata: TypeAlias = dict[str, MetadataEntry]

MAX_ROWS = 60


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
        case Markdown():
            return MetadataValue.md(fact.text)
        case pd.DataFrame():
            return table_metadata(fact)
        case dict() | list() | tuple():
            return MetadataValue.json(fact)
        case str() | float() | int():
            return fact
        case _:
            raise TypeError(f"{type(fact).__name__} cannot be shown in the UI: {fact!r:.80}")


def inline_picture(picture: Picture) -> dg.MarkdownMetadataValue:
    """Return a picture or a figure as an inline PNG of at most 60 kB."""
    image, palette_px = picture.image, PALETTE_PX
    if isinstance(image, Figure):
        buffer = io.BytesIO()
        FigureCanvasAgg(image).print_png(buffer)
        with Image.open(buffer) as drawn:
            image, palette_px = np.asarray(drawn.convert("RGB")), MAX_SIDE_PX
    encoded = base64.b64encode(png_of(image, palette_px=palette_px)).decode("ascii")
    return MetadataValue.md(f"![{picture.alt}](data:image/png;base64,{encoded})")


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
        return round(plain, 4) if math.isfinite(plain) else ""
    return plain if isinstance(plain, (bool, int)) else str(plain)
