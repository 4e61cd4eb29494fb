"""Cells of our columns that are more than numbers: angles with letters and marks, sizes with units.

What they say themselves goes before what the name of their column says, and must not contradict it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ejmap_geo import statements
from ejmap_geo.craters.column_sources import ColumnSource
from ejmap_geo.statements import StateColumn
from ejmap_geo.tables.angles import angles_of
from ejmap_geo.tables.units import M, lengths_of

LETTERS = {"lon_deg": "EW", "lat_deg": "NS"}


@dataclass(frozen=True, slots=True)
class PlainCells:
    """A column of numbers, as text or not.

    Attributes:
        cells: The column; angles are degrees, and units are taken off.
        source: Where it comes from, with the unit and direction that its cells state.
        factors: ``(row,)``, what brings each number to metres; None if no cell states a unit.
        notes: A sentence for what was read otherwise than as a number.
    """

    cells: pd.Series
    source: ColumnSource
    factors: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()


def plain_cells(
    table: pd.DataFrame,
    sources: Mapping[str, ColumnSource],
    *,
    state: StateColumn = statements.column,
) -> dict[str, PlainCells]:
    """Return columns of numbers without the signs of angles and units in their cells.

    Args:
        table: Columns of numbers or text.
        sources: Where our columns of numbers are, by their names.
        state: How a column is stated.

    Raises:
        ValueError: If cells contradict each other or their column; the sentence goes on after the
            name of the table.
    """
    return {
        role: _of_angles(table[source.column], source, role)
        if role in LETTERS
        else _of_sizes(table[source.column], source, role, state)
        for role, source in sources.items()
    }


def _of_angles(column: pd.Series, source: ColumnSource, role: str) -> PlainCells:
    angles = angles_of(column, letters=LETTERS[role])
    if angles.example is None:
        return PlainCells(column, source)
    text, degrees = angles.example
    is_turned = source.is_west or (source.factor or 1.0) < 0
    if role == "lon_deg" and angles.has_letters and is_turned:
        raise ValueError(
            f"has {text} in column {source.column!r}, which is read as growing to the west; take "
            "the letters away, or the statement or name that says so"
        )
    if not source.is_stated and source.factor not in (None, 1.0):
        raise ValueError(
            f"has {text} in column {source.column!r}, whose name says radians; rename it"
        )
    if role == "lon_deg" and angles.has_letters:
        source = replace(source, is_west=False)
    return PlainCells(angles.cells, source, notes=(f"{role}: {text} was read as {degrees:.6g}",))


def _of_sizes(column: pd.Series, source: ColumnSource, role: str, state: StateColumn) -> PlainCells:
    sizes = lengths_of(column)
    if sizes.factors is None:
        return PlainCells(column, source)
    known = {float(one) for one in sizes.factors[np.isfinite(sizes.factors)]}
    note = f"{role}: {sizes.example} was read with its unit"
    if source.is_stated and len(known) == 1:
        # The statement says what brings the numbers to metres.
        return PlainCells(sizes.cells, source)
    if not source.is_stated and (source.factor is None or known == {source.factor}):
        return PlainCells(sizes.cells, replace(source, factor=M), sizes.factors, (note,))
    half = 0.5 if source.is_diameter else 1.0
    as_cells = f"{source.column}*{half * max(known):g}"
    raise ValueError(
        f"has {sizes.example} in column {source.column!r}, whose name or other cells say another "
        f"unit; correct it, or state what brings the numbers to metres "
        f"({state(role, as_cells)})"
    )
