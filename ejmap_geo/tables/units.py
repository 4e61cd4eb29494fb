"""Units of columns: in names, in a row of their own below the names, and in cells."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo.tables.numbers import to_numbers

KM, M = 1000.0, 1.0
RADIANS = 180 / 3.141592653589793
LENGTHS = {
    **dict.fromkeys(("km", "kms", "kilometer", "kilometers", "kilometre", "kilometres"), KM),
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), M),
}
ANGLES = {
    **dict.fromkeys(("deg", "degs", "degree", "degrees", "dd", "\u00b0"), 1.0),
    **dict.fromkeys(("rad", "radian", "radians"), RADIANS),
}
EAST = {"e", "east", "eastpositive", "eastern"}
WEST = {"w", "west", "westpositive", "western"}
NORTH = {"n", "north", "northpositive", "northern"}
WORD = re.compile(r"[^\W_]+|\u00b0")
UNITS = {**LENGTHS, **ANGLES}
UNIT_WORDS = frozenset({*UNITS, *EAST, *WEST, *NORTH})
# Markdown and tables of fixed width draw such cells; a lone dash is a missing value.
RULER = re.compile(r"|:-+:?|-+:|[-=+_\u2500\u2014]{2,}")
# What stands in a row of units below columns that have none.
NO_UNIT = frozenset(
    {"", "-", "--", "none", "n/a", "na", "unitless", "text", "string", "id", "name"}
)
LENGTH = re.compile(r"(?P<number>.*[\d.,])\s*(?P<unit>[a-z]+)\.?", re.IGNORECASE)


def words_in(name: str) -> list[str]:
    """Return the words of the name of a column, in small letters."""
    return [word.lower() for word in WORD.findall(name)]


def without_odd_rows(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return a table of text without rows of lines, with a row of units moved into its names.

    Raises:
        ValueError: As :func:`with_row_of_units`.
    """
    if not all(map(pd.api.types.is_object_dtype, table.dtypes)):
        return table, []
    table, rulers = _without_rulers(table)
    table, units = with_row_of_units(table)
    return table, [*rulers, *units]


def with_row_of_units(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Move units that stand in the first row into the names of their columns.

    Args:
        table: Columns of text, as they were read.

    Returns:
        The table without that row, and a sentence; the table as it is if it has no such row.

    Raises:
        ValueError: If a name states another unit than the row below it.
    """
    if table.empty:
        return table, []
    first = {str(name): str(table[name].iloc[0]).strip() for name in table.columns}
    units = {name: cell for name, cell in first.items() if _is_unit(cell)}
    if not units or not all(name in units or _is_no_unit(cell) for name, cell in first.items()):
        return table, []
    names = {name: _named_with(name, unit) for name, unit in units.items()}
    told = ", ".join(f"{name} in {unit}" for name, unit in units.items())
    rest = table.iloc[1:].reset_index(drop=True).rename(columns=names)
    return rest, [f"the first row holds units: {told}"]


def _without_rulers(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Leave out rows of dashes, which draw a line between header and rows.

    Returns:
        The rows that are left, and a sentence if some were left out.
    """
    cells = table.astype(str).map(str.strip)
    is_ruler = cells.map(lambda cell: RULER.fullmatch(cell) is not None).all(axis=1)
    is_ruler &= cells.map(len).sum(axis=1) > 0
    if not is_ruler.any():
        return table, []
    return table[~is_ruler].reset_index(drop=True), [f"{is_ruler.sum()} row(s) of lines left out"]


def _is_unit(cell: str) -> bool:
    words = words_in(cell)
    return any(word in UNITS for word in words) and UNIT_WORDS.issuperset(words)


def _is_no_unit(cell: str) -> bool:
    return cell.strip("()[]").lower() in NO_UNIT


def _named_with(name: str, unit: str) -> str:
    stated = [UNITS[word] for word in words_in(name)[1:] if word in UNITS]
    below = next(UNITS[word] for word in words_in(unit) if word in UNITS)
    if stated and stated[-1] != below:
        raise ValueError(
            f"states {unit!r} in the row of units below column {name!r}; correct one of them"
        )
    return name if stated else f"{name} ({unit.strip('()[]')})"


@dataclass(frozen=True, slots=True)
class UnitCells:
    """A column of lengths whose cells may state their unit.

    Attributes:
        cells: The column without units.
        factors: ``(row,)``, what brings each number to metres; None if no cell states a unit.
        example: The first cell that does.
    """

    cells: pd.Series
    factors: NDArray[np.float64] | None = None
    example: str = ""


def lengths_of(column: pd.Series) -> UnitCells:
    """Return lengths without the units in their cells, such as ``57 km``.

    Raises:
        ValueError: If some cells state a unit and others do not.
    """
    cells: list[object] = list(column)
    found = [_length(cell) for cell in cells]
    if not any(found):
        return UnitCells(column)
    example = next(str(cell).strip() for cell, one in zip(cells, found, strict=True) if one)
    plain = to_numbers(pd.Series(cells, dtype=object)).to_numpy(np.float64)
    bare = [row for row, one in enumerate(found) if one is None and np.isfinite(plain[row])]
    if bare:
        raise ValueError(
            f"holds {example} with a unit and {cells[bare[0]]} without one; write the unit in "
            "every row or in none"
        )
    read = [cell if one is None else one[0] for cell, one in zip(cells, found, strict=True)]
    factors = np.array([np.nan if one is None else one[1] for one in found], np.float64)
    return UnitCells(pd.Series(read, index=column.index, dtype=object), factors, example)


def _length(cell: object) -> tuple[str, float] | None:
    """Return the number of a cell and what brings it to metres; None if it states no unit."""
    one = LENGTH.fullmatch(cell.strip()) if isinstance(cell, str) else None
    factor = None if one is None else LENGTHS.get(one["unit"].lower())
    return None if one is None or factor is None else (one["number"].strip(), factor)
