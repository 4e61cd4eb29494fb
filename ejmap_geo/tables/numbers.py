"""Numbers as people write them: decimal commas and points, thousands, signs of typesetters."""

import re
from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Words for "no value", as programs and people write them.
MISSING = frozenset({"", "nan", "na", "n/a", "#n/a", "null", "none", "nil", "<na>", "-", "--", "?"})
# Blanks and apostrophes between groups of three digits can only separate thousands.
GROUPING = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'\u2019](?=\d{3}(\D|$))")
LONGEST_NUMBER = 200
MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})
EXPONENT = r"([eE][-+]?\d+)?"
THOUSANDS = {mark: re.compile(rf"[-+]?[1-9]\d{{0,2}}(\{mark}\d{{3}})+") for mark in ",."}
DECIMAL = {mark: re.compile(rf"[-+]?(\d+(\{mark}\d*)?|\{mark}\d+){EXPONENT}") for mark in ",."}
BOTH = {
    mark: re.compile(rf"[-+]?\d{{1,3}}(\{other}\d{{3}})+\{mark}\d*{EXPONENT}")
    for mark, other in ((",", "."), (".", ","))
}


def is_missing(column: pd.Series) -> NDArray[np.bool_]:
    """Return which cells hold no value: nothing, NaN, or a word such as ``n/a``."""
    return np.array(
        [bool(pd.isna(cell)) or str(cell).strip().lower() in MISSING for cell in column], np.bool_
    )


def to_numbers(column: pd.Series) -> pd.Series:
    """Return a column as float64; what is no number of Python's own spelling becomes NaN.

    ``pandas.to_numeric`` ends the process at an exponent of a hundred digits.
    """
    if _is_plain(column) or column.dtype.kind == "b":
        return column.astype(np.float64)
    return pd.Series([_plain_number(cell) for cell in column], index=column.index, dtype=np.float64)


def _plain_number(cell: object) -> float:
    if isinstance(cell, str) and (len(cell) > LONGEST_NUMBER or "_" in cell):
        return np.nan
    try:
        return float(cell)  # pyright: ignore[reportArgumentType] - whatever a table holds
    except (TypeError, ValueError, OverflowError):
        return np.nan


def numbers_of(columns: Mapping[str, pd.Series]) -> dict[str, NDArray[np.float64]]:
    """Return columns as numbers; what is none becomes NaN.

    Text may have decimal commas or points, the same in all columns, and may separate thousands
    by the other sign, blanks or apostrophes. Truth values and dates are no numbers.

    Args:
        columns: Columns by name: the numbers of one table.

    Raises:
        ValueError: If text mixes decimal commas and points, or could be read in both ways.
    """
    cells = {
        name: column.astype(object) for name, column in columns.items() if not _is_plain(column)
    }
    texts = [cell for column in cells.values() for cell in column if isinstance(cell, str)]
    mark = _decimal_mark(texts) if any("," in text for text in texts) else "."
    return {
        name: np.array([_number(cell, mark) for cell in cells[name]], np.float64)
        if name in cells
        else np.asarray(column, np.float64)
        for name, column in columns.items()
    }


def _is_plain(column: pd.Series) -> bool:
    return isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf"


def _number(cell: object, mark: str) -> float:
    if isinstance(cell, int | float | np.number | Decimal) and not isinstance(cell, bool):
        return float(cell)
    if not isinstance(cell, str):
        return np.nan
    text = _plain(cell)
    other = "." if mark == "," else ","
    if THOUSANDS[other].fullmatch(text) or BOTH[mark].fullmatch(text):
        text = text.replace(other, "")
    return float(text.replace(",", ".")) if DECIMAL[mark].fullmatch(text) else np.nan


def _plain(cell: object) -> str:
    """Return what may be a number; nothing of a cell that is too long for one."""
    if len(str(cell)) > LONGEST_NUMBER:
        return ""
    return GROUPING.sub("", str(cell).strip().translate(MINUS))


def _decimal_mark(texts: list[str]) -> str:
    cells = [_plain(text) for text in texts]
    sure = {
        mark: next((cell for cell in cells if _shows_decimal(cell, mark)), None) for mark in ",."
    }
    if sure[","] and sure["."]:
        raise ValueError(
            f"mixes decimal commas and points ({sure[',']} and {sure['.']}); write all numbers "
            "with decimal points"
        )
    if sure[","] or sure["."]:
        return "," if sure[","] else "."
    unsure = next((cell for cell in cells if THOUSANDS[","].fullmatch(cell)), None)
    if unsure is None:
        return "."
    raise ValueError(
        f"holds {unsure}, which may be {unsure.replace(',', '.')} or {unsure.replace(',', '')}; "
        "write numbers with decimal points and without separators of thousands"
    )


def _shows_decimal(text: str, mark: str) -> bool:
    """Return whether a number can only be read with this decimal sign."""
    other = "." if mark == "," else ","
    # Only thousands are separated several times.
    if BOTH[mark].fullmatch(text) or (
        text.count(other) > 1 and THOUSANDS[other].fullmatch(text) is not None
    ):
        return True
    return (
        mark in text
        and DECIMAL[mark].fullmatch(text) is not None
        and THOUSANDS[mark].fullmatch(text) is None
    )
