"""Pages as one HTML file, from templates that escape everything; numbers as people read them."""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import jinja2
import numpy as np
import pandas as pd

NOTHING = "\N{EN DASH}"
# Up to here all digits before the point are written.
LARGEST_PLAIN = 1e9
DIGITS = 4
# Units that columns end on, as a page writes them.
UNITS = {
    "km": "km",
    "km2": "km\N{SUPERSCRIPT TWO}",
    "km3": "km\N{SUPERSCRIPT THREE}",
    "deg": "\N{DEGREE SIGN}",
}


class Table(NamedTuple):
    """A table of a page.

    Attributes:
        caption: What its rows are.
        columns: Headings.
        rows: Cells as text; the first one names the row.
        more: Number of rows that are left out.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    more: int = 0


def rendered(template: str, **values: object) -> str:
    """Return a page.

    Every value is escaped: names of craters, notes and settings may come from anybody.
    """
    return _environment().get_template(template).render(**values)


def number_words(value: object) -> str:
    """Return a value as text: four digits, thin spaces between thousands, a dash for nothing."""
    plain = value.item() if isinstance(value, np.generic) else value
    match plain:
        case None:
            return NOTHING
        case bool():
            return "yes" if plain else "no"
        case int():
            return _spaced(str(plain))
        case float() if not math.isfinite(plain):
            return NOTHING
        case float():
            return _float_words(plain)
        case _:
            return NOTHING if plain is pd.NA else str(plain)


def column_words(name: str) -> str:
    """Return the name of a column as text, with its unit behind a comma."""
    *words, unit = name.split("_")
    if not words or unit not in UNITS:
        return " ".join((*words, unit))
    return f"{' '.join(words)}, {UNITS[unit]}"


def table_of(frame: pd.DataFrame, *, caption: str, most_rows: int) -> Table:
    """Return the first rows of a data frame as a table of a page."""
    shown = frame.head(most_rows)
    rows = [[number_words(cell) for cell in row] for row in _rows(shown)]
    names = [column_words(str(name)) for name in shown.columns]
    return Table(caption, names, rows, len(frame) - len(shown))


def _rows(frame: pd.DataFrame) -> Iterable[Sequence[object]]:
    return frame.itertuples(index=False, name=None)


def _float_words(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) >= LARGEST_PLAIN or abs(value) < 1e-4:
        return f"{value:.{DIGITS - 1}e}"
    decimals = max(0, DIGITS - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    return _spaced(text.rstrip("0").rstrip(".") if "." in text else text)


def _spaced(text: str) -> str:
    """Put thin spaces between thousands, from five digits on."""
    whole, point, rest = text.partition(".")
    if len(whole.lstrip("-")) > DIGITS:
        whole = f"{int(whole):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return whole + point + rest


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        autoescape=True,
        loader=jinja2.PackageLoader("ejmap_project.release"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
